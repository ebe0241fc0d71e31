"""What a template's places need, and how it reads once they are filled.

A place is a part and a name in it: `body` `1`, `buttons` `0`; in a carousel `cards` and the card
before the name, `0.body.1`. Beside the places, whose texts may differ from customer to customer,
some parts need the same for all: a header its file or location (`header` `link`), a card too
(`cards` `0.header.link`), an offer the moment it ends (`offer` `expires_at`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.variables import names

Place = tuple[str, str]  # a part (header, body, buttons, cards) and the variable's name there
Parts = Mapping[str, Any]  # what is the same for all, by part

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_SHOWN = ("HEADER", "BODY", "FOOTER")
_FILES = ("IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION")  # and the place on a map
_LOCATION = ("latitude", "longitude", "name", "address")
_PRODUCT = ("product_retailer_id", "catalog_id")


def places(components: list[Json]) -> list[Place]:
    """Every place that needs a text. A button's name is its position from 0, as is a card's."""
    found: list[Place] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind in ("HEADER", "BODY"):
            found += [(kind.lower(), name) for name in names(loose.text(component, "text"))]
        found += [place for place, button in _buttons(component) if _parameter_of(button)]
        for number, card in _cards(component):
            found += [("cards", f"{number}.{part}.{name}") for part, name in places(card)]
    return found


def buttons_of(components: list[Json]) -> Iterator[tuple[Place, Json]]:
    """Every button by its place, also those of cards."""
    for component in components:
        yield from _buttons(component)
        for number, card in _cards(component):
            for (part, name), button in buttons_of(card):
                yield ("cards", f"{number}.{part}.{name}"), button


def _buttons(component: Json) -> Iterator[tuple[Place, Json]]:
    for place, button in enumerate(loose.mappings(component, "buttons")):
        yield ("buttons", str(place)), button


def fixed(components: list[Json]) -> list[Place]:
    """Every place whose filling is the same for all; of a file's its link."""
    found: list[Place] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind == "HEADER":
            found += [("header", name) for name in _needs(component)]
        elif kind == "LIMITED_TIME_OFFER" and _ends(component):
            found.append(("offer", "expires_at"))
        for number, card in _cards(component):
            found += [("cards", f"{number}.{part}.{name}") for part, name in fixed(card)]
    return found


def filled(components: list[Json], values: Mapping[Place, str], same: Parts) -> list[Json]:
    """The parameters that a send of the template names; `same` is what all get."""
    found: list[Json] = []
    for component in components:
        kind = loose.text(component, "type").upper()
        if kind == "HEADER" and (file := _file_of(component, loose.mapping(same, "header"))):
            found.append({"type": "header", "parameters": [file]})
        elif kind in ("LIMITED_TIME_OFFER", "CAROUSEL"):
            found += _special(component, values, same)
        elif kind in ("HEADER", "BODY"):
            part = kind.lower()
            texts = [
                _text(name, values[part, name]) for name in names(loose.text(component, "text"))
            ]
            if texts:
                found.append({"type": part, "parameters": texts})
        for place, button in _buttons(component):
            if kinds := _parameter_of(button):
                found.append(_button(kinds, place[1], values[place]))
    return found


def _special(component: Json, values: Mapping[Place, str], same: Parts) -> Iterator[Json]:
    """The parameters of an offer that ends, and of cards."""
    if (ends := ends_at(same)) and _ends(component):
        offer = {"expiration_time_ms": int(ends.timestamp() * 1000)}
        parameter = {"type": "limited_time_offer", "limited_time_offer": offer}
        yield {"type": "limited_time_offer", "parameters": [parameter]}
    cards: list[Json] = [
        {
            "card_index": number,
            "components": filled(card, _of_card(values, number), _same_of(same, number)),
        }
        for number, card in _cards(component)
    ]
    if cards:
        yield {"type": "carousel", "cards": cards}


def lacking(components: list[Json], same: Parts, now: datetime) -> tuple[str, str]:
    """The part that keeps the template from being sent with what is the same for all, and why;
    twice "" if nothing does.
    """
    for component in components:
        kind, form = (loose.text(component, name).upper() for name in ("type", "format"))
        header = loose.mapping(same, "header")
        if kind == "HEADER" and _needs(component) and not _file_of(component, header):
            return "header", _LACKS.get(form, "The header needs a file: its link or id.")
        if kind == "LIMITED_TIME_OFFER" and _ends(component):
            ends = ends_at(same)
            if ends is None:
                return "offer", "Say when the offer ends, such as 2026-12-01T18:00:00Z."
            if ends <= now:
                return "offer", "The offer has ended already."
        for number, card in _cards(component):
            _, why = lacking(card, _same_of(same, number), now)
            if why:
                return "cards", f"Card {number + 1}: {why}"
    return "", ""


_LACKS = {
    "LOCATION": "The header needs latitude and longitude.",
    "PRODUCT": "The header needs product_retailer_id and catalog_id.",
}


def ends_at(same: Parts) -> datetime | None:
    """When the offer ends; None if that is not said, or not with its time zone."""
    try:
        found = datetime.fromisoformat(loose.text(loose.mapping(same, "offer"), "expires_at"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _ends(component: Json) -> bool:
    return loose.flag(loose.mapping(component, "limited_time_offer"), "has_expiration")


def _cards(component: Json) -> Iterator[tuple[int, list[Json]]]:
    for number, card in enumerate(loose.mappings(component, "cards")):
        yield number, loose.mappings(card, "components")


def _of_card(values: Mapping[Place, str], number: int) -> dict[Place, str]:
    """The values of one card, by the places it has by itself."""
    found: dict[Place, str] = {}
    for (part, name), value in values.items():
        card, _, rest = name.partition(".")
        if part == "cards" and card == str(number):
            of, _, within = rest.partition(".")
            found[of, within] = value
    return found


def _same_of(same: Parts, number: int) -> dict[str, dict[str, str]]:
    texts = {("cards", name): text for name, text in loose.mapping(same, "cards").items()}
    parts: dict[str, dict[str, str]] = {}
    for (part, name), value in _of_card(texts, number).items():
        parts.setdefault(part, {})[name] = value
    return parts


def _needs(header: Json) -> tuple[str, ...]:
    """What a header needs beside texts."""
    form = loose.text(header, "format").upper()
    needs = {"LOCATION": _LOCATION, "PRODUCT": _PRODUCT}
    return needs.get(form, ("link",)) if form in (*_FILES, "PRODUCT") else ()


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
    needs = _needs(component)
    kind = loose.text(component, "format").lower()
    wanted = ("link", "id", "filename") if needs == ("link",) else needs
    told = {name: header[name] for name in wanted if header.get(name)}
    enough = {"link", "id"} & told.keys() if needs == ("link",) else set(needs[:2]) <= told.keys()
    return {"type": kind, kind: told} if needs and enough else None


def shown(components: list[Json], values: Mapping[Place, str]) -> str:
    """The template's text as a customer reads it: header, body, footer and cards, a line each."""
    texts = {loose.text(c, "type").upper(): loose.text(c, "text") for c in components}
    lines = [
        _VARIABLE.sub(lambda found: values.get((kind.lower(), found[1]), ""), texts[kind])  # noqa: B023
        for kind in _SHOWN
        if texts.get(kind)
    ]
    for component in components:
        lines += [shown(card, _of_card(values, number)) for number, card in _cards(component)]
    return "\n".join(line for line in lines if line)
