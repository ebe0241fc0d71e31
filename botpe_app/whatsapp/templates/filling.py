"""What a template's places need, and how it reads once they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.variables import names

Place = tuple[str, str]  # a part (header, body, buttons) and the variable's name there

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_SHOWN = ("HEADER", "BODY", "FOOTER")


def places(components: list[Json]) -> list[Place]:
    """Every place that needs a text. A button's name is its position from 0."""
    found: list[Place] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind in ("HEADER", "BODY"):
            found += [(kind.lower(), name) for name in names(loose.text(component, "text"))]
        for place, button in enumerate(loose.mappings(component, "buttons")):
            if "{{" in loose.text(button, "url"):
                found.append(("buttons", str(place)))
    return found


def shown(components: list[Json], values: Mapping[Place, str]) -> str:
    """The template's text as a customer reads it: header, body and footer, a line each."""
    texts = {loose.text(c, "type").upper(): loose.text(c, "text") for c in components}
    return "\n".join(
        _VARIABLE.sub(lambda found: values.get((kind.lower(), found[1]), ""), texts[kind])  # noqa: B023
        for kind in _SHOWN
        if texts.get(kind)
    )
