"""Where customers are in bots: seen, looked through for those that are stuck, and reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from botpe_app import live
from botpe_app.core import engine
from botpe_app.core.conditions.values import as_text, items, mapping
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict
from botpe_app.models import Bot, BotCall, BotInput, BotSession, Conversation
from botpe_app.models.base import utc_now
from botpe_app.services import inbox, paging
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.views import ConversationItem, Page

_LATE = timedelta(minutes=5)
_NOBODY_CAME = timedelta(hours=1)
_LIVE = text(
    "select * from (select s.id, s.conversation_id, coalesce(nullif(k.name, ''), k.phone, '')"
    "   as contact, s.bot_id, b.name as bot_name, s.version, s.status, s.state, s.due_at,"
    "   s.started_at, s.moved_at, case"
    "   when exists (select from bot_inputs i where i.organization_id = s.organization_id"
    "     and i.conversation_id = s.conversation_id and i.attempts > 0) then 'failing'"
    "   when s.due_at < now() - cast(:late as interval) then 'overdue'"
    "   when s.state -> 'wait' ->> 'kind' = 'callback'"
    "     and s.moved_at < now() - cast(:late as interval)"
    "     and not exists (select from bot_calls l where l.organization_id = s.organization_id"
    "       and l.conversation_id = s.conversation_id)"
    "     and not exists (select from bot_inputs i where i.organization_id = s.organization_id"
    "       and i.conversation_id = s.conversation_id) then 'unanswered_call'"
    "   when s.status = 'waiting' and b.status <> 'active' then 'bot_is_paused'"
    "   when s.status = 'paused' and c.waiting_since < now() - cast(:nobody as interval)"
    "     then 'nobody_came' end as stuck"
    "  from bot_sessions s"
    "  join bots b on b.organization_id = s.organization_id and b.id = s.bot_id"
    "  join conversations c on c.organization_id = s.organization_id"
    "   and c.id = s.conversation_id"
    "  join contacts k on k.organization_id = c.organization_id and k.id = c.contact_id"
    "  where s.organization_id = :organization and s.status <> 'ended'"
    "  and (cast(:bot as uuid) is null or s.bot_id = :bot)"
    "  and (cast(:conversation as uuid) is null or s.conversation_id = :conversation)) live"
    " where (not :stuck or stuck is not null)"
    " and (cast(:at as timestamptz) is null or (moved_at, id) < (:at, cast(:id as uuid)))"
    " order by moved_at desc, id desc limit :most"
)


@dataclass(frozen=True, slots=True)
class BotSessionItem:
    """A conversation's run through a bot that is not over.

    `waits_for`: reply, callback, timer, person. `stuck`: why it does not go on, None if it may:
    failing, overdue, unanswered_call, bot_is_paused, nobody_came.
    """

    id: str
    conversation_id: str
    contact: str
    bot_id: str
    bot_name: str
    version: int
    status: str
    node_id: str
    waits_for: str
    due_at: datetime | None
    started_at: datetime
    moved_at: datetime
    stuck: str | None


def list_sessions(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    stuck: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[BotSessionItem]:
    """Who is in a bot, of these the stuck ones only if wanted; who moved last comes first.

    Raises NotFound.
    """
    actor.require(Permission.READ)
    row = get(session, actor, Bot, bot_id)
    at, last = paging.read(cursor) if cursor else (None, None)
    found = _found(session, actor, bot=row.id, stuck=stuck, at=at, id=last, most=limit + 1)
    page = found[:limit]
    more = found[limit:]
    after = paging.write(page[-1].moved_at, UUID(page[-1].id)) if more else None
    return Page(page, after)


def session_of(
    session: Session, actor: Actor, conversation_id: UUID | str
) -> BotSessionItem | None:
    """Where a conversation is in a bot, None if it is in none. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Conversation, conversation_id)
    return next(iter(_found(session, actor, conversation=row.id)), None)


def reset_bot(session: Session, actor: Actor, conversation_id: UUID | str) -> ConversationItem:
    """Takes a conversation out of its bot: the customer's next message begins anew.

    What waits to be heard or to be called is dropped, and what the bot still had to say is
    refused. Raises Forbidden, NotFound, Conflict if there is nothing to reset.
    """
    actor.require(Permission.ANSWER)
    row = get_locked(session, actor, Conversation, conversation_id)
    ours = BotSession.organization_id == row.organization_id
    found = session.exec(
        select(BotSession)
        .where(ours, BotSession.conversation_id == row.id, BotSession.status != "ended")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    dropped = sum(_dropped(session, table, row) for table in (BotInput, BotCall))
    if found is None and not dropped:
        raise Conflict("No bot is in this conversation.")
    if found is not None:
        _end(session, found)
    if row.owner == "bot":
        row.owner, row.owner_epoch = "nobody", row.owner_epoch + 1
    session.add(row)
    session.flush()
    inbox.changed(session, row)
    live.publish(session, actor.organization_id, "bots")
    return inbox.get_conversation(session, actor, row.id)


def _end(session: Session, found: BotSession) -> None:
    ended = engine.stop(engine.Session.read(found.state))
    found.state, found.status, found.ending = ended.to_json(), ended.status, ended.ending
    found.token, found.due_at, found.moved_at = None, None, utc_now()
    session.add(found)


def _dropped(session: Session, table: type[BotInput | BotCall], row: Conversation) -> int:
    gone = delete(table).where(
        col(table.organization_id) == row.organization_id,
        col(table.conversation_id) == row.id,
    )
    return session.connection().execute(gone).rowcount


def _found(session: Session, actor: Actor, **wanted: Any) -> list[BotSessionItem]:
    asked = {
        "organization": actor.organization_id, "bot": None, "conversation": None, "stuck": False,
        "at": None, "id": None, "most": 1, "late": _LATE, "nobody": _NOBODY_CAME, **wanted,
    }  # fmt: skip
    rows: Any = session.connection().execute(_LIVE, asked)
    return [_item(row) for row in rows]


def _item(found: Any) -> BotSessionItem:
    state = mapping(found.state)
    frames = items(state.get("frames"))
    return BotSessionItem(
        id=str(found.id),
        conversation_id=str(found.conversation_id),
        contact=found.contact,
        bot_id=str(found.bot_id),
        bot_name=found.bot_name,
        version=found.version,
        status=found.status,
        node_id=as_text(mapping(frames[-1] if frames else None).get("node_id")),
        waits_for=as_text(mapping(state.get("wait")).get("kind")),
        due_at=found.due_at,
        started_at=found.started_at,
        moved_at=found.moved_at,
        stuck=found.stuck,
    )
