"""Cursors: where a page ended, as an opaque word. The next page costs what the first costs."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from botpe_app.errors import Invalid


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
