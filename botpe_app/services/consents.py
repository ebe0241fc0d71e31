"""Evidence of what customers allowed: marketing goes to nobody who stopped it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.models import Consent, Contact
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get
from botpe_app.services.views import ConsentItem


def list_consents(session: Session, actor: Actor, contact_id: UUID | str) -> list[ConsentItem]:
    """What a contact allowed and stopped, newest first. Raises NotFound."""
    actor.require(Permission.READ)
    contact = get(session, actor, Contact, contact_id)
    theirs = select(Consent).where(
        Consent.organization_id == actor.organization_id, Consent.contact_id == contact.id
    )
    newest = theirs.order_by(col(Consent.at).desc(), col(Consent.id).desc())
    return [
        ConsentItem(str(row.id), row.granted, row.source, row.evidence, row.at)
        for row in session.exec(newest)
    ]


def record(
    session: Session, actor: Actor, contact: Contact, *, granted: bool, evidence: str = ""
) -> None:
    """Keeps that the contact allowed marketing, or stopped it, and who said so."""
    now = utc_now()
    contact.marketing_opt_in = granted
    contact.marketing_opted_out_at = None if granted else now
    session.add(contact)
    session.add(
        Consent(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            granted=granted,
            source=actor.kind,
            evidence=evidence or f"Set by {actor.name}",
            at=now,
        )
    )
    session.flush()
