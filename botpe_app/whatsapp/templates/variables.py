"""Variables in a template's texts: how they are written, numbered, placed and explained.

Cloud API docs, "Templates, components" and error subcodes 2388293 and 2388299.
"""

from __future__ import annotations

import re
from typing import Any, cast

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates.problems import Report

_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
_NAME = re.compile(r"[a-z0-9_]+")
_ADJACENT = re.compile(r"\}\}\s*\{\{")
_ONE_LINE = re.compile(r"[\n\r\t]| {5,}")
_DIGITS = re.compile(r"[1-9][0-9]{0,3}")


def names(text: str) -> list[str]:
    """The variables of a text, each once, in the order they stand in it."""
    return list(dict.fromkeys(found.strip() for found in _VARIABLE.findall(text)))


def are_named(components: object) -> bool:
    """Whether any variable in these components has a name rather than a number."""
    if isinstance(components, str):
        return any(not name.isdigit() for name in names(components))
    if isinstance(components, dict):
        held = cast("dict[str, object]", components)
        return any(are_named(held.get(key)) for key in ("text", "cards", "components"))
    if isinstance(components, list):
        return any(are_named(item) for item in cast("list[object]", components))
    return False


def check(report: Report, where: str, text: str, samples: dict[str, str]) -> list[str]:
    """Says what is wrong with the variables of `text`, and gives them."""
    _check_braces(report, where, text)
    found = names(text)
    _check_names(report, where, found)
    if _ADJACENT.search(text):
        report.error(where, "Two variables stand next to each other. Put words between them.")
    for name in found:
        sample = samples.get(name, "")
        if not sample.strip():
            report.error(f"{where}|example", f"Give a sample of {{{{{name}}}}} for the review.")
        elif _ONE_LINE.search(sample):
            report.error(
                f"{where}|example",
                f"The sample of {{{{{name}}}}} may hold no line break, tab or five spaces.",
            )
    return found


def check_edges(report: Report, where: str, text: str, found: list[str]) -> None:
    """Says where variables stand at an edge, or are many for so little text."""
    said = text.strip()
    if said.startswith("{{") and found:
        report.error(where, "A variable may not stand at the start. Put words before it.")
    if said.endswith("}}") and found:
        report.error(where, "A variable may not stand at the end. Put words after it.")
    words = re.findall(r"\w+", _VARIABLE.sub(" ", text))
    if found and len(words) < 2 * len(found) + 1:
        report.warn(
            where,
            f"{len(found)} variables need at least {2 * len(found) + 1} words around them;"
            f" these are {len(words)}.",
        )


def samples_of(component: object, kind: str) -> dict[str, str]:
    """The samples of a component's text by variable; `kind` is body or header."""
    example = loose.mapping(component, "example")
    named = loose.mappings(example, f"{kind}_text_named_params")
    if named:
        return {loose.text(each, "param_name"): loose.text(each, "example") for each in named}
    given: list[Any] = loose.listing(example, f"{kind}_text")
    if given and isinstance(given[0], list):
        given = cast("list[Any]", given[0])
    return {
        str(place): value if isinstance(value, str) else "" for place, value in enumerate(given, 1)
    }


def _check_braces(report: Report, where: str, text: str) -> None:
    rest = _VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        report.error(where, "The braces of a variable do not match: write {{1}} or {{name}}.")
    elif re.search(r"\{\w+\}", rest):
        report.warn(where, "One pair of braces is no variable: write {{1}} or {{name}}.")
    if any(found != found.strip() for found in _VARIABLE.findall(text)):
        report.error(where, "Write a variable without spaces inside its braces.")


def _check_names(report: Report, where: str, found: list[str]) -> None:
    if report.named:
        for name in found:
            if not _NAME.fullmatch(name) or name.isdigit():
                report.error(
                    where,
                    f"{{{{{name}}}}}: all variables of this template have names, of lower-case"
                    " letters, digits and underscores.",
                )
        return
    if not all(_DIGITS.fullmatch(name) for name in found):
        report.error(where, "Variables are numbered {{1}}, {{2}} … in this template.")
    elif sorted(map(int, found)) != list(range(1, len(found) + 1)):
        report.error(where, "Variables are numbered from {{1}} without gaps.")
