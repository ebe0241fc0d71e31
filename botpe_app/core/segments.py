"""Which contacts a segment means: its filter, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias, cast
from uuid import UUID

from botpe_app.core.conditions.values import as_text
from botpe_app.errors import Invalid

CUSTOM = "custom_fields."
_DEEPEST, _MOST_TESTS, _MOST_VALUES, _LONGEST = 10, 200, 1000, 500
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_LONGEST_AGO = 3650  # days
_EXISTS = ("exists", "not_exists")
_LATELY = ("in_last", "not_in_last")  # so many days
_WORDS = ("eq", "ne", "contains", "not_contains", "starts_with", "in", *_EXISTS)
OPS = {
    "text": _WORDS,
    "tags": _WORDS,
    "boolean": ("eq", "ne", "in", *_EXISTS),
    "moment": ("eq", "ne", "gt", "lt", "before", "after", "in", *_LATELY, *_EXISTS),
    "custom": (*_WORDS, "gt", "lt", "before", "after", *_LATELY, "in_next"),
    "campaign": ("eq", "ne", "in", *_LATELY, *_EXISTS),
}
Kind = Literal["all", "any", "none"]
KINDS: tuple[Kind, ...] = ("all", "any", "none")
FIELDS = {
    "phone": "text", "name": "text", "email": "text", "language": "text", "tags": "tags",
    "marketing_opt_in": "boolean", "created_at": "moment", "last_inbound_at": "moment",
}  # fmt: skip
# What contacts did with campaigns; the value is a campaign's id.
BEHAVIOUR: dict[str, str] = dict.fromkeys(
    ("campaigns.received", "campaigns.read", "campaigns.clicked", "campaigns.answered"), "campaign"
)
_NO_MORE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a contact's field.

    `value` is of the field's kind: lower-case text, True or False, an aware datetime, a UUID; for
    a custom field lower-case text, for its `gt` and `lt` a Decimal, for `before` and `after` a day
    like 2026-12-31. For `in` it is a list of these, for days back or ahead a timedelta.
    """

    field: str
    kind: str  # text, tags, boolean, moment, custom, campaign
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """All, any or none of its parts. All of nothing is everybody."""

    kind: Kind
    parts: tuple[Group | Test, ...]


Node: TypeAlias = "Group | Test"


class _Reading:
    """A filter being read: how many conditions it has so far, and the fields it may name."""

    def __init__(self, also: Mapping[str, str]) -> None:
        self.count = 0
        self.kinds = {**FIELDS, **also}


def parse(filter: object, path: str = "filter", also: Mapping[str, str] = _NO_MORE) -> Group:
    """The filter. Raises Invalid whose field is the path to what is wrong, `filter.all.0.op`.

    `also` names fields, with their kinds, that it may test beside a contact's own.
    """
    found = _node(filter, path, 1, _Reading(also))
    if isinstance(found, Test):
        raise Invalid('A filter is {"all": […]}, {"any": […]} or {"none": […]}.', field=path)
    return found


def of_contacts(filter: object) -> Group:
    """A segment's filter, which may ask for behaviour too. Raises as `parse`."""
    return parse(filter, also=BEHAVIOUR)


def _node(node: object, path: str, depth: int, reading: _Reading) -> Node:
    if not isinstance(node, dict):
        words = 'This is {"all": […]}, {"any": […]}, {"none": […]} or {"field", "op", "value"}.'
        raise Invalid(words, field=path)
    held = cast("dict[str, object]", node)
    kind: Kind | None = next((kind for kind in KINDS if kind in held), None)
    if kind is None:
        reading.count += 1
        if reading.count > _MOST_TESTS:
            raise Invalid(f"At most {_MOST_TESTS} conditions.", field=path)
        return _test(held, path, reading.kinds)
    if len(held) > 1:
        raise Invalid(f"Beside {kind} there is nothing else.", field=path)
    parts = held[kind]
    path = f"{path}.{kind}"
    if depth > _DEEPEST:
        raise Invalid(f"At most {_DEEPEST} levels.", field=path)
    if not isinstance(parts, list) or (kind != "all" and not parts):
        raise Invalid("This is a list of conditions.", field=path)
    listed = cast("list[object]", parts)
    if len(listed) > _MOST_TESTS:
        raise Invalid(f"At most {_MOST_TESTS} conditions.", field=path)
    inner = [_node(one, f"{path}.{place}", depth + 1, reading) for place, one in enumerate(listed)]
    return Group(kind, tuple(inner))


