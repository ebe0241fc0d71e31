"""Teams: people of the organization under one name."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Membership, Team, TeamMember
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.saving import save, short_text
from botpe_app.services.team_views import TeamItem

ASSIGNMENTS = ("manual", "round_robin", "least_busy")
_TAKEN = "There is a team of this name already."


def list_teams(session: Session, actor: Actor) -> list[TeamItem]:
    """The organization's teams, by name."""
    actor.require(Permission.READ)
    ours = select(Team).where(Team.organization_id == actor.organization_id)
    rows = session.exec(ours.order_by(col(Team.name), col(Team.id))).all()
    members: dict[UUID, list[str]] = {}
    for member in session.exec(_members(actor)):
        members.setdefault(member.team_id, []).append(str(member.user_id))
    return [_item(row, members.get(row.id, [])) for row in rows]


def get_team(session: Session, actor: Actor, team_id: UUID | str) -> TeamItem:
    """One team. Raises NotFound."""
    actor.require(Permission.READ)
    return _whole(session, actor, get(session, actor, Team, team_id))


def create_team(
    session: Session,
    actor: Actor,
    *,
    name: str,
    member_ids: list[str] | None = None,
    assignment: str = "manual",
) -> TeamItem:
    """A new team; `assignment` says who of it gets what it is given.

    Raises Forbidden, Invalid for somebody who is no member, Conflict.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    row = Team(
        organization_id=actor.organization_id, name=_name(name), assignment=_assignment(assignment)
    )
    save(session, row, taken=_TAKEN, field="name")
    _set_members(session, actor, row, member_ids or [])
    return _whole(session, actor, row)


def update_team(
    session: Session,
    actor: Actor,
    team_id: UUID | str,
    *,
    name: str | None = None,
    member_ids: list[str] | None = None,
    assignment: str | None = None,
) -> TeamItem:
    """Renames a team, replaces its members or says who of it gets what it is given.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    row = get_locked(session, actor, Team, team_id)
    if assignment is not None:
        row.assignment = _assignment(assignment)
        session.add(row)
        session.flush()
    if name is not None:
        row.name = _name(name)
        save(session, row, taken=_TAKEN, field="name")
    if member_ids is not None:
        _set_members(session, actor, row, member_ids)
    return _whole(session, actor, row)


def delete_team(session: Session, actor: Actor, team_id: UUID | str) -> None:
    """Dissolves a team; its people stay and keep what they have. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_PEOPLE)
    row = get_locked(session, actor, Team, team_id)
    _set_members(session, actor, row, [])
    session.connection().execute(
        update(Conversation)
        .where(
            col(Conversation.organization_id) == row.organization_id,
            col(Conversation.team_id) == row.id,
        )
        .values(team_id=None)
    )
    session.delete(row)
    session.flush()


def _set_members(session: Session, actor: Actor, row: Team, member_ids: list[str]) -> None:
    wanted = dict.fromkeys(as_id(user_id) for user_id in member_ids)
    # Held, so that nobody leaves the organization before they are in the team.
    known = set(
        session.exec(
            select(Membership.user_id)
            .where(
                Membership.organization_id == actor.organization_id,
                col(Membership.user_id).in_([user_id for user_id in wanted if user_id]),
            )
            .with_for_update(key_share=True, read=True)
        )
    )
    if not known.issuperset(wanted):
        raise Invalid("Somebody is not a member of the organization.", field="member_ids")
    theirs = (
        col(TeamMember.organization_id) == row.organization_id,
        col(TeamMember.team_id) == row.id,
    )
    stay = set(session.exec(select(TeamMember.user_id).where(*theirs))) & known
    session.connection().execute(
        delete(TeamMember).where(*theirs, col(TeamMember.user_id).not_in(stay))
    )
    for user_id in known - stay:
        session.add(
            TeamMember(organization_id=row.organization_id, team_id=row.id, user_id=user_id)
        )
    session.flush()


def _whole(session: Session, actor: Actor, row: Team) -> TeamItem:
    members = session.exec(_members(actor).where(col(TeamMember.team_id) == row.id))
    return _item(row, [str(member.user_id) for member in members])


def _members(actor: Actor) -> SelectOfScalar[TeamMember]:
    return (
        select(TeamMember)
        .where(TeamMember.organization_id == actor.organization_id)
        .order_by(col(TeamMember.user_id))
    )


def _assignment(value: str) -> str:
    if value not in ASSIGNMENTS:
        raise Invalid(f"This is one of {', '.join(ASSIGNMENTS)}.", field="assignment")
    return value


def _name(name: str) -> str:
    return short_text(name, field="name", most=80)


def _item(row: Team, member_ids: list[str]) -> TeamItem:
    return TeamItem(str(row.id), row.name, member_ids, row.created_at, row.assignment)
