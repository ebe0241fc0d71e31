"""From node to node until something has to be waited for, or the session is over."""

from __future__ import annotations

from botpe_app.core.engine import deciding, talking, working
from botpe_app.core.engine.effects import Step
from botpe_app.core.engine.leaving import hand_off
from botpe_app.core.engine.program import Program
from botpe_app.core.engine.turn import MOST_MESSAGES, MOST_STEPS, Halt, Outcome, Turn
from botpe_app.core.engine.visiting import visit
from botpe_app.core.flow.nodes import NEXT, BaseNode

# Their visits enter themselves when they are imported.
_ROOMS = (deciding, talking, working)


def walk(turn: Turn, node_id: str | None) -> None:
    """Visits nodes from this one on. The session then waits, is paused or has ended."""
    while node_id is not None:
        node = turn.program.nodes.get(node_id)
        if node is None:
            turn.note("missing_node", node_id, "The bot should go on at a node that is not there.")
            hand_off(turn, node_id, "error")
            return
        if turn.session.steps >= MOST_STEPS or turn.session.messages >= MOST_MESSAGES:
            turn.note("loop", node_id, "The bot went round without the customer saying anything.")
            hand_off(turn, node_id, "loop")
            return
        turn.session.steps += 1
        turn.session.tries = 0
        turn.session.frames[-1].node_id = node_id
        program, outcome = turn.program, visit(node, turn)
        node_id = leave(turn, program, node, outcome, arrived=True)


def leave(
    turn: Turn, program: Program, node: BaseNode, outcome: Outcome, *, arrived: bool
) -> str | None:
    """The node to go on at, None if the bot stops now. Writes the step down."""
    if isinstance(outcome, Halt):
        _write(turn, program, node.id, arrived=arrived)
        return _halted(turn, outcome)
    edge = program.way(node.id, outcome)
    edge_id = edge.id if edge else ""
    _write(turn, program, node.id, handle=outcome, edge_id=edge_id, arrived=arrived)
    return edge.target if edge else _back(turn)


def _halted(turn: Turn, outcome: Halt) -> str | None:
    if outcome is Halt.ENTER:
        entered = turn.session.frames[-1]
        turn.enter(turn.programs[entered.bot_id])
        return entered.node_id
    return _back(turn) if outcome is Halt.END else None


def _back(turn: Turn) -> str | None:
    """On in the bot that called this one, if one did and has somewhere to go."""
    frames = turn.session.frames
    while len(frames) > 1:
        frames.pop()
        caller = turn.programs[frames[-1].bot_id]
        turn.enter(caller)
        edge, place = caller.way(frames[-1].node_id, NEXT), frames[-1].node_id
        edge_id = edge.id if edge else ""
        _write(turn, caller, place, handle=NEXT, edge_id=edge_id, arrived=False)
        if edge:
            return edge.target
    turn.over("completed")
    return None


def _write(
    turn: Turn,
    program: Program,
    node_id: str,
    *,
    arrived: bool,
    handle: str = "",
    edge_id: str = "",
) -> None:
    node = program.nodes.get(node_id)
    kind = str(getattr(node, "type", ""))
    turn.path.append(Step(program.bot_id, node_id, kind, handle, edge_id, arrived))
