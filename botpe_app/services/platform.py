"""What the platform's owner sees and does: every organization, everybody, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col, or_, select

from botpe_app.core.permissions import Permission
from botpe_app.core.plans import PLANS
from botpe_app.db import act_as_system
from botpe_app.errors import Invalid, NotFound
from botpe_app.models import Contact, Conversation, Membership, Organization, User, WhatsAppAccount
from botpe_app.services import gauges, paging
from botpe_app.services.access import Actor, as_id
from botpe_app.services.saving import short_text
from botpe_app.services.views import Page


@dataclass(frozen=True, slots=True)
class OrganizationOverview:
    """An organization, to the platform's owner."""

    id: str
    name: str
    slug: str
    plan: str
    people: int
    numbers: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person belongs, and as what."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class PersonOverview:
    """A person, across organizations."""

    id: str
    email: str
    name: str
    is_superadmin: bool
    organizations: list[Home]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stats:
    """How much there is; messages as of the last count."""

    organizations: int
    users: int
    numbers: int
    contacts: int
    conversations: int
    messages: dict[str, int]  # "outgoing sent": n
    webhook_events: dict[str, int]


def list_organizations(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OrganizationOverview]:
    """Every organization, newest first. Raises Forbidden, Invalid."""
    oversee(session, actor)
    wanted = select(Organization)
    if q:
        named = (col(Organization.name), col(Organization.slug))
        wanted = wanted.where(or_(*(name.icontains(q, autoescape=True) for name in named)))
    page = paging.newest_rows(session, wanted, Organization, limit=limit, cursor=cursor)
    return Page(_overviews(session, page.data), page.next)


def get_organization(
    session: Session, actor: Actor, organization_id: UUID | str
) -> OrganizationOverview:
    """One organization. Raises Forbidden, NotFound."""
    return _overviews(session, [_organization(session, actor, organization_id)])[0]


def update_organization(
    session: Session,
    actor: Actor,
    organization_id: UUID | str,
    *,
    name: str | None = None,
    plan: str | None = None,
) -> OrganizationOverview:
    """Renames an organization or moves it to another plan. What it has above that stays.

    Raises Forbidden, NotFound, Invalid.
    """
    row = _organization(session, actor, organization_id)
    if name is not None:
        row.name = short_text(name, field="name", most=120)
    if plan is not None:
        if plan.upper() not in PLANS:
            raise Invalid(f"A plan is one of {', '.join(PLANS)}.", field="plan")
        row.plan = plan.upper()
    session.add(row)
    session.flush()
    return _overviews(session, [row])[0]


def list_people(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[PersonOverview]:
    """Everybody across organizations, newest first. Raises Forbidden, Invalid."""
    oversee(session, actor)
    wanted = select(User)
    if q:
        named = (col(User.name), col(User.email))
        wanted = wanted.where(or_(*(name.icontains(q, autoescape=True) for name in named)))
    page = paging.newest_rows(session, wanted, User, limit=limit, cursor=cursor)
    return Page(_people(session, page.data), page.next)


def stats(session: Session, actor: Actor) -> Stats:
    """How much there is of everything. Raises Forbidden."""
    oversee(session, actor)
    known = gauges.kept_counts() or gauges.counts(session)
    return Stats(
        *(_count(session, t) for t in (Organization, User, WhatsAppAccount, Contact, Conversation)),
        messages=dict(known.messages),
        webhook_events=dict(known.events),
    )


def oversee(session: Session, actor: Actor) -> None:
    """From here on the transaction sees every organization."""
    actor.require(Permission.OVERSEE_PLATFORM)
    act_as_system(session)


def _organization(session: Session, actor: Actor, organization_id: UUID | str) -> Organization:
    oversee(session, actor)
    found = as_id(organization_id)
    row = session.get(Organization, found) if found else None
    if row is None:
        raise NotFound("Organization not found.")
    return row


def _overviews(session: Session, rows: list[Organization]) -> list[OrganizationOverview]:
    ids = [row.id for row in rows]
    people = _counts(session, Membership.organization_id, ids)
    numbers = _counts(session, WhatsAppAccount.organization_id, ids)
    return [
        OrganizationOverview(
            str(row.id),
            row.name,
            row.slug,
            row.plan,
            people.get(row.id, 0),
            numbers.get(row.id, 0),
            row.created_at,
        )
        for row in rows
    ]


def _people(session: Session, rows: list[User]) -> list[PersonOverview]:
    homes: dict[UUID, list[Home]] = {}
    memberships = session.exec(
        select(Membership, Organization.name)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.user_id).in_([row.id for row in rows]))
        .order_by(col(Membership.created_at))
    )
    for membership, name in memberships:
        home = Home(str(membership.organization_id), name, membership.role)
        homes.setdefault(membership.user_id, []).append(home)
    return [
        PersonOverview(
            str(row.id),
            row.email,
            row.name,
            row.is_superadmin,
            homes.get(row.id, []),
            row.created_at,
        )
        for row in rows
    ]


def _counts(session: Session, organization: Any, ids: list[UUID]) -> dict[UUID, int]:
    counted = sa_select(organization, func.count()).where(col(organization).in_(ids))
    rows = session.connection().execute(counted.group_by(organization))
    return {row[0]: row[1] for row in rows}


def _count(session: Session, table: type[SQLModel]) -> int:
    return session.connection().execute(sa_select(func.count()).select_from(table)).scalar_one()
