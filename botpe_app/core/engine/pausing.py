"""When a person takes over, and what happens when they give the conversation back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from botpe_app.core.engine.talking import Asking
from botpe_app.core.engine.turn import Turn
from botpe_app.core.engine.walking import leave, walk
from botpe_app.core.flow.nodes import NEXT, AiNode, ApiCallNode, GoToBotNode, HandOffNode


def pause(turn: Turn) -> None:
    """Stops the bot; what it waited for is held for later."""
    turn.session.held = turn.session.wait
    turn.wait("person")


def go_on(turn: Turn) -> None:
    """Waits again for what was held; else on from where the bot had asked for a person.

    That is behind the hand-off, or the question that was not understood, once more.
    """
    session = turn.session
    session.steps = session.messages = 0
    if session.held is not None:
        session.wait, session.held, session.status = session.held, None, "waiting"
        _give_time(turn)
        return
    session.wait, place = None, session.frames[-1].node_id
    node, program = turn.program.nodes.get(place), turn.program
    if isinstance(node, Asking):
        walk(turn, place)
    elif isinstance(node, HandOffNode | AiNode | ApiCallNode | GoToBotNode):
        walk(turn, leave(turn, program, node, NEXT, arrived=False))
    else:
        turn.over("completed")


def _give_time(turn: Turn) -> None:
    """A reply's time begins anew: the customer was talking with somebody else."""
    wait = turn.session.wait
    if wait and wait.kind == "reply" and wait.timeout_seconds is not None:
        due = turn.now + timedelta(seconds=wait.timeout_seconds)
        turn.session.wait = replace(wait, due_at=due)