def _test(held: Mapping[str, object], path: str, kinds: Mapping[str, str]) -> Test:
    if unknown := next((name for name in held if name not in ("field", "op", "value")), None):
        raise Invalid("A condition has field, op and value.", field=f"{path}.{unknown}")
    name, op, value = held.get("field"), held.get("op"), held.get("value")
    kind = _kind(name, kinds) if isinstance(name, str) else None
    if not isinstance(name, str) or kind is None:
        known = ", ".join(kinds)
        raise Invalid(f"A field is one of {known}, or custom_fields.X.", field=f"{path}.field")
    if op not in OPS[kind]:
        raise Invalid(f"{name} takes {', '.join(OPS[kind])}.", field=f"{path}.op")
    op = str(op)
    if op in _EXISTS:
        if value is False:
            raise Invalid(f"{op} takes no value.", field=f"{path}.value")
        return Test(name, kind, op)
    if op == "in":
        return Test(name, kind, op, _values(name, kind, value, f"{path}.value"))
    return Test(name, kind, *_one(name, kind, op, value, f"{path}.value"))


def _kind(name: str, kinds: Mapping[str, str]) -> str | None:
    if name.startswith(CUSTOM):
        return "custom" if 1 <= len(name) - len(CUSTOM) <= 80 else None
    return kinds.get(name)


def _values(name: str, kind: str, value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Invalid("This is a list of values.", field=path)
    listed = cast("list[object]", value)
    if len(listed) > _MOST_VALUES:
        raise Invalid(f"At most {_MOST_VALUES:,} values.", field=path)
    return [_one(name, kind, "eq", v, f"{path}.{place}")[1] for place, v in enumerate(listed)]


def _one(name: str, kind: str, op: str, value: object, path: str) -> tuple[str, Any]:
    """The op as it is tested and its value. Raises Invalid naming `path`."""
    if isinstance(value, dict | list) or value is None:
        raise Invalid("This is a text, a number, or true or false.", field=path)
    said = as_text(value).strip()
    if len(said) > _LONGEST:
        raise Invalid(f"At most {_LONGEST} characters.", field=path)
    if op in (*_LATELY, "in_next"):
        return op, _days(said, path)
    if kind in _READERS:
        return {"gt": "after", "lt": "before"}.get(op, op), _READERS[kind](said, path)
    if kind == "custom" and op in ("gt", "lt", "before", "after"):
        return _size(op, said, path)
    if not said and op in ("contains", "not_contains", "starts_with"):
        raise Invalid("Say what to look for.", field=path)
    if name == "phone":
        said = re.sub(r"[\s().\-/]", "", said)
    return op, said.lower()


def _boolean(said: str, path: str) -> bool:
    if said.lower() not in ("true", "false"):
        raise Invalid("This is true or false.", field=path)
    return said.lower() == "true"


def _moment(said: str, path: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("This is a time like 2026-12-31T18:00:00Z.", field=path) from None


def _days(said: str, path: str) -> timedelta:
    if not re.fullmatch("[0-9]{1,4}", said) or not 1 <= int(said) <= _LONGEST_AGO:
        raise Invalid(f"This is a number of days, 1 to {_LONGEST_AGO:,}.", field=path)
    return timedelta(days=int(said))


def _id(said: str, path: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Invalid("This is the id of a campaign.", field=path) from None


_READERS: dict[str, Callable[[str, str], Any]] = {
    "boolean": _boolean, "moment": _moment, "campaign": _id,
}  # fmt: skip


def _size(op: str, said: str, path: str) -> tuple[str, Any]:
    """A number to compare with; else, and for before and after, a day."""
    if op in ("gt", "lt") and _NUMBER.fullmatch(said):
        return op, Decimal(said)
    try:
        day = _moment(said, path).date().isoformat()
    except Invalid:
        wanted = "a number or a date" if op in ("gt", "lt") else "a date"
        raise Invalid(f"This is {wanted}, like 2026-12-31.", field=path) from None
    return {"gt": "after", "lt": "before"}.get(op, op), day


def number(said: str) -> Decimal | None:
    """The number that a custom field's text is, else None."""
    return Decimal(said) if _NUMBER.fullmatch(said) else None
