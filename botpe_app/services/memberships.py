"""The organizations a person is a member of, and going from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.db import act_as_system, act_for
from botpe_app.errors import Forbidden, NotFound
from botpe_app.models import Membership, Organization, User
from botpe_app.services import auth
from botpe_app.services.access import Actor, as_id


@dataclass(frozen=True, slots=True)
class MembershipItem:
    """An organization of one's own; `current` is the one that this browser is in."""

    id: str
    name: str
    slug: str
    role: str
    current: bool


def list_memberships(session: Session, actor: Actor) -> list[MembershipItem]:
    """The actor's, by name; none for an API key."""
    actor.require(Permission.READ)
    act_as_system(session)
    mine = (
        select(Organization, Membership.role)
        .join(Membership, col(Membership.organization_id) == col(Organization.id))
        .where(Membership.user_id == actor.user_id, col(Membership.deactivated_at).is_(None))
        .order_by(col(Organization.name), col(Organization.id))
    )
    found = [
        MembershipItem(str(home.id), home.name, home.slug, role, home.id == actor.organization_id)
        for home, role in session.exec(mine)
    ]
    act_for(session, actor.organization_id)
    return found


def go_to(
    session: Session, actor: Actor, organization_id: UUID | str, token: str, client: auth.Client
) -> auth.SignedIn:
    """Ends the session of this token and begins one in another of the actor's organizations.

    Raises Forbidden for an API key, NotFound for an organization that is not theirs.
    """
    actor.require(Permission.READ)
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise Forbidden("An API key belongs to one organization.")
    wanted = as_id(organization_id)
    if str(wanted) not in {home.id for home in list_memberships(session, actor)}:
        raise NotFound("Organization not found.")
    auth.sign_out(session, token)
    return auth.start_session(session, user, session.get_one(Organization, wanted), client)
