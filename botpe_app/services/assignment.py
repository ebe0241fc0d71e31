"""Who has a conversation: taking it, passing it on, and giving it to a team by turns.

Every way locks the conversation first, so whoever comes second finds who came first.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Conversation, Membership, Team, TeamMember, User
from botpe_app.models.base import utc_now
from botpe_app.services import inbox, notes
from botpe_app.services.access import Actor, as_id, get_locked
from botpe_app.services.views import ConversationItem

# Those who are there, whoever waited longest first; by load, whoever has the least to do.
_TURNS = {
    "round_robin": "m.last_given_at nulls first, m.user_id",
    "least_busy": (
        "(select count(*) from conversations c where c.organization_id = m.organization_id"
        " and c.assignee_id = m.user_id and c.status in ('open', 'pending')),"
        " m.last_given_at nulls first, m.user_id"
    ),
}
_NEXT = (
    "select m.user_id from team_members m join memberships p"
    " on p.organization_id = m.organization_id and p.user_id = m.user_id"
    " where m.organization_id = :organization and m.team_id = :team and p.available"
    " and p.deactivated_at is null"
    " and p.role <> 'VIEWER' order by {turns} limit 1"
)


def claim(session: Session, actor: Actor, conversation_id: UUID | str) -> ConversationItem:
    """Takes a conversation that nobody has. Raises NotFound, Invalid for a key, Conflict."""
    actor.require(Permission.ANSWER)
    if actor.user_id is None:
        raise Invalid("An API key has no conversations. Assign it to a person.", field="assignee")
    row = get_locked(session, actor, Conversation, conversation_id)
    if row.assignee_id not in (None, actor.user_id):
        raise Conflict(f"{_name(session, row.assignee_id)} has this conversation already.")
    row.assignee_id = actor.user_id
    inbox.take_over(row)
    return inbox.saved(session, actor, row)


def assign_team(
    session: Session, actor: Actor, conversation_id: UUID | str, team_id: UUID | str | None
) -> ConversationItem:
    """Gives a conversation to a team, or with None to no team.

    A team with turns gives it to one of its people who are there; whoever of the team has it
    keeps it. Raises NotFound, Invalid for a team that is not the organization's.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    team = _team(session, actor, team_id) if team_id else None
    row.team_id = team.id if team else None
    if team and not _is_in(session, team, row.assignee_id):
        row.assignee_id = _next_of(session, team)
        if row.assignee_id:
            inbox.take_over(row)
    return inbox.saved(session, actor, row)


def transfer(
    session: Session,
    actor: Actor,
    conversation_id: UUID | str,
    *,
    user_id: UUID | str | None = None,
    team_id: UUID | str | None = None,
    note: str = "",
) -> ConversationItem:
    """Passes a conversation on to a person or a team, with a word on why.

    Raises NotFound, Invalid.
    """
    if team_id:
        moved = assign_team(session, actor, conversation_id, team_id)
        if user_id:
            moved = inbox.assign(session, actor, conversation_id, user_id)
    else:
        moved = inbox.assign(session, actor, conversation_id, user_id)
    if note.strip():
        to = f"@{moved.assignee_name}" if moved.assignee_name else moved.team_name or "nobody"
        notes.add_note(session, actor, conversation_id, f"Passed on to {to}: {note.strip()}")
    return moved


def set_available(session: Session, actor: Actor, available: bool) -> bool:
    """Whether the actor takes conversations that are given by turns. Raises Invalid for a key."""
    actor.require(Permission.ANSWER)
    if actor.user_id is None:
        raise Invalid("An API key is never away.", field="available")
    row = session.get(Membership, (actor.organization_id, actor.user_id), with_for_update=True)
    if row is None:
        raise Invalid("You are not a member of this organization.", field="available")
    row.available = available
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "people")
    return row.available


def _team(session: Session, actor: Actor, team_id: UUID | str) -> Team:
    """The team, locked: two conversations at once must not go to the same person's turn."""
    found = as_id(team_id)
    row = found and session.get(
        Team, (actor.organization_id, found), with_for_update=True, populate_existing=True
    )
    if not row:
        raise Invalid("This is not a team of the organization.", field="team")
    return row


def _is_in(session: Session, team: Team, user_id: UUID | None) -> bool:
    if user_id is None:
        return False
    return session.get(TeamMember, (team.organization_id, team.id, user_id)) is not None


def _next_of(session: Session, team: Team) -> UUID | None:
    turns = _TURNS.get(team.assignment)
    if turns is None:
        return None
    values = {"organization": team.organization_id, "team": team.id}
    query = text(_NEXT.format(turns=turns))
    user_id: UUID | None = session.connection().execute(query, values).scalar()
    member = user_id and session.get(TeamMember, (team.organization_id, team.id, user_id))
    if member:
        member.last_given_at = utc_now()
        session.add(member)
    return user_id


def _name(session: Session, user_id: UUID | None) -> str:
    found = session.get(User, user_id) if user_id else None
    return found.name if found else "Somebody"
