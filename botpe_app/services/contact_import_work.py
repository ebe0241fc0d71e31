"""Long sheets brought in part by part: each in one transaction with the count of what is done.

So a worker that dies costs nothing and nothing is done twice: the next one goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live
from botpe_app.db import act_for, act_in_the_name_of
from botpe_app.errors import BotpeError
from botpe_app.models import ContactImport
from botpe_app.models.base import utc_now
from botpe_app.services import contact_import
from botpe_app.services.access import Actor
from botpe_app.services.contact_imports import OPEN
from botpe_app.services.contact_rows import Line, Sheet
from botpe_app.services.views import RowError

PART = 1000  # rows
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
MOST_ERRORS = 1000
_LOST = "Something went wrong on our side, several times. What was taken stays."

Key = tuple[UUID, UUID]

_CLAIM = text("""
update contact_imports i set next_at = now() + :lease, attempts = attempts + 1,
  status = case status when 'waiting' then 'running' else status end
from (select organization_id, id from contact_imports where next_at <= now()
  order by next_at limit :room for update skip locked) due
where i.organization_id = due.organization_id and i.id = due.id
returning i.organization_id, i.id
""")
_DUE_IN = text("select extract(epoch from min(next_at) - now())::float8 from contact_imports")


def claim(session: Session, room: int) -> list[Key]:
    """At most `room` imports that are due; the session acts as the system."""
    rows = session.connection().execute(_CLAIM, {"room": room, "lease": LEASE})
    return [(organization_id, import_id) for organization_id, import_id in rows]


def due_in(session: Session) -> float | None:
    """In how many seconds one is due, None if none waits."""
    found = session.connection().execute(_DUE_IN).scalar()
    return None if found is None else max(0.0, float(found))


def done(session: Session, key: Key) -> int | None:
    """How many rows are dealt with; None if there is nothing left to do but to remove the sheet."""
    row = _locked(session, key)
    if row.status in OPEN and row.attempts > MOST_ATTEMPTS:
        _finish(session, row, "failed", _LOST)
    return row.done if row.status in OPEN else None


def take(session: Session, key: Key, part: Sequence[Line | RowError]) -> bool:
    """Brings in the rows that come next; whether to go on."""
    row = _locked(session, key)
    if row.status not in OPEN:
        return False
    sheet = Sheet(
        [line for line in part if isinstance(line, Line)],
        [error for error in part if isinstance(error, RowError)],
    )
    try:
        with session.begin_nested():
            told = contact_import.import_contacts(session, _actor(session, row), sheet)
    except BotpeError as error:
        _finish(session, row, "failed", error.message)
        return False
    row.done += len(part)
    row.created += told.created
    row.updated += told.updated
    row.skipped += told.skipped
    room = MOST_ERRORS - len(row.errors)
    row.errors = [*row.errors, *(asdict(error) for error in told.errors[:room])]
    row.attempts, row.next_at = 0, utc_now() + LEASE
    session.add(row)
    live.publish(session, row.organization_id, "imports")
    return True


def fail(session: Session, key: Key, problem: str) -> None:
    """Ends an import that cannot go on."""
    _finish(session, _locked(session, key), "failed", problem)


def complete(session: Session, key: Key) -> None:
    """Ends an import of which every row is dealt with, unless it was stopped."""
    row = _locked(session, key)
    if row.status in OPEN:
        _finish(session, row, "completed")


def release(session: Session, key: Key) -> None:
    """Lets another worker go on at once: this one is to stop."""
    row = _locked(session, key)
    row.attempts, row.next_at = 0, utc_now()
    session.add(row)


def forget(session: Session, key: Key) -> None:
    """Has nobody look again: the sheet is gone from the storage."""
    row = _locked(session, key)
    row.next_at = None
    session.add(row)


def _locked(session: Session, key: Key) -> ContactImport:
    return session.get_one(ContactImport, key, with_for_update=True, populate_existing=True)


def _finish(session: Session, row: ContactImport, status: str, problem: str = "") -> None:
    row.status, row.problem, row.finished_at = status, problem, utc_now()
    session.add(row)
    live.publish(session, row.organization_id, "imports", "contacts")


def _actor(session: Session, row: ContactImport) -> Actor:
    """Whoever sent the sheet, as they were then; the transaction is theirs from here."""
    act_for(session, row.organization_id)
    act_in_the_name_of(session, row.actor_kind, row.actor_id, row.actor_name)
    person = row.actor_id if row.actor_kind == "user" else None
    return Actor(row.organization_id, person, row.actor_role, row.actor_name, kind=row.actor_kind)
