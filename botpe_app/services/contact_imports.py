"""Long sheets of customers: begun, watched, stopped. `contact_import_work` brings them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict
from botpe_app.models import ContactImport
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import paging
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.views import Page, RowError

OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class ImportItem:
    """How far an import is. `errors` says of the first 1,000 skipped rows why."""

    id: str
    status: str
    rows: int
    done: int
    created: int
    updated: int
    skipped: int
    problem: str
    created_at: datetime
    finished_at: datetime | None
    errors: list[RowError]


def key_of(organization_id: UUID, import_id: UUID) -> str:
    """Where the storage keeps a sheet until it is done with."""
    return f"{organization_id}/{import_id}.csv"


def begin(session: Session, actor: Actor, import_id: UUID, rows: int) -> ImportItem:
    """Has a sheet that lies in the storage brought in. Raises Forbidden."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = ContactImport(
        organization_id=actor.organization_id,
        id=import_id,
        rows=rows,
        actor_kind=actor.kind,
        actor_id=actor.user_id or actor.key_id,
        actor_role=actor.role,
        actor_name=actor.name,
        next_at=utc_now(),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    nudge(session, Lane.MEDIA)
    return _item(row)


def get_import(session: Session, actor: Actor, import_id: UUID | str) -> ImportItem:
    """How far it is. Raises NotFound."""
    actor.require(Permission.READ)
    return _item(get(session, actor, ContactImport, import_id))


def list_imports(
    session: Session, actor: Actor, *, limit: int = 50, cursor: str | None = None
) -> Page[ImportItem]:
    """All of them, newest first. Raises Invalid naming `cursor`."""
    actor.require(Permission.READ)
    ours = select(ContactImport).where(ContactImport.organization_id == actor.organization_id)
    return paging.newest(session, ours, ContactImport, _item, limit=limit, cursor=cursor)


def running(session: Session, actor: Actor) -> ImportItem | None:
    """The newest that is not done with, if there is one."""
    actor.require(Permission.READ)
    ours = select(ContactImport).where(
        ContactImport.organization_id == actor.organization_id,
        col(ContactImport.status).in_(OPEN),
    )
    row = session.exec(ours.order_by(col(ContactImport.created_at).desc())).first()
    return _item(row) if row else None


def cancel(session: Session, actor: Actor, import_id: UUID | str) -> ImportItem:
    """Stops it; what it has taken stays. Raises Forbidden, NotFound, Conflict if it is over."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, ContactImport, import_id)
    if row.status not in OPEN:
        raise Conflict("This import is over already.")
    row.status, row.finished_at, row.next_at = "cancelled", utc_now(), utc_now()
    session.add(row)
    session.flush()
    nudge(session, Lane.MEDIA)  # which removes the sheet
    live.publish(session, actor.organization_id, "imports")
    return _item(row)


def _item(row: ContactImport) -> ImportItem:
    return ImportItem(
        str(row.id),
        row.status,
        row.rows,
        row.done,
        row.created,
        row.updated,
        row.skipped,
        row.problem,
        row.created_at,
        row.finished_at,
        [RowError(**error) for error in row.errors],
    )
