"""Automation rules as they are written: what starts one, what must hold, and what is done then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from botpe_app.core import segment_rules, segments
from botpe_app.errors import Invalid

Json = dict[str, Any]

# A trigger, and the kind of event that is looked at for it.
EVENTS = {
    "message": "message",
    "keyword": "message",
    "first_message": "message",
    "outside_hours": "message",
    "conversation_opened": "opened",
    "tag_added": "tagged",
    "tag_removed": "tagged",
    "field_changed": "field",
    "no_reply": "silence",
    "api_event": "api",
}
ACTIONS = (
    "reply", "template", "assign", "tag", "field", "note", "bot", "webhook", "email", "status",
    "resolve",
)  # fmt: skip
MATCHES = ("contains", "exact", "starts_with")
STATUSES = ("open", "pending", "resolved", "closed")
# What conditions may test beside the contact's own fields.
SURROUNDINGS = {
    "message.text": "text",
    "message.type": "text",
    "conversation.status": "text",
    "conversation.tags": "tags",
    "conversation.assignee": "text",
    "conversation.account_id": "text",
    "open_now": "boolean",
}
_ALIASES = {"new_message": "message"}
_MOST_ACTIONS, _MOST_KEYWORDS, _MOST_TAGS = 20, 50, 20
_MOST_MINUTES = 7 * 24 * 60
_PLAIN_FIELDS = ("name", "email", "language")


@dataclass(frozen=True, slots=True)
class Happened:
    """Something a rule may start at; `kind` is one of the kinds of `EVENTS`."""

    kind: str
    text: str = ""
    is_first: bool = False  # the contact's first message ever
    is_open: bool = True  # the organization, by its hours
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


def starts(trigger: Json, happened: Happened) -> bool:
    """Whether a rule with this trigger is started by it."""
    kind = trigger["type"]
    return EVENTS[kind] == happened.kind and _STARTS.get(kind, _always)(trigger, happened)


def _always(trigger: Json, happened: Happened) -> bool:
    return True


def _by_keyword(trigger: Json, happened: Happened) -> bool:
    said = " ".join(happened.text.lower().split())
    words = [" ".join(word.lower().split()) for word in trigger["keywords"]]
    match trigger["match"]:
        case "exact":
            return said in words
        case "starts_with":
            return any(_begins(said, word) for word in words)
        case _:
            return any(_holds(said, word) for word in words)


def _begins(said: str, word: str) -> bool:
    return said.startswith(word) and not said[len(word) : len(word) + 1].isalnum()


def _holds(said: str, word: str) -> bool:
    """Whether the word stands in the text by itself, not within another."""
    place = said.find(word)
    while place >= 0:
        if not said[max(place - 1, 0) : place].isalnum() and _begins(said[place:], word):
            return True
        place = said.find(word, place + 1)
    return False


def _among(name: str, listed: str) -> Callable[[Json, Happened], bool]:
    def test(trigger: Json, happened: Happened) -> bool:
        found = cast("list[str]", happened.data.get(listed) or [])
        return trigger[name] in found if trigger[name] else bool(found)

    return test


_STARTS: dict[str, Callable[[Json, Happened], bool]] = {
    "keyword": _by_keyword,
    "first_message": lambda trigger, happened: happened.is_first,
    "outside_hours": lambda trigger, happened: not happened.is_open,
    "tag_added": _among("tag", "added"),
    "tag_removed": _among("tag", "removed"),
    "field_changed": _among("field", "fields"),
    "api_event": lambda trigger, happened: trigger["event"] == happened.data.get("event"),
}


def holds(conditions: Json, surroundings: Mapping[str, Any], now: datetime) -> bool:
    """Whether the conditions hold now of a contact's fields and `SURROUNDINGS`, by their names."""
    return segment_rules.holds(segments.parse(conditions, also=SURROUNDINGS), surroundings, now)


# Reading what people wrote.


def read_trigger(raw: object) -> Json:
    """The trigger, complete. Raises Invalid naming the field."""
    held = {"type": raw} if isinstance(raw, str) else raw
    if not isinstance(held, dict):
        raise Invalid('A trigger is like {"type": "message"}.', field="trigger")
    given = cast("Json", held)
    kind = given.get("type")
    kind = _ALIASES.get(kind, kind) if isinstance(kind, str) else None
    if kind not in EVENTS:
        raise Invalid(f"A trigger is one of {', '.join(EVENTS)}.", field="trigger.type")
    return {"type": kind, **_DETAILS.get(kind, _nothing)(given, "trigger")}


def read_conditions(raw: object) -> Json:
    """The conditions; none hold always. Raises Invalid naming the field."""
    if not raw:
        return {"all": []}
    segments.parse(raw, "conditions", SURROUNDINGS)
    return cast("Json", raw)


def read_actions(raw: object) -> list[Json]:
    """The actions, complete, in their order. Raises Invalid naming the field."""
    if not isinstance(raw, list) or not raw:
        raise Invalid("A rule does at least one thing.", field="actions")
    listed = cast("list[object]", raw)
    if len(listed) > _MOST_ACTIONS:
        raise Invalid(f"At most {_MOST_ACTIONS} actions.", field="actions")
    return [_action(one, f"actions.{place}") for place, one in enumerate(listed)]


