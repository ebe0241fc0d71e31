"""Visits of nodes that have others do something, and what their answers lead to."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from botpe_app.core import jsonpath
from botpe_app.core.conditions.values import as_text, items, lower, mapping
from botpe_app.core.engine.effects import CallApi, RunAgent
from botpe_app.core.engine.leaving import failed, hand_off
from botpe_app.core.engine.resumes import Callback
from botpe_app.core.engine.session import Frame
from botpe_app.core.engine.turn import DEEPEST, Halt, Outcome, Turn
from botpe_app.core.engine.visiting import visit
from botpe_app.core.flow.nodes import (
    NEXT,
    OTHER,
    ActionNode,
    AiNode,
    ApiCallNode,
    BaseNode,
    EndNode,
    GoToBotNode,
    HandOffNode,
)
from botpe_app.core.flow.work import Action, Content, Pair, Tags, UpdateContact


@visit.register
def _ai(node: AiNode, turn: Turn) -> Outcome:
    data = node.data
    turn.effects.append(
        RunAgent(
            node.id,
            turn.token,
            data.mode,
            turn.text(data.text),
            turn.text(data.instructions),
            [category.model_dump() for category in data.categories],
            [field.model_dump() for field in data.fields],
            data.use_knowledge,
            data.timeout_seconds,
        )
    )
    return turn.wait("callback", data.timeout_seconds)


@visit.register
def _api_call(node: ApiCallNode, turn: Turn) -> Outcome:
    data = node.data
    turn.effects.append(
        CallApi(
            node.id,
            turn.token,
            data.method,
            turn.text(data.url).strip(),
            _pairs(turn, data.headers),
            _pairs(turn, data.query),
            _body(turn, data.body),
            data.auth.model_dump(),
            data.timeout_seconds,
            data.retries,
        )
    )
    # All tries and the pauses between them have to fit in.
    return turn.wait("callback", data.timeout_seconds * (1 + data.retries) * 2)


def _pairs(turn: Turn, pairs: tuple[Pair, ...]) -> list[tuple[str, str]]:
    return [(turn.text(pair.name).strip(), turn.text(pair.value)) for pair in pairs]


def _body(turn: Turn, body: Content) -> dict[str, Any]:
    match body.type:
        case "json":
            return {"type": "json", "value": turn.value(body.value)}
        case "form":
            return {"type": "form", "value": [list(pair) for pair in _pairs(turn, body.fields)]}
        case "text":
            return {"type": "text", "value": turn.text(body.text)}
        case _:
            return {"type": "none", "value": None}


@singledispatch
def answered(node: BaseNode, turn: Turn, callback: Callback) -> Outcome:
    """What the answer to a call leads to at the node that made it."""
    return NEXT


@answered.register
def _ai_answered(node: AiNode, turn: Turn, callback: Callback) -> Outcome:
    data = mapping(callback.data)
    if not callback.ok:
        return failed(turn, node, callback.error or "The AI did not answer.")
    if node.data.mode == "answer":
        return _ai_said(node, turn, data)
    if node.data.mode == "extract":
        return _ai_extracted(node, turn, mapping(data.get("values")))
    known = {category.id for category in node.data.categories}
    category = as_text(data.get("category"))
    found = category if category in known else OTHER
    turn.result(node, found, found, {"confidence": data.get("confidence")})
    return found


def _ai_said(node: AiNode, turn: Turn, data: Any) -> Outcome:
    text = as_text(data.get("text")).strip()[:4096]
    if text:
        turn.send(node.id, "text", {"body": text})
    turn.result(node, "answered", text)
    if data.get("action") == "hand_off":
        return hand_off(turn, node.id, "ai")
    return NEXT


def _ai_extracted(node: AiNode, turn: Turn, values: Any) -> Outcome:
    for field in node.data.fields:
        if values.get(field.variable) is not None:
            turn.keep(node.id, field.variable, values[field.variable])
    turn.result(node, "extracted", dict(values))
    return NEXT


@answered.register
def _api_answered(node: ApiCallNode, turn: Turn, callback: Callback) -> Outcome:
    data = mapping(callback.data)
    status = data.get("status")
    success = isinstance(status, int) and 200 <= status < 300
    if not callback.ok or not success:
        return failed(turn, node, callback.error or f"The other program answered {status}.")
    body = data.get("body")
    for each in node.data.mappings:
        turn.keep(node.id, each.variable, _at(turn, node.id, each.path, body))
    # A body is kept only where the flow asks for it: it may be large.
    turn.result(node, "success", body if node.data.save_to else None, {"status": status})
    return NEXT


def _at(turn: Turn, node_id: str, path: str, body: object) -> object:
    try:
        return jsonpath.value_at(path, body)
    except ValueError as error:
        turn.note("bad_test", node_id, f"{path} is no JSONPath: {error}.")
        return None


@visit.register
def _action(node: ActionNode, turn: Turn) -> Outcome:
    for action in node.data.actions:
        if isinstance(action, UpdateContact):
            turn.set_contact(node.id, action.field, turn.value(action.value))
            continue
        params = _params(turn, action)
        if isinstance(action, Tags):
            params = _tagged(turn, action, params)
        turn.act(node.id, action.type, params)
    return NEXT


def _params(turn: Turn, action: Action) -> dict[str, Any]:
    """What the action takes, filled in; a payload's lone placeholders keep their types."""
    given = action.model_dump(mode="json", exclude={"type"}, exclude_none=True)
    return {
        name: turn.value(value) if name == "payload" else _filled(turn, value)
        for name, value in given.items()
    }


def _filled(turn: Turn, value: Any) -> Any:
    if isinstance(value, str):
        return turn.text(value).strip()
    return [turn.text(one).strip() for one in value]


def _tagged(turn: Turn, action: Tags, params: dict[str, Any]) -> dict[str, Any]:
    """Changes the tags that this turn sees."""
    tags = [tag for tag in params["tags"] if tag]
    changed = {lower(tag) for tag in tags}
    held = [as_text(tag) for tag in items(turn.contact.get("tags"))]
    kept = [tag for tag in held if lower(tag) not in changed]
    turn.change_contact("tags", kept + tags if action.type == "add_tags" else kept)
    return {"tags": tags}


@visit.register
def _go_to_bot(node: GoToBotNode, turn: Turn) -> Outcome:
    bot_id, frames = turn.text(node.data.bot_id).strip(), turn.session.frames
    program = turn.programs.get(bot_id)
    if program is None or not program.start:
        return failed(turn, node, f"There is no bot {bot_id}.")
    if node.data.comes_back and len(frames) >= DEEPEST:
        return failed(turn, node, f"More than {DEEPEST} bots call each other.")
    if not node.data.comes_back:
        frames.pop()
    frames.append(Frame(bot_id=bot_id, version=program.version, node_id=program.start))
    return Halt.ENTER


@visit.register
def _hand_off(node: HandOffNode, turn: Turn) -> Outcome:
    data = node.data
    turn.say(node.id, data.text)
    return hand_off(
        turn,
        node.id,
        "node",
        team_id=data.team_id or "",
        user_id=data.user_id or "",
        note=turn.text(data.note),
    )


@visit.register
def _end(node: EndNode, turn: Turn) -> Outcome:
    turn.say(node.id, node.data.text)
    return turn.over("completed") if node.data.everything else Halt.END
