"""Holding an organization to what its plan allows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import ColumnElement, text
from sqlmodel import Session, SQLModel, col, func, select

from botpe_app.core.plans import PLANS, over_messages
from botpe_app.errors import Conflict
from botpe_app.models import Contact, Invitation, Membership, Organization, WhatsAppAccount
from botpe_app.services.access import Actor

# What failed cost nothing. Summed of what is kept by quarter of an hour: a month is whole ones.
_SENT: LiteralString = (
    "select coalesce(sum(count), 0)::int from"
    " (select organization_id, slot, direction, status, count from message_figures union all"
    " select organization_id, slot, direction, status, count from message_figure_changes) as kept"
    " where direction = 'outgoing' and status <> 'failed'"
)
_SINCE = text(f"{_SENT} and organization_id = :organization and slot >= :month")
_THIS_MONTH: LiteralString = (
    f"{_SENT} and organization_id = %s and slot >="
    " date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'"
)

Kind = Literal["numbers", "people", "contacts"]
# Who is invited takes a place as well.
_COUNTED: dict[Kind, tuple[type[SQLModel], ...]] = {
    "numbers": (WhatsAppAccount,),
    "people": (Membership, Invitation),
    "contacts": (Contact,),
}
# Who is kept out takes no place.
_STAYING: dict[type[SQLModel], tuple[ColumnElement[bool], ...]] = {
    Membership: (col(Membership.deactivated_at).is_(None),)
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
    have = sum(count(session, table, actor, *_STAYING.get(table, ())) for table in _COUNTED[kind])
    if most is not None and have + wanted > most:
        raise Conflict(f"The plan {home.plan} allows {most:,} {kind}. Ask for a larger one.")


def require_message(session: Session, actor: Actor, now: datetime) -> None:
    """Raises Conflict if the plan allows no more messages this month (UTC).

    Two at once may both take the last place: nobody waits for anybody to send.
    """
    plan = session.get_one(Organization, actor.organization_id).plan
    most = PLANS[plan].messages
    if most is None:
        return
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    values = {"organization": actor.organization_id, "month": month}
    if session.connection().execute(_SINCE, values).scalar_one() >= most:
        raise Conflict(f"{over_messages(plan)} Ask for a larger one.")


def messages_left(connection: psycopg.Connection[Any], organization_id: UUID, plan: str) -> int:
    """How many more a plan with a limit allows this month (UTC), to bots and campaigns too."""
    found = connection.execute(_THIS_MONTH, (organization_id,)).fetchone()
    return (PLANS[plan].messages or 0) - (found[0] if found else 0)


def short_of_messages(connection: psycopg.Connection[Any], home: Organization, wanted: int) -> str:
    """That a campaign of so many is too large for the month's rest; "" if it is not."""
    if PLANS[home.plan].messages is None:
        return ""
    left = max(0, messages_left(connection, home.id, home.plan))
    told = f"{over_messages(home.plan)} {left:,} are left; then the campaign pauses."
    return told if wanted > left else ""


def ai_budget(session: Session, actor: Actor, budget: Decimal) -> Decimal:
    """What agents may cost a month: what the organization set, or less if its plan says so."""
    most = PLANS[session.get_one(Organization, actor.organization_id).plan].ai_usd
    return budget if most is None else min(budget, Decimal(most))


def count(
    session: Session, table: type[SQLModel], actor: Actor, *which: ColumnElement[bool]
) -> int:
    """How many rows of a table the actor's organization has, of those that `which` says."""
    column = table.__table__.c["organization_id"]  # pyright: ignore
    counted = select(func.count()).select_from(table).where(column == actor.organization_id, *which)  # pyright: ignore
    return session.exec(counted).one()
