"""Customers as a sheet that `contact_import` reads back, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from botpe_app.core import sheets
from botpe_app.core.conditions.values import as_text
from botpe_app.services import contacts
from botpe_app.services.access import Actor
from botpe_app.services.contact_rows import OURS, PREFIX
from botpe_app.services.views import ContactItem, Page

_AT_ONCE = 1000


def header(fields: Sequence[str]) -> str:
    """The first row: our columns, then a column for each custom field."""
    taken = {*OURS}
    named = [f"{PREFIX}{name}" if name.lower() in taken else name for name in fields]
    return sheets.written([*OURS, *named])


def part(
    session: Session,
    actor: Actor,
    fields: Sequence[str],
    *,
    q: str | None = None,
    tag: str | None = None,
    filter: dict[str, Any] | None = None,
    cursor: str | None = None,
) -> Page[str]:
    """The rows of a thousand customers, newest first, and the cursor of those after them."""
    page = contacts.list_contacts(
        session, actor, q=q, tag=tag, filter=filter, limit=_AT_ONCE, cursor=cursor
    )
    return Page([_row(item, fields) for item in page.data], page.next)


def _row(item: ContactItem, fields: Sequence[str]) -> str:
    return sheets.written(
        [
            item.phone or "",
            item.name,
            item.email or "",
            item.language or "",
            ";".join(item.tags),
            "true" if item.marketing_opt_in else "false",
            *(_text(item.custom_fields.get(name)) for name in fields),
        ]
    )


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)
