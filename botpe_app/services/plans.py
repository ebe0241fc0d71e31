"""Holding an organization to what its plan allows."""

from __future__ import annotations

from typing import Literal

from sqlmodel import Session, SQLModel, func, select

from botpe_app.core.plans import PLANS
from botpe_app.errors import Conflict
from botpe_app.models import Invitation, Membership, Organization, WhatsAppAccount
from botpe_app.services.access import Actor

Kind = Literal["numbers", "people"]
# Who is invited takes a place as well.
_COUNTED: dict[Kind, tuple[type[SQLModel], ...]] = {
    "numbers": (WhatsAppAccount,),
    "people": (Membership, Invitation),
}


def require_room(session: Session, actor: Actor, kind: Kind) -> None:
    """Raises Conflict if the plan allows no more of these.

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
    if most is not None and have >= most:
        raise Conflict(f"The plan {home.plan} allows {most} {kind}. Ask for a larger one.")


def count(session: Session, table: type[SQLModel], actor: Actor) -> int:
    """How many rows of a table the actor's organization has."""
    column = table.__table__.c["organization_id"]  # pyright: ignore
    counted = select(func.count()).select_from(table).where(column == actor.organization_id)  # pyright: ignore
    return session.exec(counted).one()
