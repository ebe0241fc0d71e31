"""Whether a segment's filter, as it was read, means a contact.

`services/segment_query.py` says the same in SQL; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from botpe_app.core.conditions.values import as_text
from botpe_app.core.segments import CUSTOM, Group, Node, Test, number

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def holds(node: Node, contact: Mapping[str, Any], now: datetime) -> bool:
    """Whether the contact is meant now. Its fields are by name, custom_fields an object, those of
    BEHAVIOUR pairs of a campaign's id and when it happened.
    """
    if isinstance(node, Group):
        found = (holds(part, contact, now) for part in node.parts)
        return all(found) if node.kind == "all" else any(found) == (node.kind == "any")
    op = OPPOSITES.get(node.op)
    if op is not None:
        return not holds(Test(node.field, node.kind, op, node.value), contact, now)
    if node.kind == "custom":
        value = contact["custom_fields"].get(node.field.removeprefix(CUSTOM))
        return _of_custom(value, node.op, wanted_of(node, now))
    return _HOLDS[node.kind](contact[node.field], node.op, wanted_of(node, now))


def wanted_of(test: Test, now: datetime) -> Any:
    """What the field is compared with: for days back or ahead where they begin and end."""
    if not isinstance(test.value, timedelta):
        return test.value
    ends = (now, now + test.value) if test.op == "in_next" else (now - test.value, now)
    return tuple(end.date().isoformat() for end in ends) if test.kind == "custom" else ends


OPPOSITES = {
    "ne": "eq", "not_contains": "contains", "not_exists": "exists", "not_in_last": "in_last",
}  # fmt: skip


def _of_text(value: str | None, op: str, wanted: Any) -> bool:
    said = (value or "").lower()
    match op:
        case "exists":
            return said != ""
        case "eq":
            return said == wanted
        case "in":
            return said in wanted
        case "contains":
            return wanted in said
        case _:
            return said.startswith(wanted)


def _of_tags(tags: Sequence[str], op: str, wanted: Any) -> bool:
    if op == "exists":
        return bool(tags)
    return any(_of_text(tag, "eq" if op == "contains" else op, wanted) for tag in tags)


def _of_boolean(value: bool, op: str, wanted: Any) -> bool:
    return op == "exists" or (value in wanted if op == "in" else value == wanted)


def _of_moment(value: datetime | None, op: str, wanted: Any) -> bool:
    if value is None or op == "exists":
        return value is not None
    match op:
        case "before":
            return value < wanted
        case "after":
            return value > wanted
        case "in":
            return value in wanted
        case "in_last":
            return wanted[0] <= value <= wanted[1]
        case _:
            return value == wanted


def _of_campaign(happened: Sequence[tuple[UUID, datetime]], op: str, wanted: Any) -> bool:
    if op in ("exists", "in_last"):
        return any(_of_moment(at, op, wanted) for _, at in happened)
    return any(which in wanted if op == "in" else which == wanted for which, _ in happened)


def _of_custom(value: Any, op: str, wanted: Any) -> bool:
    said = as_text(value).lower()
    match op:
        case "exists":
            return said not in ("", "[]", "{}")
        case "gt" | "lt":
            size = number(said)
            return size is not None and (size > wanted if op == "gt" else size < wanted)
        case "before" | "after":
            day = said[:10]
            found = _DAY.fullmatch(day) is not None
            return found and (day < wanted if op == "before" else day > wanted)
        case "in_last" | "in_next":
            return _DAY.fullmatch(said[:10]) is not None and wanted[0] <= said[:10] <= wanted[1]
        case "eq":
            return _same(said, wanted)
        case "in":
            return any(_same(said, one) for one in wanted)
        case "contains" if isinstance(value, list):
            items = cast("list[object]", value)
            return any(as_text(item).lower() == wanted for item in items)
        case _:
            return _of_text(said, op, wanted)


def _same(said: str, wanted: str) -> bool:
    size, other = number(said), number(wanted)
    return said == wanted or (size is not None and size == other)


_HOLDS: dict[str, Callable[[Any, str, Any], bool]] = {
    "text": _of_text, "tags": _of_tags, "boolean": _of_boolean, "moment": _of_moment,
    "campaign": _of_campaign,
}  # fmt: skip
