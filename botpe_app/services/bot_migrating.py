"""Taking conversations that are in a bot along to its new version."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core import engine
from botpe_app.core.engine import Program
from botpe_app.core.flow import parse
from botpe_app.models import Bot, BotSession, Conversation
from botpe_app.services.access import Actor
from botpe_app.services.bots import version_of


def hold(session: Session, actor: Actor, bot_id: UUID | str) -> list[UUID]:
    """Locks the conversations that are in a bot, before the bot itself is locked.

    Whoever has a conversation locked may look at its bot, so the other way round would make
    each wait for the other.
    """
    ours = Conversation.organization_id == actor.organization_id
    theirs = select(BotSession.conversation_id).where(
        BotSession.organization_id == actor.organization_id,
        BotSession.status != "ended",
        col(BotSession.state).contains({"frames": [{"bot_id": str(bot_id)}]}),
    )
    wanted = select(Conversation.id).where(ours, col(Conversation.id).in_(theirs))
    held = wanted.order_by(col(Conversation.id)).with_for_update(key_share=True)
    return list(session.exec(held))


def take_along(session: Session, row: Bot, held: list[UUID]) -> tuple[int, int]:
    """How many of the conversations held go on in the bot's newest version, and how many cannot.

    One stays in its version where the node it waits at is gone or is another kind of node now.
    """
    programs: dict[str, Program] = {}
    sessions = session.exec(
        select(BotSession).where(
            BotSession.organization_id == row.organization_id,
            BotSession.status != "ended",
            col(BotSession.conversation_id).in_(held),
        )
    )
    moved = kept = 0
    for one in sessions:
        if _take(session, row, one, programs):
            moved += 1
        else:
            kept += 1
    session.flush()
    return moved, kept


def _take(session: Session, row: Bot, one: BotSession, programs: dict[str, Program]) -> bool:
    """Whether the session is in the newest version now, also where it was before."""
    state, newest = engine.Session.read(one.state), str(row.version)
    mine = {version for bot, version in state.bots if bot == str(row.id)}
    for version in mine - {newest}:
        old = _program(session, row, version, programs)
        new = _program(session, row, newest, programs)
        after = engine.migrate(state, old, new) if old and new else None
        if after is None:
            return False
        state = after
    one.state = state.to_json()
    if one.bot_id == row.id:
        one.version = row.version
    session.add(one)
    return True


def _program(
    session: Session, row: Bot, version: str, programs: dict[str, Program]
) -> Program | None:
    if version not in programs:
        found = version_of(session, row, int(version))
        if found is None:
            return None
        programs[version] = Program(parse(found.flow), str(row.id), version)
    return programs[version]
