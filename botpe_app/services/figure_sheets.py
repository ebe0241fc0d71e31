"""Figures and recipients as CSV: any figures as lines of part, row, figure and value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session

from botpe_app.core import sheets
from botpe_app.services import campaign_counts
from botpe_app.services.access import Actor
from botpe_app.services.campaign_views import RecipientItem
from botpe_app.services.views import MessageError, Page

_AT_ONCE = 1000
_RECIPIENT = tuple(field.name for field in fields(RecipientItem))


def figures(found: object) -> str:
    """A sheet of what a service answered: `days`, `2026-11-25`, `incoming`, `12`."""
    head = sheets.written(("part", "row", "figure", "value"))
    return head + "".join(map(sheets.written, _lines("", "", found)))


def _lines(part: str, row: str, value: object) -> Iterator[tuple[str, str, str, str]]:
    """A part's own figures, and those of its rows, named by the first thing they say."""
    for name, each in _named(value):
        if not _has_parts(each):
            yield part, row, name, _said(each)
        elif part:
            yield from _lines(part, name if not row else f"{row} {name}", each)
        else:
            yield from _lines(name, "", each)


def _has_parts(value: object) -> bool:
    return isinstance(value, list | dict) or is_dataclass(value)


def _named(value: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(value):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))
    elif isinstance(value, dict):
        yield from cast("dict[str, object]", value).items()
    elif isinstance(value, list):
        for place, each in enumerate(cast("list[object]", value)):
            first = next(iter(_named(each)), ("", ""))[1] if is_dataclass(each) else place
            yield _said(first), each


def recipients_head() -> str:
    """The first row of the recipients' sheet."""
    return sheets.written(_RECIPIENT)


def recipients(
    session: Session, actor: Actor, campaign_id: str, *, status: str | None, cursor: str | None
) -> Page[str]:
    """The rows of a thousand recipients, and the cursor of those after them. Raises as
    `campaign_counts.list_recipients`.
    """
    page = campaign_counts.list_recipients(
        session, actor, campaign_id, status=status, limit=_AT_ONCE, cursor=cursor
    )
    rows = [sheets.written(_said(getattr(item, name)) for name in _RECIPIENT) for item in page.data]
    return Page(rows, page.next)


def _said(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case MessageError():
            return f"{value.code} {value.title}".strip()
        case bool():
            return str(value).lower()
        case _:
            return str(value)
