"""The people of an organization, and superadmins."""

from __future__ import annotations

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.db import act_as_system
from botpe_app.models import Membership, User
from botpe_app.services import credentials
from botpe_app.services.access import Actor
from botpe_app.services.views import Member


def list_members(session: Session, actor: Actor) -> list[Member]:
    """Everyone in the actor's organization, by name."""
    actor.require(Permission.READ)
    rows = session.exec(
        select(User, Membership.role)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.organization_id == actor.organization_id)
        .order_by(col(User.name), col(User.id))
    )
    return [Member(str(user.id), user.name, user.email, role) for user, role in rows]


def create_superadmin(session: Session, *, email: str, password: str) -> str:
    """The id of a new person who oversees the whole platform. Raises Invalid, Conflict."""
    act_as_system(session)
    name = email.partition("@")[0]
    user = credentials.make_user(
        session, name=name, email=email, password=password, is_superadmin=True
    )
    return str(user.id)
