"""Problems of texts: broken placeholders, and variables that nobody fills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from botpe_app.core import templating
from botpe_app.core.flow.nodes import (
    AiNode,
    ApiCallNode,
    BaseNode,
    SetVariableNode,
)
from botpe_app.core.flow.parse import Problem
from botpe_app.core.flow.schema import Flow
from botpe_app.core.flow.texts import Part

# What placeholders can always begin with, beside variables.
ROOTS = (
    "contact", "organization", "conversation", "bot", "input", "trigger",
    "results", "match", "now", "today",
)  # fmt: skip


def wording_problems(flow: Flow) -> Iterator[Problem]:
    """Placeholders in every text of the flow, each problem with its node and field."""
    known = {*ROOTS, *variable_names(flow)}
    for node in flow.nodes:
        for field, text in texts(node.data):
            yield from _text(node.id, field, text, known)
    for field, text in texts(flow.settings):
        yield from _text(None, f"settings.{field}", text, known)


def variable_names(flow: Flow) -> set[str]:
    """The variables that are declared or that some node fills."""
    declared = {variable.name for variable in flow.variables}
    return declared.union(*(filled_by(node) for node in flow.nodes))


def filled_by(node: BaseNode) -> set[str]:
    """The variables that a node fills."""
    saved = cast("str | None", getattr(getattr(node, "data", None), "save_to", None))
    filled = {saved} if saved else set[str]()
    if isinstance(node, SetVariableNode):
        filled |= {assignment.variable for assignment in node.data.assignments}
    if isinstance(node, ApiCallNode):
        filled |= {mapping.variable for mapping in node.data.mappings}
    if isinstance(node, AiNode):
        filled |= {field.variable for field in node.data.fields}
    return filled


def texts(part: Part) -> Iterator[tuple[str, str]]:
    """(field, text) of every text with a placeholder, like (`buttons[1].title`, `{{a}}`)."""
    for field, value in part.model_dump(mode="json").items():
        yield from _texts(field, value)


def _texts(field: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if templating.has_placeholder(value):
            yield field, value
    elif isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            yield from _texts(f"{field}.{name}", inner)
    elif isinstance(value, list):
        for place, inner in enumerate(cast("list[object]", value)):
            yield from _texts(f"{field}[{place}]", inner)


def _text(node_id: str | None, field: str, text: str, known: set[str]) -> Iterator[Problem]:
    for broken in templating.parse(text).broken:
        told = f"{field} has {broken}, which is no placeholder. Write it like {{{{name}}}}."
        yield Problem(node_id, field, "error", told, "broken_placeholder")
    for name in dict.fromkeys(templating.names(text)):
        if name not in known:
            told = f"{field} uses {{{{{name}}}}}, and nothing fills that variable."
            yield Problem(node_id, field, "error", told, "unknown_variable")
