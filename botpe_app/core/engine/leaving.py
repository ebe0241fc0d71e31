"""Ways out of a bot: to a person, after a failure."""

from __future__ import annotations

from botpe_app.core.engine.effects import HandOff
from botpe_app.core.engine.turn import Outcome, Turn
from botpe_app.core.flow.nodes import ERROR, BaseNode


def hand_off(
    turn: Turn, node_id: str, reason: str, *, team_id: str = "", user_id: str = "", note: str = ""
) -> Outcome:
    """Asks for a person and stops until they give the conversation back."""
    if reason not in ("node", "ai"):
        turn.say(node_id, turn.program.settings.hand_off_text)
    turn.effects.append(HandOff(node_id, reason, team_id, user_id, note))
    turn.session.fallbacks = turn.session.tries = 0
    return turn.wait("person")


def failed(turn: Turn, node: BaseNode, why: str) -> Outcome:
    """The node's branch for errors; without one a person takes over."""
    turn.note("failed_call", node.id, why)
    turn.miss(node, ERROR, {"error": why})
    if turn.program.way(node.id, ERROR):
        return ERROR
    return hand_off(turn, node.id, "error", note=why)
