"""The people of an organization, and superadmins."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.permissions import ADMIN, Permission
from botpe_app.db import act_as_system, act_for
from botpe_app.errors import Conflict
from botpe_app.models import CannedReply, Conversation, Membership, User, UserSession
from botpe_app.models.base import utc_now
from botpe_app.services import credentials, plans
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.invitations import known_role
from botpe_app.services.views import Member


def list_members(session: Session, actor: Actor, *, all: bool = False) -> list[Member]:
    """Who works in the actor's organization, by name; with `all`, who is deactivated too."""
    actor.require(Permission.READ)
    wanted = (
        select(User, Membership)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.organization_id == actor.organization_id)
        .order_by(col(User.name), col(User.id))
    )
    if not all:
        wanted = wanted.where(col(Membership.deactivated_at).is_(None))
    return [_item(user, row) for user, row in session.exec(wanted)]


def get_member(session: Session, actor: Actor, user_id: UUID | str) -> Member:
    """One person of the organization. Raises NotFound."""
    actor.require(Permission.READ)
    return _member(session, get(session, actor, Membership, user_id))


def change_role(session: Session, actor: Actor, user_id: UUID | str, role: str) -> Member:
    """Gives a member another role, as of their next click.

    Raises Forbidden, NotFound, Invalid, Conflict for the last ADMIN.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    role = known_role(role)
    _keep_an_admin(session, actor, user_id, stays=role == ADMIN)
    row = get_locked(session, actor, Membership, user_id)
    row.role = role
    session.add(row)
    session.flush()
    return _member(session, row)


def set_active(session: Session, actor: Actor, user_id: UUID | str, active: bool) -> Member:
    """Lets a person in again, or keeps them out for now: their sessions here end, what was
    assigned to them is nobody's; the rest waits for them.

    Raises Forbidden, NotFound, Conflict for the last ADMIN, or if the plan has no room for more.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    _keep_an_admin(session, actor, user_id, stays=active)
    row = get_locked(session, actor, Membership, user_id)
    if active and row.deactivated_at:
        plans.require_room(session, actor, "people")
        row.deactivated_at = None
    elif not active:
        row.deactivated_at = row.deactivated_at or utc_now()
        _unassign(session, row)
        _end_sessions(session, row)
    session.add(row)
    session.flush()
    return _member(session, row)


def remove_member(session: Session, actor: Actor, user_id: UUID | str) -> None:
    """Shows a person out: their sessions here end, what was assigned to them is nobody's.

    Raises Forbidden, NotFound, Conflict for the last ADMIN.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    _keep_an_admin(session, actor, user_id, stays=False)
    row = get_locked(session, actor, Membership, user_id)
    _unassign(session, row)
    session.connection().execute(
        delete(CannedReply).where(
            col(CannedReply.organization_id) == row.organization_id,
            col(CannedReply.owner_id) == row.user_id,
        )
    )
    session.delete(row)
    session.flush()
    _end_sessions(session, row)


def _unassign(session: Session, row: Membership) -> None:
    session.connection().execute(
        update(Conversation)
        .where(
            col(Conversation.organization_id) == row.organization_id,
            col(Conversation.assignee_id) == row.user_id,
            col(Conversation.status) != "closed",
        )
        .values(assignee_id=None)
    )
    live.publish(session, row.organization_id, "inbox")


def _end_sessions(session: Session, row: Membership) -> None:
    here, who = row.organization_id, row.user_id
    act_as_system(session)
    session.connection().execute(
        delete(UserSession).where(
            col(UserSession.organization_id) == here, col(UserSession.user_id) == who
        )
    )
    act_for(session, here)


def _keep_an_admin(session: Session, actor: Actor, user_id: UUID | str, *, stays: bool) -> None:
    """Raises Conflict if nobody else is ADMIN; locks them all, so that two cannot go at once."""
    row = get(session, actor, Membership, user_id)
    if stays:
        return
    admins = session.exec(
        select(Membership.user_id)
        .where(
            Membership.organization_id == actor.organization_id,
            Membership.role == ADMIN,
            col(Membership.deactivated_at).is_(None),
        )
        .order_by(col(Membership.user_id))
        .with_for_update()
    ).all()
    if list(admins) == [row.user_id]:
        raise Conflict("This is the last ADMIN. Make somebody else one first.", field="role")


def _member(session: Session, row: Membership) -> Member:
    return _item(session.get_one(User, row.user_id), row)


def _item(user: User, row: Membership) -> Member:
    active = row.deactivated_at is None
    return Member(str(user.id), user.name, user.email, row.role, active, row.available)


def create_superadmin(session: Session, *, email: str, password: str) -> str:
    """The id of a new person who oversees the whole platform. Raises Invalid, Conflict."""
    act_as_system(session)
    name = email.partition("@")[0]
    user = credentials.make_user(
        session, name=name, email=email, password=password, is_superadmin=True
    )
    return str(user.id)
