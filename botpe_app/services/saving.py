"""Putting a row down beside others of its kind that may hold the same name already."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from botpe_app.core.names import clean
from botpe_app.errors import Conflict, Invalid


def save(session: Session, row: SQLModel, *, taken: str, field: str) -> None:
    """Writes the row and reads back what the database filled in.

    Raises Conflict with these words if another row holds what must be its own.
    """
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(taken, field=field) from None
    session.refresh(row)


def short_text(value: str, *, field: str, most: int, least: int = 1) -> str:
    """The text without stray characters. Raises Invalid unless it has `least` to `most`."""
    value = clean(value)
    if not least <= len(value) <= most:
        raise Invalid(f"This needs {least} to {most:,} characters.", field=field)
    return value
