"""Problems inside one node: what its parts must be to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import singledispatch

from botpe_app.core.conditions import evaluate, read_env
from botpe_app.core.conditions.patterns import compiled
from botpe_app.core.conditions.values import parse_number
from botpe_app.core.flow.nodes import (
    RESERVED,
    AiNode,
    ApiCallNode,
    BaseNode,
    ButtonsNode,
    ConditionNode,
    FormNode,
    ListNode,
    QuestionNode,
    RandomNode,
    TemplateNode,
)
from botpe_app.core.flow.parse import Problem, Severity
from botpe_app.core.flow.steps import Answer, Group, Test
from botpe_app.core.jsonpath import parse_path
from botpe_app.core.templating import has_placeholder
from botpe_app.errors import Invalid

_ANY_TIME = read_env({}, datetime(2026, 1, 1, tzinfo=UTC))
MOST_ROWS = 10


@singledispatch
def detail_problems(node: BaseNode) -> Iterator[Problem]:
    """The problems inside a node, by its kind."""
    return iter(())


def _about(
    node: BaseNode, field: str, message: str, code: str, severity: Severity = "error"
) -> Problem:
    return Problem(node.id, field, severity, message, code)


def _same_twice(values: Sequence[str]) -> int | None:
    """The place of the first value that stood there before."""
    return next((at for at, value in enumerate(values) if value in values[:at]), None)


def _ids(node: BaseNode, ids: Sequence[str], field: str) -> Iterator[Problem]:
    again = _same_twice(ids)
    if again is not None:
        told = f"Two have the id {ids[again]}."
        yield _about(node, f"{field}[{again}].id", told, "same_id")
    for place, one in enumerate(ids):
        if one in RESERVED:
            told = f"The id {one} is taken: {', '.join(RESERVED)} have a meaning of their own."
            yield _about(node, f"{field}[{place}].id", told, "reserved_id")


@detail_problems.register(ButtonsNode)
@detail_problems.register(TemplateNode)
def _pressed(node: ButtonsNode | TemplateNode) -> Iterator[Problem]:
    field = "buttons" if isinstance(node, ButtonsNode) else "replies"
    yield from _ids(node, [choice.id for choice in node.choices], field)
    again = _same_twice([choice.title for choice in node.choices])
    if again is not None:
        told = "Two buttons have the same title; WhatsApp does not take that."
        yield _about(node, f"{field}[{again}].title", told, "same_title")


@detail_problems.register(ListNode)
def _list(node: ListNode) -> Iterator[Problem]:
    yield from _ids(node, [row.id for row in node.choices], "sections")
    if len(node.choices) > MOST_ROWS:
        told = f"The list has {len(node.choices)} rows; WhatsApp takes {MOST_ROWS} in all."
        yield _about(node, "sections", told, "too_many_rows")
    for place, section in enumerate(node.data.sections):
        if len(node.data.sections) > 1 and not section.title:
            told = "Where there are several sections, each needs a title."
            yield _about(node, f"sections[{place}].title", told, "empty")


@detail_problems.register(QuestionNode)
def _question(node: QuestionNode) -> Iterator[Problem]:
    answer = node.data.answer
    if answer.type == "choice":
        if not answer.options:
            told = "A question with a choice needs options."
            yield _about(node, "answer.options", told, "empty")
        yield from _ids(node, [option.id for option in answer.options], "answer.options")
    if answer.type == "pattern":
        yield from _pattern(node, answer.pattern, "answer.pattern")
    yield from _bounds(node, answer)


def _bounds(node: QuestionNode, answer: Answer) -> Iterator[Problem]:
    if answer.type not in ("number", "text"):
        return
    found = [_number(bound) for bound in (answer.least, answer.most)]
    if found[0] is not None and found[1] is not None and found[0] > found[1]:
        yield _about(node, "answer.most", "The most is less than the least.", "bounds")


def _number(bound: float | str | None) -> float | None:
    number = None if bound is None else parse_number(str(bound))
    return None if number is None else float(number)


def _pattern(node: BaseNode, pattern: str, field: str) -> Iterator[Problem]:
    if not pattern:
        yield _about(node, field, "Write the pattern to look for.", "empty")
        return
    try:
        compiled(pattern)
    except ValueError as error:
        yield _about(node, field, f"This is no regular expression: {error}.", "bad_pattern")


@detail_problems.register(ConditionNode)
def _condition(node: ConditionNode) -> Iterator[Problem]:
    yield from _ids(node, [branch.id for branch in node.data.branches], "branches")
    for place, branch in enumerate(node.data.branches):
        yield from _group(node, branch.when, f"branches[{place}].when")


def _group(node: BaseNode, group: Group, field: str) -> Iterator[Problem]:
    for place, test in enumerate(group.tests):
        where = f"{field}.tests[{place}]"
        if isinstance(test, Group):
            yield from _group(node, test, where)
        else:
            yield from _test(node, test, where)


def _test(node: BaseNode, test: Test, field: str) -> Iterator[Problem]:
    """Tries the test on nothing: what is wrong with its arguments shows."""
    if any(isinstance(arg, str) and has_placeholder(arg) for arg in test.args):
        return
    try:
        evaluate(test.op, "", test.args, _ANY_TIME)
    except Invalid as error:
        if (error.field or "").startswith("args"):
            yield _about(node, f"{field}.{error.field}", error.message, "bad_test")


@detail_problems.register(RandomNode)
def _random(node: RandomNode) -> Iterator[Problem]:
    return _ids(node, [branch.id for branch in node.data.branches], "branches")


@detail_problems.register(FormNode)
def _form(node: FormNode) -> Iterator[Problem]:
    if bool(node.data.flow_id) == bool(node.data.flow_name):
        told = "Name the WhatsApp Flow by its id or by its name, one of the two."
        yield _about(node, "flow_id", told, "empty")


@detail_problems.register(AiNode)
def _ai(node: AiNode) -> Iterator[Problem]:
    data = node.data
    if data.mode == "classify" and not data.categories:
        yield _about(node, "categories", "There is nothing to sort into.", "empty")
    if data.mode == "extract" and not data.fields:
        yield _about(node, "fields", "There is nothing to extract.", "empty")
    yield from _ids(node, [category.id for category in data.categories], "categories")


@detail_problems.register(ApiCallNode)
def _call(node: ApiCallNode) -> Iterator[Problem]:
    data = node.data
    if not data.url.startswith(("https://", "http://", "{{")):
        told = "The address must begin with https://."
        yield _about(node, "url", told, "bad_url")
    if data.auth.type != "none" and not data.auth.secret:
        yield _about(node, "auth.secret", "Name the stored secret to use.", "empty")
    if data.auth.type in ("header", "query") and not data.auth.name:
        told = f"Name the {'header' if data.auth.type == 'header' else 'parameter'}."
        yield _about(node, "auth.name", told, "empty")
    yield from _paths(node)


def _paths(node: ApiCallNode) -> Iterator[Problem]:
    for place, mapping in enumerate(node.data.mappings):
        try:
            parse_path(mapping.path)
        except ValueError as error:
            field = f"mappings[{place}].path"
            yield _about(node, field, f"This is no JSONPath: {error}.", "bad_path")
