"""A template with its variables filled in (Cloud API docs, "Templates, send")."""

from __future__ import annotations

import re
from typing import cast

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.checks import (
    Check,
    anything,
    items,
    mapping,
    matching,
    one_of,
    shape,
    text,
    url,
    whole,
)
from botpe_app.whatsapp.messages.simple import LOCATION, media

_LANGUAGE = matching(r"[a-z]{2,3}(_[A-Z]{2})?", "a language like en or pt_BR", 6)
_NAME = matching(r"[a-z0-9_]{1,512}", "lower-case letters, digits and underscores", 512)
_SPACING = re.compile(r"[\n\r\t]| {5,}")


def _value(value: object, field: str) -> str:
    """A variable's text: one line, no tab and no more than four spaces in a row."""
    said: str = text(1024)(value, field)
    if _SPACING.search(said):
        raise Invalid(
            f"{field} may hold no line break, no tab and no more than four spaces in a row.",
            field=field,
        )
    return said


_SKU = {"product_retailer_id": text(100), "catalog_id": text(100)}
_PARAMETERS: dict[str, Check] = {
    "text": _value,
    "currency": shape(
        {"fallback_value": text(100), "code": text(3), "amount_1000": whole(-(10**15), 10**15)}
    ),
    "date_time": anything,
    "image": media(),
    "video": media(),
    "gif": media(),
    "document": media(filename=text(240)),
    "location": LOCATION,
    "product": shape(_SKU),
    "payload": text(256),
    "coupon_code": text(20),
    "action": anything,
    "limited_time_offer": shape({"expiration_time_ms": whole(1, 10**15)}),
    "ttl_minutes": whole(1, 43200),
    "tap_target_configuration": items(shape({"url": url(), "title": text(60)}), 1),
}


def _parameter(value: object, field: str) -> Json:
    kind: str = one_of(*_PARAMETERS)(mapping(value, field).get("type"), f"{field}.type")
    fields = {"type": one_of(kind), kind: _PARAMETERS[kind]}
    return shape(fields, {"parameter_name": _NAME})(value, field)


def _index(value: object, field: str) -> str:
    """The button's place from 0, as the string Graph wants."""
    return matching(r"[0-9]", "a button's place from 0 to 9", 1)(
        str(value) if isinstance(value, int) else value, field
    )


_GIVEN = items(_parameter, 100, least=0)
_BUTTON = shape(
    {"type": one_of("button"), "sub_type": text(30), "index": _index}, {"parameters": _GIVEN}
)


def _card(value: object, field: str) -> Json:
    parts = items(_component, 12)
    return shape({"card_index": whole(0, 9), "components": parts})(value, field)


_KINDS = (
    "header",
    "body",
    "button",
    "limited_time_offer",
    "carousel",
    "tap_target_configuration",
)


def _component(value: object, field: str) -> Json:
    given = dict(mapping(value, field))
    if isinstance(given.get("type"), str):
        given["type"] = cast("str", given["type"]).lower()
    kind: str = one_of(*_KINDS)(given.get("type"), f"{field}.type")
    if kind == "button":
        return _BUTTON(given, field)
    if kind == "carousel":
        return shape({"type": one_of(kind), "cards": items(_card, 10)})(given, field)
    return shape({"type": one_of(kind)}, {"parameters": _GIVEN})(given, field)


def _language(value: object, field: str) -> Json:
    """{"code": …}, from that object or from the bare code."""
    if isinstance(value, str):
        value = {"code": value}
    return shape({"code": _LANGUAGE}, {"policy": one_of("deterministic")})(value, field)


check_template = shape(
    {"name": _NAME, "language": _language},
    {"components": items(_component, 12, least=0), "namespace": text(200)},
)
