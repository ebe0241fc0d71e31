"""A rule as the editor holds it: every part a text, and back to what the service takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botpe_app.services.automation_views import RuleItem

_FLAGS = ("marketing_opt_in", "open_now")
_NO_VALUE = ("exists", "not_exists")


@dataclass(frozen=True)
class Line:
    """A condition."""

    key: str
    field: str = "tags"
    op: str = "contains"
    value: str = ""


@dataclass(frozen=True)
class Deed:
    """An action; which of its texts matter, its type says."""

    key: str
    type: str
    text: str = ""
    address: str = ""
    subject: str = ""
    who: str = ""  # user:ID, team:ID or ""
    add: str = ""
    remove: str = ""
    on: str = "conversation"
    field: str = ""
    value: str = ""
    do: str = "resume"
    bot: str = ""
    webhook: str = ""
    template: str = ""
    status: str = "resolved"
    problem: str = ""


@dataclass(frozen=True)
class Draft:
    """A rule being written; `id` is "" for a new one."""

    id: str = ""
    name: str = ""
    trigger: str = "message"
    keywords: str = ""
    match: str = "contains"
    minutes: str = "30"
    tag: str = ""
    about: str = ""  # which field changes
    event: str = ""
    every: str = "all"
    rest: str = "0"
    stops: bool = False
    lines: list[Line] = field(default_factory=list[Line])
    deeds: list[Deed] = field(default_factory=list[Deed])
    nested: bool = False  # conditions of a kind that the editor cannot show


def of(rule: RuleItem) -> Draft:
    """The rule, to be changed."""
    held = rule.trigger
    every = "any" if "any" in rule.conditions else "all"
    parts = rule.conditions.get(every, [])
    nested = any("field" not in part or isinstance(part.get("value"), list) for part in parts)
    return Draft(
        id=rule.id,
        name=rule.name,
        trigger=held["type"],
        keywords=", ".join(held.get("keywords", [])),
        match=held.get("match", "contains"),
        minutes=str(held.get("minutes", 30)),
        tag=held.get("tag", ""),
        about=held.get("field", ""),
        event=held.get("event", ""),
        every=every,
        rest=str(rule.rest_minutes),
        stops=rule.stops,
        lines=[] if nested else [_line(n, part) for n, part in enumerate(parts)],
        deeds=[_deed(n, action) for n, action in enumerate(rule.actions)],
        nested=nested,
    )


def _line(number: int, part: Mapping[str, Any]) -> Line:
    value = part.get("value", "")
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return Line(f"l{number}", part["field"], part["op"], said)


def _deed(number: int, held: Mapping[str, Any]) -> Deed:
    who = ""
    if held.get("team_id"):
        who = f"team:{held['team_id']}"
    elif held.get("user_id"):
        who = f"user:{held['user_id']}"
    texts = {
        name: held[name]
        for name in ("text", "subject", "on", "field", "value", "do", "status")
        if name in held
    }
    return Deed(
        key=f"d{number}",
        type="status" if held["type"] == "resolve" else held["type"],
        who=who,
        add=", ".join(held.get("add", [])),
        remove=", ".join(held.get("remove", [])),
        bot=held.get("bot_id", ""),
        webhook=held.get("webhook_id", ""),
        address=held.get("to", ""),
        template=held.get("template_id", ""),
        **(texts | _values(held)),
    )


def trigger(draft: Draft) -> dict[str, Any]:
    """What the service takes as its trigger."""
    details: dict[str, Any] = {
        "keyword": {"keywords": listed(draft.keywords), "match": draft.match},
        "no_reply": {"minutes": whole(draft.minutes)},
        "tag_added": {"tag": draft.tag},
        "tag_removed": {"tag": draft.tag},
        "field_changed": {"field": draft.about},
        "api_event": {"event": draft.event},
    }
    return {"type": draft.trigger, **details.get(draft.trigger, {})}


def conditions(draft: Draft) -> dict[str, Any]:
    """What the service takes as its conditions."""
    if not draft.lines:
        return {"all": []}
    return {draft.every: [_condition(line) for line in draft.lines]}


def _condition(line: Line) -> dict[str, Any]:
    if line.op in _NO_VALUE:
        return {"field": line.field, "op": line.op}
    if line.field in _FLAGS:
        op = line.op if line.op in ("eq", "ne") else "eq"
        return {"field": line.field, "op": op, "value": line.value or "true"}
    return {"field": line.field, "op": line.op, "value": line.value}


def actions(draft: Draft) -> list[dict[str, Any]]:
    """What the service takes as its actions."""
    return [_action(deed) for deed in draft.deeds]


def _action(deed: Deed) -> dict[str, Any]:
    kind, _, who = deed.who.partition(":")
    parts: dict[str, dict[str, Any]] = {
        "reply": {"text": deed.text},
        "note": {"text": deed.text},
        "template": {"template_id": deed.template, "values": values(deed.text)},
        "assign": {f"{kind}_id": who} if who else {},
        "tag": {"add": listed(deed.add), "remove": listed(deed.remove), "on": deed.on},
        "field": {"field": deed.field, "value": deed.value},
        "bot": {"do": deed.do} | ({"bot_id": deed.bot} if deed.do == "start" else {}),
        "webhook": {"webhook_id": deed.webhook},
        "email": {"to": deed.address, "subject": deed.subject, "text": deed.text},
        "status": {"status": deed.status},
    }
    return {"type": deed.type, **parts[deed.type]}


def body(draft: Draft) -> dict[str, Any]:
    """What the service takes."""
    held: dict[str, Any] = {
        "name": draft.name,
        "trigger": trigger(draft),
        "actions": actions(draft),
        "rest_minutes": whole(draft.rest),
        "stops": draft.stops,
    }
    return held if draft.nested else {**held, "conditions": conditions(draft)}


def values(text: str) -> dict[str, str]:
    """What stands in a template's places, from lines like `body.1: {{contact.name}}`."""
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon and name.strip()}


