"""Everything we hold of one person, for them to have (GDPR, article 15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Table, select
from sqlmodel import Session, SQLModel

from botpe_app.core.permissions import Permission
from botpe_app.models import Contact
from botpe_app.services import audit
from botpe_app.services.access import Actor, get
from botpe_app.services.contact_removal import owned_by

_MEANS = {"message_words"}  # made of the messages, to find them
_OURS = ("_sealed", "_hash", "leased_until", "lease_holder", "lease_epoch", "left_as")


def person_data(session: Session, actor: Actor, contact_id: UUID | str) -> dict[str, Any]:
    """Each table's rows about the person, by its name; audited.

    What erasing would remove is what is told, so that a table made later is not forgotten.
    Raises Forbidden unless an admin, NotFound.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    row = get(session, actor, Contact, contact_id)
    audit.note(session, actor, "contact.exported", row.id)
    held = {
        table.name: _rows(session, row, table, condition)
        for table, condition in owned_by(row).items()
        if table.name not in _MEANS
    }
    events = SQLModel.metadata.tables["audit_events"]
    changes = _rows(session, row, events, events.c.subject_id == row.id)
    return {name: rows for name, rows in held.items() if rows} | {"audit_events": changes}


def _rows(session: Session, row: Contact, table: Table, condition: Any) -> list[dict[str, Any]]:
    columns = [
        column
        for column in table.columns
        if not column.name.endswith(_OURS) and not isinstance(column.type, LargeBinary)
    ]
    wanted = select(*columns).where(table.c.organization_id == row.organization_id, condition)
    return [dict(found) for found in session.connection().execute(wanted).mappings()]
