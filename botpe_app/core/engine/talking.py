"""Visits of nodes that talk with the customer, and what is done with the answer."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from botpe_app.core.engine import compose
from botpe_app.core.engine.answers import Asked, Understood, pressed, understand
from botpe_app.core.engine.leaving import hand_off
from botpe_app.core.engine.resumes import Button, Filled, Reply, Said, said_text
from botpe_app.core.engine.turn import Outcome, Turn
from botpe_app.core.engine.visiting import visit
from botpe_app.core.flow.nodes import (
    INVALID,
    NEXT,
    BaseNode,
    ButtonsNode,
    FormNode,
    ListNode,
    MessageNode,
    QuestionNode,
    TemplateNode,
)

Asking = QuestionNode | ButtonsNode | ListNode | TemplateNode | FormNode


@visit.register
def _message(node: MessageNode, turn: Turn) -> Outcome:
    for prepared in turn.program.messages[node.id]:
        content = compose.message(turn, prepared)
        if content is None:
            turn.note("empty_message", node.id, f"The {prepared.type} had nothing to send.")
            continue
        turn.send_after(
            node.id,
            prepared.type,
            content,
            seconds=prepared.delay_seconds,
            typing=prepared.typing,
        )
    return NEXT


@visit.register
def _question(node: QuestionNode, turn: Turn) -> Outcome:
    turn.say(node.id, node.data.text)
    return turn.wait("reply", node.data.timeout_seconds)


@visit.register
def _buttons(node: ButtonsNode, turn: Turn) -> Outcome:
    turn.send(node.id, "interactive", compose.buttons(turn, node))
    return turn.wait("reply", node.data.timeout_seconds)


@visit.register
def _list(node: ListNode, turn: Turn) -> Outcome:
    turn.send(node.id, "interactive", compose.list_of(turn, node))
    return turn.wait("reply", node.data.timeout_seconds)


@visit.register
def _form(node: FormNode, turn: Turn) -> Outcome:
    turn.send(node.id, "interactive", compose.form(turn, node))
    return turn.wait("reply", node.data.timeout_seconds)


@visit.register
def _template(node: TemplateNode, turn: Turn) -> Outcome:
    turn.send(node.id, "template", compose.template(turn, node))
    return turn.wait("reply", node.data.timeout_seconds) if node.waits else NEXT


def hear(node: Asking, turn: Turn, said: Said) -> Outcome:
    """What a customer's answer leads to at the node that asked."""
    found = _meaning(node, turn, said)
    if found is None:
        return _not_understood(node, turn)
    turn.session.tries = turn.session.fallbacks = 0
    turn.result(node, found.category, found.value, found.extra)
    return found.category if node.choices else NEXT


@singledispatch
def _meaning(node: BaseNode, turn: Turn, said: Said) -> Understood | None:
    """The answer, if the node can use it; its category is the id of what was chosen."""
    return None


@_meaning.register
def _meaning_of_answer(node: QuestionNode, turn: Turn, said: Said) -> Understood | None:
    answer = node.data.answer
    bounds: list[Any] = [
        turn.value(bound) if isinstance(bound, str) else bound
        for bound in (answer.least, answer.most)
    ]
    return understand(said, Asked(answer, bounds[0], bounds[1], turn.env))


@_meaning.register(ButtonsNode)
@_meaning.register(ListNode)
@_meaning.register(TemplateNode)
def _meaning_of_choice(
    node: ButtonsNode | ListNode | TemplateNode, turn: Turn, said: Said
) -> Understood | None:
    titles = {choice.id: turn.text(choice.title).strip() for choice in node.choices}
    chosen = pressed(said, [(one, (title,)) for one, title in titles.items()], turn.env)
    return Understood(titles[chosen], chosen) if chosen else None


@_meaning.register
def _meaning_of_form(node: FormNode, turn: Turn, said: Said) -> Understood | None:
    return Understood(said.response) if isinstance(said, Filled) else None


def _not_understood(node: Asking, turn: Turn) -> Outcome:
    """Another try, the branch for it, or a person; whichever limit is reached first."""
    session, data = turn.session, node.data
    session.tries += 1
    session.fallbacks += 1
    if session.tries > data.retries and turn.program.way(node.id, INVALID):
        session.tries = session.fallbacks = 0
        turn.miss(node, INVALID)
        return INVALID
    if session.fallbacks >= turn.program.settings.fallback_limit:
        return hand_off(turn, node.id, "fallback")
    turn.say(node.id, data.error_text or turn.program.settings.fallback_text)
    return turn.wait("reply", data.timeout_seconds) if _is_open(node) else visit(node, turn)


def _is_open(node: Asking) -> bool:
    """Whether the customer can simply write again; a choice is shown once more instead."""
    return isinstance(node, QuestionNode)


def described(said: Said) -> dict[str, Any]:
    """What was said, as `{{input…}}` shows it."""
    held: dict[str, Any] = {
        "type": said.kind if isinstance(said, Reply) else said.type,
        "text": said_text(said),
        "message_id": said.message_id,
    }
    if isinstance(said, Button):
        return {**held, "id": said.id, "title": said.title}
    return {**held, "content": said.response if isinstance(said, Filled) else said.content}
