"""From JSON to a flow: strictly, or as far as it can be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from botpe_app.core.conditions.values import items, mapping
from botpe_app.core.flow.nodes import BaseNode, BrokenNode, Node, StartNode
from botpe_app.core.flow.schema import Edge, Flow, Settings, Trigger, Variable
from botpe_app.errors import Invalid

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a flow.

    `node_id` is None where it concerns the whole; `field` is a path inside the node's data
    (`buttons[1].title`), or inside the flow. An error keeps the flow from being published.
    """

    node_id: str | None
    field: str
    severity: Severity
    message: str
    code: str


def parse(raw: object) -> Flow:
    """The flow. Raises Invalid for the first thing wrong, its field like `nodes[2].data.text`."""
    try:
        return Flow.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = _path(raw, first["loc"])
        raise Invalid(f"{path or 'flow'} {_words(first)}.", field=path or "flow") from None
    except RecursionError:
        raise Invalid("flow is nested too deeply.", field="flow") from None


def shape_problems(raw: object) -> list[Problem]:
    """What keeps the JSON from being a flow, each with the node it is in. Never raises."""
    try:
        Flow.model_validate(raw)
    except ValidationError as error:
        told = (one for one in error.errors(include_url=False) if not _follows(raw, one))
        return list(_unique(_problem(raw, one) for one in told))
    except RecursionError:
        return [Problem(None, "flow", "error", "The flow is nested too deeply.", "shape")]
    return []


def parse_draft(raw: object) -> Flow:
    """The flow as far as it is right, so that it can be tried while it is being written.

    Nodes that are not right yet become BrokenNodes; such edges, triggers and variables are left
    out. Never raises.
    """
    held = mapping(raw)
    nodes = (_node(node) for node in items(held.get("nodes")))
    return Flow.model_construct(
        version=1,
        name=held["name"] if isinstance(held.get("name"), str) else "",
        triggers=_each(held.get("triggers"), _adapter(Trigger)),
        nodes=tuple(node for node in nodes if node is not None),
        edges=_each(held.get("edges"), _adapter(Edge)),
        variables=_each(held.get("variables"), _adapter(Variable)),
        settings=_one(held.get("settings"), _adapter(Settings)) or Settings(),
    )


def _node(raw: object) -> BaseNode | None:
    """The node, a stand-in for one that is not right, or None where it has not even an id."""
    read = _one(raw, _adapter(Node))
    if read is not None:
        return read
    stand_in = StartNode if mapping(raw).get("type") == "start" else BrokenNode
    kind = "start" if stand_in is StartNode else "broken"
    return _one({"id": mapping(raw).get("id"), "type": kind}, _adapter(stand_in))


@lru_cache(maxsize=8)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _each(raw: object, adapter: TypeAdapter[Any]) -> tuple[Any, ...]:
    read = (_one(item, adapter) for item in items(raw))
    return tuple(item for item in read if item is not None)


def _one(raw: object, adapter: TypeAdapter[Any]) -> Any:
    try:
        return adapter.validate_python(raw)
    except (ValidationError, RecursionError):
        return None


def _problem(raw: object, error: ErrorDetails) -> Problem:
    location = error["loc"]
    node_id = _node_id(raw, location)
    path = _path(raw, location)
    field = path.partition("].")[2] if node_id is not None else path
    field = field.removeprefix("data.") or path or "flow"
    return Problem(node_id, field, "error", f"{field} {_words(error)}.", _code(error))


def _follows(raw: object, error: ErrorDetails) -> bool:
    """Whether a list is only too short because what is in it is wrong, which is told anyway."""
    if error["type"] != "too_short":
        return False
    held = raw
    for step in re.findall(r"[^.\[\]]+", _path(raw, error["loc"])):
        held = items(held)[int(step)] if items(held) else mapping(held).get(step)
    return len(items(held)) >= error.get("ctx", {}).get("min_length", 0)


def _unique(problems: Iterator[Problem]) -> Iterator[Problem]:
    """One problem a field: a value that fits none of several kinds is told once."""
    seen: set[tuple[str | None, str]] = set()
    for problem in problems:
        place = (problem.node_id, problem.field)
        if place not in seen:
            seen.add(place)
            yield problem


def _node_id(raw: object, location: Sequence[int | str]) -> str | None:
    if len(location) < 2 or location[0] != "nodes" or not isinstance(location[1], int):
        return None
    nodes = items(mapping(raw).get("nodes"))
    found = mapping(nodes[location[1]]).get("id") if location[1] < len(nodes) else None
    return found if isinstance(found, str) else f"nodes[{location[1]}]"


def _path(raw: object, location: Sequence[int | str]) -> str:
    """`nodes[2].data.text`: pydantic's location without the names of kinds it went through."""
    path, held = "", raw
    for place, step in enumerate(location):
        if isinstance(step, int):
            path += f"[{step}]"
            held = items(held)[step] if step < len(items(held)) else None
        elif not _is_kind(step, held, location, place):
            path += f".{step}"
            held = mapping(held).get(step)
    return path.removeprefix(".")


def _is_kind(step: str, held: object, location: Sequence[int | str], place: int) -> bool:
    """Whether a step names the kind of a list's item, not a field."""
    if place and isinstance(location[place - 1], int) and mapping(held).get("type") == step:
        return True
    last = place == len(location) - 1
    return step not in mapping(held) and not (last and mapping(held) is held)


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field that belongs here",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "union_tag_not_found": "needs a type",
    "string_pattern_mismatch": "has a form that is not allowed",
}


def _words(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in _WORDS:
        return _WORDS[kind]
    context = error.get("ctx", {})
    if kind == "union_tag_invalid":
        return f"has the unknown type {context.get('tag')}"
    if kind == "too_short":
        return f"needs at least {context.get('min_length')}"
    if kind == "too_long" and "max_length" in context:
        return f"takes at most {context.get('max_length')}"
    message = error["msg"].replace("Input should be", "must be").rstrip(".")
    return message[:1].lower() + message[1:]


def _code(error: ErrorDetails) -> str:
    known = ("too_long", "empty", "missing", "unknown_word")
    return error["type"] if error["type"] in known else "shape"
