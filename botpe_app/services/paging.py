"""Cursors: where a page ended, as an opaque word. The next page costs what the first costs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from botpe_app.errors import Invalid
from botpe_app.services.views import Page

Row = TypeVar("Row")
Item = TypeVar("Item")


def newest(
    session: Session,
    wanted: SelectOfScalar[Row],
    table: Any,
    item: Callable[[Row], Item],
    *,
    limit: int,
    cursor: str | None,
    by: str = "created_at",
) -> Page[Item]:
    """A page of the rows wanted of `table`, the latest by the column `by` first, each as its view.

    Raises Invalid naming `cursor`.
    """
    page = newest_rows(session, wanted, table, limit=limit, cursor=cursor, by=by)
    return Page([item(row) for row in page.data], page.next)


def newest_rows(
    session: Session,
    wanted: SelectOfScalar[Row],
    table: Any,
    *,
    limit: int,
    cursor: str | None,
    by: str = "created_at",
) -> Page[Row]:
    """As `newest`, for whoever makes the views of a whole page at once."""
    order = (col(getattr(table, by)), col(table.id))
    if cursor:
        wanted = wanted.where(tuple_(*order) < tuple_(*read(cursor)))
    wanted = wanted.order_by(*(column.desc() for column in order)).limit(limit + 1)
    rows = list(session.exec(wanted))
    last: Any = rows[limit - 1] if rows[limit:] else None
    return Page(rows[:limit], write(getattr(last, by), last.id) if last else None)


def write(moment: datetime, row_id: UUID) -> str:
    """The cursor of a row, for lists ordered by (time, id)."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode()


def read(cursor: str) -> tuple[datetime, UUID]:
    """What `write` was given. Raises Invalid naming `cursor`."""
    try:
        moment, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError
        return when, UUID(row_id)
    except (ValueError, binascii.Error, UnicodeError):
        raise Invalid(
            "This cursor is not one of ours; use the `next` of a page.", field="cursor"
        ) from None
