"""All that is wrong with a flow, each problem with its node and field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from botpe_app.core.conditions import Hours, zone
from botpe_app.core.conditions.patterns import compiled
from botpe_app.core.conditions.values import items, lower, mapping
from botpe_app.core.flow.details import detail_problems
from botpe_app.core.flow.parse import Problem, parse_draft, shape_problems
from botpe_app.core.flow.schema import BusinessHours, Flow, Interrupt, Keyword
from botpe_app.core.flow.surroundings import Known, surrounding_problems
from botpe_app.core.flow.wiring import wiring_problems
from botpe_app.core.flow.wording import ROOTS, filled_by, wording_problems
from botpe_app.errors import Invalid

_NOTHING_KNOWN = Known()


def problems(raw: object, known: Known = _NOTHING_KNOWN) -> list[Problem]:
    """The problems of a flow in JSON, errors first. Never raises, whatever comes in.

    Nodes that are not right in themselves are told, and the rest is checked around them.
    `known` is what exists outside the flow.
    """
    shape = shape_problems(raw)
    if not items(mapping(raw).get("nodes")):
        return shape
    found = [*shape, *_deeper(parse_draft(raw), known)]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.severity)


def _deeper(flow: Flow, known: Known) -> Iterator[Problem]:
    yield from wiring_problems(flow)
    for node in flow.nodes:
        yield from detail_problems(node)
    yield from wording_problems(flow)
    yield from surrounding_problems(flow, known)
    yield from _triggers(flow)
    yield from _variables(flow)
    yield from _settings(flow)


def _whole(field: str, message: str, code: str) -> Problem:
    return Problem(None, field, "error", message, code)


def _triggers(flow: Flow) -> Iterator[Problem]:
    said: set[tuple[str, str]] = set()
    for place, trigger in enumerate(flow.triggers):
        if not isinstance(trigger, Keyword):
            continue
        for at, word in enumerate(trigger.keywords):
            field = f"triggers[{place}].keywords[{at}]"
            if trigger.match == "regex":
                yield from _pattern(word, field)
            elif (trigger.match, lower(word.strip())) in said:
                yield _whole(field, f"{word} starts the bot already.", "same_keyword")
            said.add((trigger.match, lower(word.strip())))


def _pattern(pattern: str, field: str) -> Iterator[Problem]:
    try:
        compiled(pattern)
    except ValueError as error:
        yield _whole(field, f"This is no regular expression: {error}.", "bad_pattern")


def _variables(flow: Flow) -> Iterator[Problem]:
    names = [variable.name for variable in flow.variables]
    for place, name in enumerate(names):
        field = f"variables[{place}].name"
        if name in names[:place]:
            yield _whole(field, f"The variable {name} is there twice.", "same_name")
        if name in ROOTS:
            yield _whole(field, f"{name} has a meaning of its own.", "reserved_name")
    for node in flow.nodes:
        for name in sorted(filled_by(node) & set(ROOTS)):
            told = f"{name} has a meaning of its own; save to another name."
            yield Problem(node.id, "save_to", "error", told, "reserved_name")


def _settings(flow: Flow) -> Iterator[Problem]:
    settings = flow.settings
    for place, interrupt in enumerate(settings.interrupts):
        yield from _interrupt(flow, interrupt, f"settings.interrupts[{place}]")
    said = Counter(lower(w) for interrupt in settings.interrupts for w in interrupt.keywords)
    for word in [word for word, count in said.items() if count > 1]:
        yield _whole("settings.interrupts", f"{word} interrupts twice.", "same_keyword")
    try:
        if settings.timezone:
            zone(settings.timezone, "settings.timezone")
        if settings.business_hours:
            _check_hours(settings.business_hours)
    except Invalid as error:
        yield _whole(error.field or "settings", error.message, "bad_settings")


def _check_hours(own: BusinessHours) -> None:
    """Raises Invalid naming what is wrong with them."""
    hours = own.model_dump(mode="json", exclude={"closed_text"})
    Hours.read({**hours, "days": hours["days"] or {}}, "settings.business_hours")
    for day in own.holidays:
        try:
            date.fromisoformat(day)
        except ValueError:
            field = "settings.business_hours.holidays"
            raise Invalid(f"{day} is no date like 2026-12-25.", field=field) from None


def _interrupt(flow: Flow, interrupt: Interrupt, field: str) -> Iterator[Problem]:
    if interrupt.action != "go_to":
        return
    if interrupt.node_id not in {node.id for node in flow.nodes}:
        yield _whole(f"{field}.node_id", "Choose the node to go to.", "no_target")
