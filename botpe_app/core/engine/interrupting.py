"""Words that do something wherever the bot is."""

from __future__ import annotations

from botpe_app.core.engine.leaving import hand_off
from botpe_app.core.engine.program import Program
from botpe_app.core.engine.resumes import Reply, Said
from botpe_app.core.engine.triggers import says, says_keyword
from botpe_app.core.engine.turn import Turn
from botpe_app.core.engine.walking import walk
from botpe_app.core.flow.schema import Interrupt, Keyword

Interruption = tuple[Program, Interrupt | Keyword]


def find(turn: Turn, said: Said) -> Interruption | None:
    """What a text interrupts: first by the words of the bot that runs, then of the one begun."""
    if not isinstance(said, Reply) or not said.text:
        return None
    root = turn.programs[turn.session.frames[0].bot_id]
    for program in dict.fromkeys((turn.program, root)):
        for interrupt in program.settings.interrupts:
            if any(says(keyword, said.text) for keyword in interrupt.keywords):
                return program, interrupt
    for trigger in root.flow.triggers:
        if isinstance(trigger, Keyword) and trigger.interrupts and says_keyword(trigger, said.text):
            return root, trigger
    return None


def follow(turn: Turn, interruption: Interruption) -> None:
    """Does what the words ask for. What the session waited for is forgotten."""
    program, found = interruption
    session = turn.session
    session.wait, session.tries, session.fallbacks = None, 0, 0
    if isinstance(found, Keyword):
        session.trigger = {**session.trigger, "id": found.id, "text": session.input["text"]}
        _restart(turn)
    elif found.action == "restart":
        _restart(turn)
    elif found.action == "hand_off":
        hand_off(turn, session.frames[-1].node_id, "interrupt")
    elif found.action == "go_to" and found.node_id:
        _down_to(turn, program)
        walk(turn, found.node_id)
    else:
        turn.over("interrupted")


def _restart(turn: Turn) -> None:
    """From the start of the bot that was begun, without what was learned on the way."""
    session = turn.session
    session.variables, session.results, session.match = {}, {}, {}
    del session.frames[1:]
    turn.enter(turn.programs[session.frames[0].bot_id])
    walk(turn, turn.program.start)


def _down_to(turn: Turn, program: Program) -> None:
    """Leaves the bots above this one."""
    frames = turn.session.frames
    while len(frames) > 1 and frames[-1].bot_id != program.bot_id:
        frames.pop()
    turn.enter(program)