def _action(raw: object, path: str) -> Json:
    held = {"type": raw} if isinstance(raw, str) else raw
    if not isinstance(held, dict):
        raise Invalid('An action is like {"type": "reply", "text": "…"}.', field=path)
    given = cast("Json", held)
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in _CONTENTS:
        raise Invalid(f"An action is one of {', '.join(ACTIONS)}.", field=f"{path}.type")
    return {"type": kind, **_CONTENTS[kind](given, path)}


def _nothing(given: Json, path: str) -> Json:
    return {}


def _text(given: Json, name: str, path: str, most: int, *, least: int = 1) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or not least <= len(value.strip()) <= most:
        raise Invalid(f"This needs {least} to {most:,} characters.", field=f"{path}.{name}")
    return value.strip()


def _one_of(given: Json, name: str, path: str, known: tuple[str, ...]) -> str:
    value = given.get(name, known[0])
    if value not in known:
        raise Invalid(f"This is one of {', '.join(known)}.", field=f"{path}.{name}")
    return str(value)


def _words(given: Json, name: str, path: str, most: int, *, least: int = 1) -> list[str]:
    value = given.get(name, [])
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list):
        raise Invalid("This is a list of words.", field=f"{path}.{name}")
    words = cast("list[object]", value)
    good = [
        word.strip() for word in words if isinstance(word, str) and 1 <= len(word.strip()) <= 50
    ]
    if len(good) < len(words) or not least <= len(good) <= most:
        raise Invalid(
            f"{least} to {most} words, each of 1 to 50 characters.", field=f"{path}.{name}"
        )
    return list(dict.fromkeys(good))


def _id(given: Json, name: str, path: str) -> str:
    try:
        return str(UUID(str(given.get(name))))
    except ValueError:
        raise Invalid("This is not an id.", field=f"{path}.{name}") from None


def _keywords(given: Json, path: str) -> Json:
    return {
        "keywords": _words(given, "keywords", path, _MOST_KEYWORDS),
        "match": _one_of(given, "match", path, MATCHES),
    }


def _minutes(given: Json, path: str) -> Json:
    value = given.get("minutes")
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_MINUTES:
        raise Invalid(f"This is 1 to {_MOST_MINUTES:,} minutes.", field=f"{path}.minutes")
    return {"minutes": value}


def _tags(given: Json, path: str) -> Json:
    if "tag" in given:
        given = {"add": _words(given, "tag", path, 1), "on": given.get("on", "conversation")}
    add = _words(given, "add", path, _MOST_TAGS, least=0)
    remove = _words(given, "remove", path, _MOST_TAGS, least=0)
    if not add and not remove:
        raise Invalid("Name a tag to add or to remove.", field=f"{path}.add")
    return {"add": add, "remove": remove, "on": _one_of(given, "on", path, _BEARERS)}


_BEARERS = ("conversation", "contact")


def _field(given: Json, path: str) -> Json:
    name = _text(given, "field", path, 100)
    if name not in _PLAIN_FIELDS and not name.startswith(segments.CUSTOM):
        known = ", ".join(_PLAIN_FIELDS)
        raise Invalid(f"This is one of {known}, or custom_fields.X.", field=f"{path}.field")
    return {"field": name, "value": _text(given, "value", path, 1000, least=0)}


_ASSIGNEES = ("user_id", "team_id")


def _template(given: Json, path: str) -> Json:
    values: object = given.get("values") or {}
    if not isinstance(values, dict):
        raise Invalid('This is like {"body.1": "{{contact.name}}"}.', field=f"{path}.values")
    held = cast("dict[object, object]", values)
    if len(held) > 50 or not all(
        isinstance(name, str) and isinstance(text, str) and len(text) <= 1024
        for name, text in held.items()
    ):
        raise Invalid("At most 50 texts of 1,024 characters.", field=f"{path}.values")
    return {"template_id": _id(given, "template_id", path), "values": held}


def _assignee(given: Json, path: str) -> Json:
    return {name: _id(given, name, path) if given.get(name) else None for name in _ASSIGNEES}


def _bot(given: Json, path: str) -> Json:
    wanted = _one_of(given, "do", path, ("resume", "pause", "start"))
    return {"do": wanted} | ({"bot_id": _id(given, "bot_id", path)} if wanted == "start" else {})


def _mail(given: Json, path: str) -> Json:
    return {
        "to": _text(given, "to", path, 254),
        "subject": _text(given, "subject", path, 200),
        "text": _text(given, "text", path, 10_000),
    }


_DETAILS: dict[str, Callable[[Json, str], Json]] = {
    "keyword": _keywords,
    "no_reply": _minutes,
    "tag_added": lambda given, path: {"tag": _text(given, "tag", path, 50, least=0)},
    "tag_removed": lambda given, path: {"tag": _text(given, "tag", path, 50, least=0)},
    "field_changed": lambda given, path: {"field": _text(given, "field", path, 100, least=0)},
    "api_event": lambda given, path: {"event": _text(given, "event", path, 80)},
}
_CONTENTS: dict[str, Callable[[Json, str], Json]] = {
    "reply": lambda given, path: {"text": _text(given, "text", path, 4096)},
    "template": _template,
    "assign": _assignee,
    "tag": _tags,
    "field": _field,
    "note": lambda given, path: {"text": _text(given, "text", path, 4000)},
    "bot": _bot,
    "webhook": lambda given, path: {"webhook_id": _id(given, "webhook_id", path)},
    "email": _mail,
    "status": lambda given, path: {"status": _one_of(given, "status", path, STATUSES)},
    "resolve": _nothing,
}
