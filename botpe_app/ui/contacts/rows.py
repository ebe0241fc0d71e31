"""What the contacts page draws, made from services' views. Pure: no clock, no session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from botpe_app.core.conditions.values import as_text
from botpe_app.services.contact_imports import OPEN, ImportItem
from botpe_app.services.contact_table import SORTS
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import ContactItem, RowError
from botpe_app.ui import words

NEWEST = "-created_at"
OURS = {
    "phone": "Phone",
    "email": "E-mail",
    "language": "Language",
    "tags": "Tags",
    "marketing": "Marketing",
    "last_inbound_at": "Last wrote",
    "created_at": "Added",
}
USUAL = "phone,tags,marketing,last_inbound_at,created_at"
CUSTOM = "custom_fields."
_TAGS_SHOWN = 3


@dataclass(frozen=True)
class Query:
    """What the address of the page asks for; strange values fall back to the usual ones."""

    q: str = ""
    tag: str = ""
    sort: str = NEWEST
    contact: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Query:
        """What a page's query asks for."""
        sort = query.get("sort", NEWEST)
        return cls(
            query.get("q", "")[:200],
            query.get("tag", "")[:50],
            sort if sort in SORTS else NEWEST,
            query.get("c", "")[:64],
        )

    def address(self, **changes: str) -> str:
        """The address of the page with something changed."""
        asked = {
            "c": self.contact,
            "q": self.q,
            "tag": self.tag,
            "sort": self.sort if self.sort != NEWEST else "",
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return "/contacts" + (f"?{query}" if query else "")

    @property
    def export(self) -> str:
        """Where these customers are to be had as CSV."""
        asked = {name: value for name, value in (("q", self.q), ("tag", self.tag)) if value}
        return "/api/contacts/export" + (f"?{urlencode(asked)}" if asked else "")


@dataclass(frozen=True)
class Column:
    """A column one may choose."""

    key: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Job:
    """A long sheet that is brought in by a worker; without `id` there is none."""

    id: str = ""
    status: str = ""
    rows: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    problem: str = ""
    errors: list[RowError] = field(default_factory=list[RowError])
    going: bool = False
    percent: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column; `href` sorts by it, "" where nothing can."""

    label: str
    href: str = ""
    order: str = "none"  # as aria-sort says it


@dataclass(frozen=True)
class Cell:
    """What one column says of one customer."""

    kind: str  # text, time, tags, marketing
    text: str = ""
    tone: str = ""
    tags: list[str] = field(default_factory=list[str])
    more: int = 0  # tags there is no room for


@dataclass(frozen=True)
class Person:
    """A row of the table."""

    id: str
    href: str
    name: str
    initials: str
    hue: int
    cells: list[Cell]


def job(item: ImportItem) -> Job:
    """A long import as the page watches it."""
    return Job(
        item.id,
        item.status,
        item.rows,
        item.done,
        item.created,
        item.updated,
        item.skipped,
        item.problem,
        item.errors,
        going=item.status in OPEN,
        percent=f"Importing, {100 * item.done // max(item.rows, 1)} %",
    )


def columns(chosen: str, fields: list[CustomFieldItem]) -> list[Column]:
    """The columns there are, of which `chosen` names those shown."""
    named = set(chosen.split(","))
    known = [*OURS.items(), *((f"{CUSTOM}{each.name}", each.label) for each in fields)]
    return [Column(key, label, key in named) for key, label in known]


def heads(shown: list[Column], query: Query) -> list[Head]:
    """The heads of the name and of the columns shown."""
    return [_head("name", "Name", query), *(_head(c.key, c.label, query) for c in shown)]


def _head(key: str, label: str, query: Query) -> Head:
    if key not in SORTS:
        return Head(label)
    down_first = key != "name"
    now = query.sort if query.sort.removeprefix("-") == key else ""
    other = {"": f"-{key}" if down_first else key, key: f"-{key}", f"-{key}": key}[now]
    order = {"": "none", key: "ascending", f"-{key}": "descending"}[now]
    return Head(label, query.address(sort=other, c=""), order)


def person(item: ContactItem, shown: list[Column], query: Query) -> Person:
    """A customer as a row."""
    name = title(item)
    return Person(
        item.id,
        query.address(c=item.id),
        name,
        words.initials(name),
        words.hue(item.id),
        [_cell(item, column.key) for column in shown],
    )


def title(item: ContactItem) -> str:
    """What a customer is called."""
    return item.name or words.phone(item.phone) or "Without a name"


def marketing(item: ContactItem) -> tuple[str, str]:
    """Whether a customer gets marketing, in a word, and its tone."""
    if item.marketing_opt_in:
        return "Allowed", "good"
    return ("Stopped", "bad") if item.marketing_opted_out_at else ("Not asked", "")


def _cell(item: ContactItem, key: str) -> Cell:
    match key:
        case "tags":
            more = max(len(item.tags) - _TAGS_SHOWN, 0)
            return Cell("tags", tags=item.tags[:_TAGS_SHOWN], more=more)
        case "marketing":
            text, tone = marketing(item)
            return Cell("marketing", text, tone)
        case "last_inbound_at" | "created_at":
            at = item.last_inbound_at if key == "last_inbound_at" else item.created_at
            return Cell("time", words.stamp(at) if at else "")
        case "phone":
            return Cell("text", words.phone(item.phone))
        case _:
            return Cell("text", _value(item, key))


def _value(item: ContactItem, key: str) -> str:
    if key.startswith(CUSTOM):
        return said(item.custom_fields.get(key.removeprefix(CUSTOM)))
    return getattr(item, key) or ""


def said(value: Any) -> str:
    """A custom field's value in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else as_text(value)
