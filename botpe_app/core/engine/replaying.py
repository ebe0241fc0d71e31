"""A conversation that was had, had again with another version of the bot: what would differ.

The same engine; the customer says at the same moments what they said, chance falls as it fell,
other programs answer what they answered, and people change what they changed. A
call that was never made then fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.core.engine.belongings import with_changes
from botpe_app.core.engine.effects import Note, Step
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.rehearsal import Line, Rehearsal
from botpe_app.core.engine.resumes import Callback, Continue, Expiry, Pause, Start, Timeout
from botpe_app.core.engine.session import Session

_MOST_PAUSES = 100  # things that time does between two things heard
_NOT_RECORDED = "This call was not made then, so nobody knows what it would have answered."


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of a real session: what set it off, when, and what the bot said then.

    `kind`: start, reply, callback, timeout, expiry, pause, continue. `line` and `start` are of
    what the customer said; `data` is a callback's. `conversation`: what it sounded like, its
    status and tags; `changed`: what others did to the customer and the variables before it.
    """

    kind: str
    at: datetime
    seed: int = 0
    node_id: str = ""
    line: Line | None = None
    start: Start | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    conversation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    changed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    answered: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """How it would go: `lines` of both sides, the way taken, how far it comes."""

    lines: list[Line]
    path: list[Step]
    notes: list[Note]
    session: Session | None


def recorded(turns: Sequence[Heard]) -> list[Line]:
    """The conversation as it was."""
    return [
        line for turn in turns for line in ((turn.line,) if turn.line else ()) + (*turn.answered,)
    ]


def replay(
    program: Program,
    turns: Sequence[Heard],
    context: Context,
    others: Mapping[str, Program],
    *,
    finished: bool,
) -> Replayed:
    """The conversation with this program. `finished`: the real one is over, so delays pass."""
    if not turns:
        return Replayed([], [], [], None)
    stage = Rehearsal(program, context, turns[0].at, others=others)
    ahead = Counter(turn.node_id for turn in turns if turn.kind == "callback")
    for turn in turns:
        _until(stage, turn.at)
        stage.seed = turn.seed
        stage.context = _around(stage.context, turn)
        if turn.kind == "callback":
            ahead[turn.node_id] -= 1
        _hear(stage, turn)
        _fail_unknown_calls(stage, ahead)
    if finished:
        _let_delays_pass(stage, ahead)
    return Replayed(stage.lines, stage.path, stage.notes, stage.session)


def _around(context: Context, turn: Heard) -> Context:
    """The conversation, the customer and the variables as this turn found them."""
    organization = context.organization
    contact, variables = with_changes(
        context.contact, mapping(organization.get("variables")), turn.changed
    )
    return replace(
        context,
        contact=contact,
        conversation={**context.conversation, **turn.conversation},
        organization={**organization, "variables": variables},
    )


def first_difference(one: Sequence[Line], other: Sequence[Line]) -> int | None:
    """The place of the first line that is not the same to the customer, None if all are."""
    for place in range(max(len(one), len(other))):
        if not (place < len(one) and place < len(other) and _same(one[place], other[place])):
            return place
    return None


def _same(one: Line, other: Line) -> bool:
    return (one.speaker, one.type, _shown(one.content)) == (
        other.speaker,
        other.type,
        _shown(other.content),
    )


def _shown(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what the customer does not see: the token of a form."""
    action = mapping(content.get("action"))
    parameters = dict(mapping(action.get("parameters")))
    if "flow_token" not in parameters:
        return dict(content)
    del parameters["flow_token"]
    return {**content, "action": {**action, "parameters": parameters}}


def _hear(stage: Rehearsal, turn: Heard) -> None:
    if turn.line and turn.start:
        stage.say(turn.line, turn.start)
    elif turn.kind == "start" and turn.start:
        stage.begin(turn.start)
    elif turn.kind == "callback":
        _call_back(stage, turn)
    elif turn.kind == "pause":
        stage.go_on(Pause())
    elif turn.kind == "continue":
        stage.go_on(Continue())


def _call_back(stage: Rehearsal, turn: Heard) -> None:
    """What was answered then, if the bot waits for it at the same node now."""
    session, told = stage.session, turn.data
    wait = session.wait if session else None
    if session is None or wait is None or wait.kind != "callback":
        return
    if session.frames[-1].node_id == turn.node_id:
        ok, error = told.get("ok") is not False, as_text(told.get("error"))
        stage.go_on(Callback(token=wait.token, ok=ok, data=told.get("data"), error=error))


def _fail_unknown_calls(stage: Rehearsal, ahead: Mapping[str, int]) -> None:
    for _ in range(_MOST_PAUSES):
        session = stage.session
        wait = session.wait if session and session.status == "waiting" else None
        if wait is None or session is None or wait.kind != "callback":
            return
        if ahead.get(session.frames[-1].node_id, 0) > 0:
            return
        stage.go_on(Callback(token=wait.token, ok=False, error=_NOT_RECORDED))


def _until(stage: Rehearsal, at: datetime) -> None:
    """What time brings before this moment."""
    for _ in range(_MOST_PAUSES):
        due = _due(stage.session)
        if due is None or due > at:
            break
        stage.now = max(stage.now, due)
        _time_is_up(stage)
    stage.now = max(stage.now, at)


def _due(session: Session | None) -> datetime | None:
    if session is None or session.status != "waiting":
        return None
    due = session.wait.due_at if session.wait else None
    return min((at for at in (due, session.expires_at) if at), default=None)


def _time_is_up(stage: Rehearsal) -> None:
    session = stage.session
    wait = session.wait if session else None
    if wait and wait.due_at and wait.due_at <= stage.now:
        stage.go_on(Timeout(token=wait.token))
    else:
        stage.go_on(Expiry())


def _let_delays_pass(stage: Rehearsal, ahead: Mapping[str, int]) -> None:
    for _ in range(_MOST_PAUSES):
        session = stage.session
        wait = session.wait if session and session.status == "waiting" else None
        if wait is None or wait.kind != "timer" or wait.due_at is None:
            return
        stage.now = max(stage.now, wait.due_at)
        stage.go_on(Timeout(token=wait.token))
        _fail_unknown_calls(stage, ahead)
