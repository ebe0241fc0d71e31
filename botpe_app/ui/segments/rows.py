"""What the segments page draws, made from services' views. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botpe_app.core.segments import BEHAVIOUR, CUSTOM, FIELDS, OPS
from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import ContactItem
from botpe_app.ui import words
from botpe_app.ui.contacts import rows as contact_rows

LABELS = {
    "phone": "Phone number",
    "name": "Name",
    "email": "E-mail",
    "language": "Language",
    "tags": "Tags",
    "marketing_opt_in": "Allowed marketing",
    "created_at": "Added",
    "last_inbound_at": "Last wrote",
    "campaigns.received": "Received campaign",
    "campaigns.read": "Read campaign",
    "campaigns.clicked": "Clicked in campaign",
    "campaigns.answered": "Answered campaign",
}
_WORDS = {
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "gt": "is more than",
    "lt": "is less than",
    "before": "is before",
    "after": "is after",
    "exists": "is known",
    "not_exists": "is not known",
    "in": "is one of",
    "in_last": "is in the last days",
    "not_in_last": "is not in the last days",
    "in_next": "is in the next days",
}
_DAYS = {
    "in_last": "in the last",
    "not_in_last": "not in the last",
    "in_next": "in the next",
}
_CAMPAIGN_WORDS = {
    "exists": "is any",
    "not_exists": "is none",
    "in_last": "is one in the last days",
    "not_in_last": "is none in the last days",
}
_TAG_WORDS = {
    "contains": "include",
    "not_contains": "do not include",
    "in": "include one of",
    "starts_with": "include one starting with",
    "exists": "are there",
    "not_exists": "are none",
}
_SAME = {  # said by another op already
    "boolean": ("ne", "in", "exists", "not_exists"),
    "moment": ("eq", "ne", "gt", "lt", "in"),
    "tags": ("eq", "ne"),
    "campaign": ("in",),
}
_INPUTS = {"number": "number", "date": "date", "boolean": "boolean", "choice": "choice"}


@dataclass(frozen=True)
class Op:
    """What can be asked of a field."""

    key: str
    label: str


@dataclass(frozen=True)
class Field:
    """A field of the builder. `input`: text, number, date, boolean, choice, tag, campaign.

    `options` are what may be its value, by the words for it.
    """

    name: str
    label: str
    input: str
    ops: list[Op]
    options: list[Op]


@dataclass(frozen=True)
class Segment:
    """A segment in the list."""

    id: str
    href: str
    name: str
    words: str
    count: str  # "" while it is counted
    changed: str


@dataclass(frozen=True)
class Sampled:
    """Somebody whom the filter means."""

    id: str
    href: str
    name: str
    initials: str
    hue: int
    detail: str


def fields(
    custom: Sequence[CustomFieldItem], tags: Sequence[str], campaigns: Mapping[str, str]
) -> list[Field]:
    """Every field a filter can ask for, with every op of its kind."""
    options = {
        "tags": [Op(tag, tag) for tag in tags],
        "campaign": [Op(key, name) for key, name in campaigns.items()],
    }
    ours = [
        Field(name, LABELS[name], _input(kind), _ops(kind), options.get(kind, []))
        for name, kind in (FIELDS | BEHAVIOUR).items()
    ]
    return ours + [
        Field(
            f"{CUSTOM}{each.name}",
            each.label,
            _INPUTS.get(each.type, "text"),
            _ops("custom"),
            [Op(option, option) for option in each.options],
        )
        for each in custom
    ]


def _input(kind: str) -> str:
    inputs = {"boolean": "boolean", "moment": "date", "tags": "tag", "campaign": "campaign"}
    return inputs.get(kind, "text")


def _ops(kind: str) -> list[Op]:
    return [Op(op, _words(kind, op)) for op in OPS[kind] if op not in _SAME.get(kind, ())]


def _words(kind: str, op: str) -> str:
    ours = {"tags": _TAG_WORDS, "campaign": _CAMPAIGN_WORDS}.get(kind, {})
    return ours.get(op, _WORDS[op])


def segment(item: SegmentItem, labels: Mapping[str, str], count: int | None) -> Segment:
    """A segment as a row of the list."""
    return Segment(
        item.id,
        f"/segments?s={item.id}",
        item.name,
        described(item.filter, labels),
        "" if count is None else words.plural(count, "contact"),
        words.stamp(item.updated_at),
    )


def labels(custom: Sequence[CustomFieldItem], campaigns: Mapping[str, str]) -> dict[str, str]:
    """What fields and campaigns are called."""
    return {**LABELS, **{f"{CUSTOM}{each.name}": each.label for each in custom}, **campaigns}


def described(node: Any, labels: Mapping[str, str], depth: int = 0) -> str:
    """A filter in words: Tags include vip and (Language is es or Language is pt)."""
    for kind, joint in (("all", " and "), ("any", " or "), ("none", " or ")):
        if kind in node:
            parts = [described(part, labels, depth + 1) for part in node[kind]]
            said = joint.join(parts) or "Everybody"
            if kind == "none":
                return f"none of ({said})"
            return f"({said})" if depth and len(parts) > 1 else said
    name, op = str(node["field"]), str(node["op"])
    kind = (FIELDS | BEHAVIOUR).get(name, "custom")
    label = labels.get(name, name.removeprefix(CUSTOM))
    if kind == "boolean":
        return label if _true(node.get("value")) == (op == "eq") else f"not {label.lower()}"
    if "exists" in op:
        return f"{label} {_words(kind, op)}"
    if op in _DAYS:
        return f"{label} {_DAYS[op]} {words.plural(int(node['value']), 'day')}"
    return f"{label} {_words(kind, op)} {_value(node.get('value'), kind, labels)}"


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _value(value: Any, kind: str, labels: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_value(each, kind, labels) for each in value[:5])  # pyright: ignore[reportUnknownVariableType]
    if kind == "campaign":
        return labels.get(str(value).lower(), "one that is gone")
    return str(value)[:10] if kind == "moment" else contact_rows.said(value)


def sampled(item: ContactItem) -> Sampled:
    """Somebody whom the filter means, with their number and tags."""
    name = contact_rows.title(item)
    detail = " · ".join(part for part in (words.phone(item.phone), ", ".join(item.tags)) if part)
    return Sampled(
        item.id,
        f"/contacts?c={item.id}",
        name,
        words.initials(name),
        words.hue(item.id),
        detail,
    )
