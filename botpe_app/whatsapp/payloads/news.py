"""What WhatsApp tells of a number beside chats, templates and its own standing, as lines to read
(Cloud API docs, "Groups", "Flows", "Webhooks")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json

_LONGEST = 300  # characters of a line


@dataclass(frozen=True, slots=True)
class News:
    """A line, and when WhatsApp says that it was."""

    words: str
    at: datetime | None


def news(field: str, value: Json) -> list[News]:
    """The lines of a webhook of FIELDS; never raises, and what is unknown is told as it stands."""
    found = [one for one in _READERS[field](value) if one.words]
    return found or [News(_plain(field, value), loose.time(value, "timestamp"))]


def _groups(value: Json) -> Iterator[News]:
    for told in loose.mappings(value, "groups"):
        kind = loose.text(told, "type")
        name = loose.text(told, "subject") or loose.text(told, "group_id") or "without a name"
        what = _GROUP.get(kind, _spaced(kind) or "changed")
        if why := _failure(told):
            what = f"{what}: WhatsApp did not do it ({why})"
        yield _line(f"Group {name}: {what}{_people(told)}", told)


_GROUP = {
    "group_create": "was made",
    "group_delete": "was deleted",
    "group_participants_add": "somebody joined",
    "group_participants_remove": "somebody left",
    "group_join_request_created": "somebody asks to join",
    "group_join_request_revoked": "somebody no longer asks to join",
    "group_settings_update": "its settings changed",
    "group_suspend": "WhatsApp has suspended it",
    "group_suspend_cleared": "it is no longer suspended",
}


def _people(told: Json) -> str:
    """How many it is about. Who they are is not kept: it would outlive their erasure."""
    many = sum(
        len(loose.listing(told, name))
        for name in ("added_participants", "removed_participants", "failed_participants")
    )
    return f" ({many} people)" if many > 1 else ""


def _failure(told: Json) -> str:
    error = loose.first(told, "errors")
    details = loose.text(loose.mapping(error, "error_data"), "details")
    return details or loose.text(error, "message") or loose.text(error, "title")


def _flows(value: Json) -> Iterator[News]:
    flow = loose.text(value, "flow_id") or "without an id"
    what = loose.text(value, "message") or _spaced(loose.text(value, "event"))
    old, new = loose.text(value, "old_status"), loose.text(value, "new_status")
    if new:
        what = f"from {_spaced(old)} to {_spaced(new)}" if old else f"is {_spaced(new)}"
    if what:
        yield _line(f"Flow {flow}: {what}", value)


def _contacts(value: Json) -> Iterator[News]:
    told = loose.mappings(value, "state_sync")
    removed = sum(loose.text(one, "action") == "remove" for one in told)
    for many, done in ((len(told) - removed, "kept in"), (removed, "removed from")):
        if many:
            people = "1 contact was" if many == 1 else f"{many} contacts were"
            yield News(f"{people} {done} the WhatsApp Business app", None)


def _nothing(value: Json) -> Iterator[News]:
    return iter(())


def _plain(field: str, value: Json) -> str:
    """The kind of news with its plain words and numbers, for what no reader knows."""
    said = [
        f"{_spaced(name)} {found}"
        for name in value
        if name not in ("messaging_product", "metadata", "timestamp")
        and (found := loose.text(value, name))
    ]
    words = _spaced(field).capitalize()
    return f"{words}: {', '.join(said)}"[:_LONGEST] if said else words


def _line(words: str, told: Json) -> News:
    return News(words[:_LONGEST], loose.time(told, "timestamp"))


def _spaced(word: str) -> str:
    return word.replace("_", " ").lower()


_READERS: dict[str, Callable[[Json], Iterator[News]]] = {
    "account_settings_update": _nothing,
    "automatic_events": _nothing,
    "flows": _flows,
    "group_lifecycle_update": _groups,
    "group_participants_update": _groups,
    "group_settings_update": _groups,
    "group_status_update": _groups,
    "partner_solutions": _nothing,
    "payment_configuration_update": _nothing,
    "smb_app_state_sync": _contacts,
}
FIELDS = frozenset(_READERS)
