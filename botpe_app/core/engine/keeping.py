"""What those who keep sessions do with them between turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from botpe_app.core.engine.program import Program
from botpe_app.core.engine.session import Ending, Session


def message_sent(session: Session, token: str, at: datetime) -> Session:
    """The session once the question of this wait was sent: its time to answer runs from `at`.

    The very session for any other token, and where there is no time limit.
    """
    wait = session.wait
    if wait is None or wait.token != token or wait.kind != "reply" or wait.due_at is not None:
        return session
    if wait.timeout_seconds is None:
        return session
    due = at + timedelta(seconds=wait.timeout_seconds)
    expires = max(due, session.expires_at) if session.expires_at else None
    return replace(session, wait=replace(wait, due_at=due), expires_at=expires)


def stop(session: Session, ending: Ending = "interrupted") -> Session:
    """The session ended from outside: another bot answers now, or a person reset it."""
    if session.status == "ended":
        return session
    return replace(session, status="ended", ending=ending, wait=None, held=None, expires_at=None)


def migrate(session: Session, old: Program, new: Program) -> Session | None:
    """The session moved to a new version of a bot; None where it stands at a node that changed.

    A node may be worded anew, but must be there and of the same kind.
    """
    frames = [replace(frame) for frame in session.frames]
    for frame in frames:
        if frame.bot_id == old.bot_id and frame.version == old.version:
            before, after = old.nodes.get(frame.node_id), new.nodes.get(frame.node_id)
            if before is None or type(before) is not type(after):
                return None
            frame.version = new.version
    return replace(session, frames=frames)