def _values(held: Mapping[str, Any]) -> dict[str, str]:
    if held["type"] != "template":
        return {}
    return {"text": "\n".join(f"{name}: {value}" for name, value in held["values"].items())}


def listed(text: str) -> list[str]:
    """The words between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def whole(text: str) -> int:
    """The number a text is; -1, which nothing takes, for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def with_problem(draft: Draft, path: str, message: str) -> Draft | None:
    """The draft with the message at the action it is about; None if it is about none."""
    parts = path.split(".")
    if parts[0] != "actions" or len(parts) < 2 or not parts[1].isdigit():
        return None
    place = int(parts[1])
    deeds = [
        replace(deed, problem=message if n == place else "") for n, deed in enumerate(draft.deeds)
    ]
    return replace(draft, deeds=deeds) if place < len(deeds) else None


def changed(held: Any, name: str, value: str, allowed: tuple[str, ...]) -> Any:
    """The draft or a part of it with one text changed, if it is one that may be."""
    return replace(held, **{name: str(value)[:10_000]}) if name in allowed else held


STARTS: dict[str, tuple[str, str, str, Draft]] = {
    "welcome": (
        "hand",
        "Welcome new customers",
        "Greet whoever writes for the first time.",
        Draft(
            name="Welcome",
            trigger="first_message",
            deeds=[
                Deed("d0", "reply", text="Hello {{contact.name|there}}, how can we help you?")
            ],
        ),
    ),
    "away": (
        "moon",
        "Answer outside business hours",
        "Say when you are back, once every few hours.",
        Draft(
            name="Away",
            trigger="outside_hours",
            rest="240",
            deeds=[
                Deed("d0", "reply", text="Thank you for writing. We are closed now and answer "
                     "as soon as we are back."),
                Deed("d1", "tag", add="after hours"),
            ],
        ),
    ),
    "keyword": (
        "route",
        "Send a topic to the right team",
        "By a word the customer uses.",
        Draft(
            name="Returns",
            trigger="keyword",
            keywords="return, refund, exchange",
            deeds=[Deed("d0", "tag", add="returns"), Deed("d1", "assign")],
        ),
    ),
    "waiting": (
        "alarm_clock",
        "Notice who waits too long",
        "Leave a note when nobody answers in time.",
        Draft(
            name="Waits too long",
            trigger="no_reply",
            minutes="30",
            deeds=[
                Deed("d0", "tag", add="waiting"),
                Deed("d1", "note", text="{{contact.name}} has waited for 30 minutes."),
            ],
        ),
    ),
}  # fmt: skip
