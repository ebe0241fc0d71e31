"""What a template's places need, and how it reads once they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.variables import names

Place = tuple[str, str]  # a part (header, body, buttons) and the variable's name there

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_SHOWN = ("HEADER", "BODY", "FOOTER")
_FILES = ("IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION")
_LOCATION = ("latitude", "longitude", "name", "address")
_NOT_FOR_MANY = {"CAROUSEL": "cards", "LIMITED_TIME_OFFER": "an offer that ends"}


def places(components: list[Json]) -> list[Place]:
    """Every place that needs a text. A button's name is its position from 0."""
    found: list[Place] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind in ("HEADER", "BODY"):
            found += [(kind.lower(), name) for name in names(loose.text(component, "text"))]
        for place, button in enumerate(loose.mappings(component, "buttons")):
            if _parameter_of(button):
                found.append(("buttons", str(place)))
    return found


def filled(
    components: list[Json], values: Mapping[Place, str], header: Mapping[str, Any]
) -> list[Json]:
    """The parameters that a send of the template names; `header` holds its file or location."""
    found: list[Json] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind == "HEADER" and (file := _file_of(component, header)):
            found.append({"type": "header", "parameters": [file]})
        elif kind in ("HEADER", "BODY"):
            part = kind.lower()
            texts = [
                _text(name, values[part, name]) for name in names(loose.text(component, "text"))
            ]
            if texts:
                found.append({"type": part, "parameters": texts})
        for place, button in enumerate(loose.mappings(component, "buttons")):
            if kinds := _parameter_of(button):
                found.append(_button(kinds, str(place), values["buttons", str(place)]))
    return found


def lacking(components: list[Json], header: Mapping[str, Any]) -> str:
    """Why the template cannot be sent to many with what its header is given; "" if it can."""
    for component in components:
        kind, form = (loose.text(component, name).upper() for name in ("type", "format"))
        if kind in _NOT_FOR_MANY:
            return f"Campaigns cannot send templates with {_NOT_FOR_MANY[kind]} yet."
        if kind == "HEADER" and form in _FILES and not _file_of(component, header):
            wants = "latitude and longitude" if form == "LOCATION" else "a file: its link or id"
            return f"The header needs {wants}."
    return ""


def _parameter_of(button: Json) -> tuple[str, str] | None:
    """How a button's value is called: its sub_type and the parameter's type; None without one."""
    kind = loose.text(button, "type").upper()
    if kind == "COPY_CODE":
        return "copy_code", "coupon_code"
    if kind == "OTP" or "{{" in loose.text(button, "url"):
        return "url", "text"
    return None


def _button(kinds: tuple[str, str], index: str, value: str) -> Json:
    sub_type, kind = kinds
    parameters = [{"type": kind, kind: value}]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": parameters}


def _text(name: str, value: str) -> Json:
    named = {} if name.isdecimal() else {"parameter_name": name}
    return {"type": "text", **named, "text": value}


def _file_of(component: Json, header: Mapping[str, Any]) -> Json | None:
    form = loose.text(component, "format").upper()
    kind = form.lower()
    wanted = _LOCATION if form == "LOCATION" else ("link", "id", "filename")
    told = {name: header[name] for name in wanted if header.get(name)}
    if form == "LOCATION":
        return {"type": kind, kind: told} if {"latitude", "longitude"} <= told.keys() else None
    if form not in _FILES or not told.keys() & {"link", "id"}:
        return None
    return {"type": kind, kind: told}


def shown(components: list[Json], values: Mapping[Place, str]) -> str:
    """The template's text as a customer reads it: header, body and footer, a line each."""
    texts = {loose.text(c, "type").upper(): loose.text(c, "text") for c in components}
    return "\n".join(
        _VARIABLE.sub(lambda found: values.get((kind.lower(), found[1]), ""), texts[kind])  # noqa: B023
        for kind in _SHOWN
        if texts.get(kind)
    )
