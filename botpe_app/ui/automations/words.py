"""Rules in words, and the words that one is built of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

TRIGGERS = {
    "message": "A customer writes",
    "keyword": "A customer uses a keyword",
    "first_message": "A customer writes for the first time",
    "outside_hours": "A customer writes outside business hours",
    "no_reply": "Nobody answers in time",
    "conversation_opened": "A conversation opens",
    "tag_added": "A tag is added",
    "tag_removed": "A tag is removed",
    "field_changed": "A field of the contact changes",
    "api_event": "Another program tells of an event",
}
MATCHES = {
    "contains": "anywhere in the message",
    "exact": "as the whole message",
    "starts_with": "at the beginning",
}
DEEDS = {
    "reply": "Reply",
    "template": "Send a template",
    "assign": "Give it to",
    "tag": "Tag",
    "field": "Set a field",
    "note": "Leave a note",
    "bot": "Bot",
    "status": "Change status",
    "webhook": "Tell a webhook",
    "email": "Send an e-mail",
}
ICONS = {
    "reply": "message_square",
    "template": "file_text",
    "assign": "user_plus",
    "tag": "tag",
    "field": "pencil",
    "note": "sticky_note",
    "bot": "bot",
    "status": "circle_check",
    "resolve": "circle_check",
    "webhook": "webhook",
    "email": "mail",
}
FIELDS = {
    "tags": "Contact's tags",
    "name": "Name",
    "phone": "Phone",
    "email": "E-mail",
    "language": "Language",
    "marketing_opt_in": "Marketing opt-in",
    "message.text": "Message",
    "message.type": "Kind of message",
    "conversation.status": "Status",
    "conversation.tags": "Conversation's tags",
    "conversation.assignee": "Assigned to",
    "open_now": "Open now",
}
OPS = {
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "exists": "is filled",
    "not_exists": "is empty",
}
OUTCOMES = {
    "done": ("Done", "good"),
    "partly": ("Partly done", "warn"),
    "failed": ("Failed", "bad"),
    "held": ("Held back", "warn"),
}
BOT_DEEDS = {
    "resume": "Hand back to its bot",
    "start": "Start a bot",
    "pause": "Stop the bot",
}
_FLAGS = ("marketing_opt_in", "open_now")


def trigger(held: Mapping[str, Any]) -> str:
    """When a rule starts, in a sentence."""
    said: str = TRIGGERS.get(held["type"]) or held["type"]
    match held["type"]:
        case "keyword":
            said += ": " + ", ".join(f"“{word}”" for word in held["keywords"])
        case "no_reply":
            said = f"Nobody answers for {minutes(held['minutes'])}"
        case "tag_added" | "tag_removed" if held["tag"]:
            verb = "added" if held["type"] == "tag_added" else "removed"
            said = f"The tag “{held['tag']}” is {verb}"
        case "field_changed" if held["field"]:
            said = f"“{field(held['field'])}” changes"
        case "api_event":
            said = f"A program tells of “{held['event']}”"
    return said


def conditions(held: Mapping[str, Any]) -> str:
    """What must hold, in a sentence; "" if nothing."""
    kind = "all" if "all" in held else "any"
    parts = [_condition(part) for part in held.get(kind, [])]
    return (" and " if kind == "all" else " or ").join(parts)


def _condition(part: Mapping[str, Any]) -> str:
    if "field" not in part:
        return f"({conditions(part)})"
    name, op, value = part["field"], part["op"], part.get("value", "")
    if name in _FLAGS and op in ("eq", "ne"):
        true = (str(value).lower() == "true") == (op == "eq")
        return field(name) if true else f"not {field(name).lower()}"
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{field(name)} {OPS.get(op, op)} {shown}".strip()


def field(name: str) -> str:
    """What a field is called."""
    return FIELDS.get(name, name.removeprefix("custom_fields."))


def deed(held: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """What is done, in a few words; `people` names whom and what it is about by their ids."""
    return _DONE[held["type"]](held, people)


def _tags(held: Mapping[str, Any]) -> str:
    added = [f"+{tag}" for tag in held["add"]] + [f"−{tag}" for tag in held["remove"]]
    return " ".join(added)


_DONE: dict[str, Callable[[Mapping[str, Any], Mapping[str, str]], str]] = {
    "reply": lambda held, _: f"Reply “{_short(held['text'])}”",
    "assign": lambda held, people: (
        "Give it to " + people.get(held.get("team_id") or held.get("user_id") or "", "nobody")
    ),
    "template": lambda held, people: f"Template {people.get(held['template_id'], '')}".strip(),
    "tag": lambda held, _: _tags(held),
    "field": lambda held, _: f"{field(held['field'])} = {_short(held['value'])}",
    "note": lambda held, _: f"Note “{_short(held['text'])}”",
    "bot": lambda held, people: (
        f"Start {people.get(held['bot_id'], 'a bot')}"
        if held["do"] == "start"
        else BOT_DEEDS[held["do"]]
    ),
    "webhook": lambda held, people: f"Tell {people.get(held['webhook_id'], 'a webhook')}",
    "email": lambda held, _: f"E-mail to {_short(held['to'])}",
    "status": lambda held, _: f"Set {held['status']}",
    "resolve": lambda held, _: "Resolve",
}


def minutes(count: int) -> str:
    """5 minutes, 2 hours, 3 days."""
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if count >= size and count % size == 0:
            return f"{count // size} {word}{'s' if count != size else ''}"
    return f"{count} minutes"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 48 else f"{line[:47]}…"
