"""The engine's doors: begin a bot, go on with it. Data in, effects out; nothing else happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from botpe_app.core.engine import interrupting, pausing
from botpe_app.core.engine.effects import Note, NoteKind, Ran
from botpe_app.core.engine.leaving import failed, hand_off
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.resumes import (
    Callback,
    Continue,
    Expiry,
    Pause,
    Said,
    Start,
    Timeout,
    said_text,
)
from botpe_app.core.engine.session import Frame, Session
from botpe_app.core.engine.talking import Asking, described, hear
from botpe_app.core.engine.triggers import triggered
from botpe_app.core.engine.turn import Outcome, Turn
from botpe_app.core.engine.walking import leave, walk
from botpe_app.core.engine.working import answered
from botpe_app.core.flow.nodes import NEXT, REPLY, TIMEOUT

_WINDOW = timedelta(hours=24)
_NO_OTHERS: Mapping[str, Program] = {}
Going = Said | Timeout | Callback | Expiry | Pause | Continue


def begin(
    program: Program,
    start: Start,
    *,
    context: Context,
    now: datetime,
    token: str,
    seed: int = 0,
    others: Mapping[str, Program] = _NO_OTHERS,
) -> Ran:
    """A new session of a bot, run until it waits, is paused or has ended. Never raises.

    `token` becomes that of the session's wait; `seed` is where its chance comes from; `others`
    are the bots it can go to, by id.
    """
    turn = Turn(
        _new_session(program, start, now),
        programs={**others, program.bot_id: program},
        context=context,
        now=now,
        token=token,
        seed=seed,
    )
    if not program.start:
        turn.note("no_start", "", "The bot has no start.")
        turn.over("failed")
    elif _is_closed(turn):
        turn.say(program.start, _closed_text(program))
        turn.over("closed")
    else:
        walk(turn, program.start)
    return _ran(turn)


def resume(
    program: Program,
    session: Session,
    going: Going,
    *,
    context: Context,
    now: datetime,
    token: str,
    seed: int = 0,
    others: Mapping[str, Program] = _NO_OTHERS,
) -> Ran:
    """The session after what came in, run until it waits again. Never raises.

    `program` is the bot that was begun, in the version the session says. What comes at the wrong
    time (an answer for another token, a timeout before it is due) is ignored and noted.
    """
    refused = _refusal(session, going, now)
    if refused:
        return Ran(session, [], [], [refused], ignored=True)
    programs = {**others, program.bot_id: program}
    missing = next((f.bot_id for f in session.frames if f.bot_id not in programs), None)
    if missing is not None:
        frame = Frame(bot_id=program.bot_id, version=program.version)
        session = replace(session, frames=[frame])
    turn = Turn(session, programs=programs, context=context, now=now, token=token, seed=seed)
    if missing is not None:
        turn.note("missing_bot", "", f"The session is in the bot {missing}, which is not there.")
        hand_off(turn, "", "error")
        return _ran(turn)
    return _ran(turn) if _go_on(turn, going) else Ran(session, [], [], turn.notes, ignored=True)


def _new_session(program: Program, start: Start, now: datetime) -> Session:
    found = triggered(program.flow, start)
    trigger: dict[str, Any] = {
        "type": found[1].type if found else start.type,
        "id": found[1].id if found else "",
        "text": said_text(start.said),
        "referral": start.referral,
        "tag": start.tag,
        "template": start.template,
        "data": start.data,
    }
    return Session(
        frames=[Frame(bot_id=program.bot_id, version=program.version, node_id=program.start)],
        trigger=trigger,
        input=described(start.said) if start.said else {},
        started_at=now,
        last_input_at=now if start.said else None,
    )


def _is_closed(turn: Turn) -> bool:
    hours = turn.env.hours
    return bool(_closed_text(turn.program) and hours and not hours.is_open(turn.env.now))


def _closed_text(program: Program) -> str:
    hours = program.settings.business_hours
    return hours.closed_text if hours else ""


def _refusal(session: Session, going: Going, now: datetime) -> Note | None:
    """Why what came in changes nothing, if it does not."""
    if session.status == "ended":
        return _note("ended", "The session has ended.")
    if isinstance(going, Timeout | Callback):
        return _stale(session, going, now)
    if session.status == "paused" and isinstance(going, Said):
        return _note("paused", "A person has the conversation.")
    if isinstance(going, Said) and session.expires_at and now >= session.expires_at:
        return _note("expired", "The session's time is up.")
    if isinstance(going, Expiry) and (session.expires_at is None or now < session.expires_at):
        return _note("early", "The session's time is not up.")
    wanted = _NEEDS.get(type(going))
    if wanted and session.status != wanted:
        return _note("not_waiting", f"The session is {session.status}, not {wanted}.")
    return None


_NEEDS: dict[type, str] = {Pause: "waiting", Continue: "paused"}


def _stale(session: Session, going: Timeout | Callback, now: datetime) -> Note | None:
    wait = session.wait
    if wait is None or wait.token != going.token:
        return _note("stale_token", "Nothing waits for this any more, or not yet.")
    if isinstance(going, Callback):
        return None if wait.kind == "callback" else _note("stale_token", "This is no call.")
    if wait.due_at is None or now < wait.due_at:
        return _note("early", "The time of this wait is not up.")
    return None


def _note(kind: NoteKind, message: str) -> Note:
    return Note(kind, "", message)


def _go_on(turn: Turn, going: Going) -> bool:
    """Makes the turn; False if there was nothing to do after all."""
    if isinstance(going, Pause):
        pausing.pause(turn)
    elif isinstance(going, Continue):
        pausing.go_on(turn)
    elif isinstance(going, Expiry):
        _expire(turn)
    elif isinstance(going, Timeout | Callback):
        _leave_wait(turn, going)
    else:
        return _heard(turn, going)
    return True


def _expire(turn: Turn) -> None:
    """Ends the session, with a word where WhatsApp still takes one."""
    last = turn.session.last_input_at
    if last is not None and turn.now - last < _WINDOW:
        turn.say(turn.session.frames[-1].node_id, turn.program.settings.timeout_text)
    turn.over("expired")


def _leave_wait(turn: Turn, going: Timeout | Callback | Said) -> None:
    place = turn.session.frames[-1].node_id
    node, program = turn.program.nodes.get(place), turn.program
    kind = turn.session.wait.kind if turn.session.wait else ""
    turn.session.wait = None
    if node is None:
        walk(turn, place)
        return
    if isinstance(going, Callback):
        outcome = answered(node, turn, going)
    elif isinstance(going, Timeout):
        outcome = _timed_out(turn, kind)
    else:
        outcome = hear(node, turn, going) if isinstance(node, Asking) else REPLY
    walk(turn, leave(turn, program, node, outcome, arrived=False))


def _timed_out(turn: Turn, kind: str) -> Outcome:
    place = turn.session.frames[-1].node_id
    if kind == "timer":
        return NEXT
    if kind == "callback":
        return failed(turn, turn.program.nodes[place], "No answer came in time.")
    turn.miss(turn.program.nodes[place], TIMEOUT)
    return TIMEOUT if turn.program.way(place, TIMEOUT) else turn.over("timed_out")


def _heard(turn: Turn, said: Said) -> bool:
    """What the customer says: an interruption, an answer, or nothing the bot waits for."""
    interrupt = interrupting.find(turn, said)
    waits_for = turn.session.wait.kind if turn.session.wait else ""
    place = turn.session.frames[-1].node_id
    if interrupt is None and waits_for == "callback":
        turn.note("busy", place, "The bot waits for the answer to a call.")
        return False
    if interrupt is None and waits_for == "timer" and not turn.program.way(place, REPLY):
        turn.note("delaying", place, "The bot waits for its time.")
        return False
    turn.session.input = turn.values["input"] = described(said)
    turn.session.last_input_at = turn.now
    turn.session.steps = turn.session.messages = 0
    if interrupt:
        interrupting.follow(turn, interrupt)
    else:
        _leave_wait(turn, said)
    return True


def _ran(turn: Turn) -> Ran:
    session = turn.session
    session.expires_at = None
    if session.status == "waiting":
        since = max(turn.now, session.wait.due_at or turn.now) if session.wait else turn.now
        root = turn.programs[session.frames[0].bot_id]
        session.expires_at = since + timedelta(minutes=root.settings.timeout_minutes)
    return Ran(session, turn.effects, turn.path, turn.notes, ignored=False)
