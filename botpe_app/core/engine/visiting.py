"""`visit`: what a node does when the bot comes to it. Each kind is entered in the room it fits."""

from __future__ import annotations

from functools import singledispatch

from botpe_app.core.engine.leaving import hand_off
from botpe_app.core.engine.turn import Outcome, Turn
from botpe_app.core.flow.nodes import NEXT, BaseNode, BrokenNode, StartNode


@singledispatch
def visit(node: BaseNode, turn: Turn) -> Outcome:
    """Does what the node is for; the handle to leave by, or a halt."""
    return NEXT


@visit.register
def _start(node: StartNode, turn: Turn) -> Outcome:
    trigger_id = str(turn.session.trigger.get("id") or "")
    return trigger_id if trigger_id and turn.program.way(node.id, trigger_id) else NEXT


@visit.register
def _broken(node: BrokenNode, turn: Turn) -> Outcome:
    turn.note("missing_node", node.id, "The bot came to a node that is not right yet.")
    return hand_off(turn, node.id, "error")
