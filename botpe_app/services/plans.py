"""Holding an organization to what its plan allows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from sqlmodel import Session, SQLModel, col, func, select

from botpe_app.core.plans import PLANS
from botpe_app.errors import Conflict
from botpe_app.models import Contact, Invitation, Membership, Message, Organization, WhatsAppAccount
from botpe_app.services.access import Actor

Kind = Literal["numbers", "people", "contacts"]
# Who is invited takes a place as well.
_COUNTED: dict[Kind, tuple[type[SQLModel], ...]] = {
    "numbers": (WhatsAppAccount,),
    "people": (Membership, Invitation),
    "contacts": (Contact,),
}


def require_room(session: Session, actor: Actor, kind: Kind, *, wanted: int = 1) -> None:
    """Raises Conflict if the plan does not allow `wanted` more of these.

    Holds the organization until the transaction ends, so that two cannot take the last place.
    """
    home = session.get_one(Organization, actor.organization_id)
    if getattr(PLANS[home.plan], kind) is None:
        return
    home = session.get_one(
        Organization, actor.organization_id, with_for_update=True, populate_existing=True
    )
    most: int | None = getattr(PLANS[home.plan], kind)
    have = sum(count(session, table, actor) for table in _COUNTED[kind])
    if most is not None and have + wanted > most:
        raise Conflict(f"The plan {home.plan} allows {most:,} {kind}. Ask for a larger one.")


def require_message(session: Session, actor: Actor, now: datetime) -> None:
    """Raises Conflict if the plan allows no more messages this month (UTC).

    Two at once may both take the last place: nobody waits for anybody to send.
    """
    home = session.get_one(Organization, actor.organization_id)
    most = PLANS[home.plan].messages
    if most is None:
        return
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = select(func.count()).where(
        Message.organization_id == actor.organization_id,
        col(Message.created_at) >= month,
        Message.direction == "outgoing",
    )
    if session.exec(sent).one() >= most:
        raise Conflict(f"The plan {home.plan} allows {most:,} messages a month. Ask for a larger.")


def ai_budget(session: Session, actor: Actor, budget: Decimal) -> Decimal:
    """What agents may cost a month: what the organization set, or less if its plan says so."""
    most = PLANS[session.get_one(Organization, actor.organization_id).plan].ai_usd
    return budget if most is None else min(budget, Decimal(most))


def count(session: Session, table: type[SQLModel], actor: Actor) -> int:
    """How many rows of a table the actor's organization has."""
    column = table.__table__.c["organization_id"]  # pyright: ignore
    counted = select(func.count()).select_from(table).where(column == actor.organization_id)  # pyright: ignore
    return session.exec(counted).one()
