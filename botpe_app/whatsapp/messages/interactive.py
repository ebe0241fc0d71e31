"""Buttons, lists, links and forms (Cloud API docs, "Interactive messages")."""

from __future__ import annotations

import re
from collections.abc import Callable

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.loose import text as read
from botpe_app.whatsapp.messages.checks import (
    Check,
    Missing,
    anything,
    items,
    mapping,
    one_of,
    shape,
    text,
    unique,
    url,
    whole,
)
from botpe_app.whatsapp.messages.commerce import ORDER_STATUS, check_order_details
from botpe_app.whatsapp.messages.simple import media

_ID = text(256)
_TITLE = text(20)


def _says(most: int) -> Check:
    return shape({"text": text(most)})


_BODY, _LONG_BODY, _FOOTER = _says(1024), _says(4096), _says(60)
_HEADERS: dict[str, Check] = {
    "text": text(60),
    "image": media(),
    "video": media(),
    "document": media(filename=text(240)),
}


def _header(*kinds: str) -> Check:
    def check(value: object, field: str) -> Json:
        kind: str = one_of(*kinds)(mapping(value, field).get("type"), f"{field}.type")
        return shape({"type": one_of(kind), kind: _HEADERS[kind]})(value, field)

    return check


_ANY_HEADER, _TEXT_HEADER = _header(*_HEADERS), _header("text")


def _replies(most: int, word: str) -> Check:
    """Quick-reply buttons under the key `word`, all ids and titles different."""
    reply = shape({"type": one_of(word), word: shape({"id": _ID, "title": _TITLE})})
    listed = items(reply, most)

    def check(value: object, field: str) -> list[Json]:
        buttons: list[Json] = listed(value, field)
        unique([button[word]["id"] for button in buttons], field, "id")
        unique([button[word]["title"] for button in buttons], field, "title")
        return buttons

    return check


_ROW = shape({"id": text(200), "title": text(24)}, {"description": text(72, least=0)})
_SECTIONS = items(shape({"rows": items(_ROW, 10)}, {"title": text(24)}), 10)


def _sections(value: object, field: str) -> list[Json]:
    sections: list[Json] = _SECTIONS(value, field)
    rows = [row for section in sections for row in section["rows"]]
    if len(rows) > 10:
        raise Invalid(
            f"{field} have {len(rows)} rows; WhatsApp takes 10 in all sections together.",
            field=field,
        )
    unique([row["id"] for row in rows], field, "row id")
    _titled(sections, field)
    return sections


def _titled(sections: list[Json], field: str) -> None:
    for place, section in enumerate(sections):
        if len(sections) > 1 and "title" not in section:
            where = f"{field}[{place}].title"
            raise Missing(f"{where} is missing: several sections need titles.", field=where)


_PRODUCT = shape({"product_retailer_id": text(100)})
_PRODUCT_SECTIONS = items(shape({"product_items": items(_PRODUCT, 30)}, {"title": text(24)}), 10)


def _products(value: object, field: str) -> list[Json]:
    sections: list[Json] = _PRODUCT_SECTIONS(value, field)
    if (count := sum(len(section["product_items"]) for section in sections)) > 30:
        raise Invalid(f"{field} have {count} products; WhatsApp takes 30.", field=field)
    _titled(sections, field)
    return sections


def _named(name: str, parameters: Check | None = None, *, optional: bool = False) -> Check:
    """An action of this name, with these parameters."""
    if parameters is None:
        return shape({"name": one_of(name)})
    given = {"parameters": parameters}
    return shape({"name": one_of(name), **({} if optional else given)}, given if optional else {})


_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
_LINK = shape({"display_text": _TITLE, "url": url()})
_FLOW = shape(
    {"flow_message_version": one_of("3"), "flow_cta": text(30)},
    {
        "flow_id": text(100),
        "flow_name": text(200),
        "flow_token": text(1000),
        "mode": one_of("draft", "published"),
        "flow_action": one_of("navigate", "data_exchange"),
        "flow_action_payload": shape({"screen": text(100)}, {"data": anything}),
    },
)


def _flow(value: object, field: str) -> Json:
    flow: Json = _FLOW(value, field)
    if _PICTURES.search(flow["flow_cta"]):
        raise Invalid(f"{field}.flow_cta takes no emoji.", field=f"{field}.flow_cta")
    if ("flow_id" in flow) == ("flow_name" in flow):
        raise Missing(f"{field} needs flow_id or flow_name, one of them.", field=f"{field}.flow_id")
    return flow


_CARD_WORDS = _says(160)


def _card_body(value: object, field: str) -> Json:
    said: Json = _CARD_WORDS(value, field)
    if said["text"].count("\n") > 2:
        raise Invalid(f"{field}.text takes two line breaks at most.", field=f"{field}.text")
    return said


_CARD_HEADER = _header("image", "video")
_LINK_CARD = shape(
    {"type": one_of("cta_url"), "header": _CARD_HEADER, "action": _named("cta_url", _LINK)},
    {"body": _card_body},
)


def _card(value: object, field: str) -> Json:
    given = mapping(value, field)
    rest: Json = {name: item for name, item in given.items() if name != "card_index"}
    if read(rest, "type") == "product":
        fields = {"product_retailer_id": text(100), "catalog_id": text(100)}
        return shape({"type": one_of("product"), "action": shape(fields)})(rest, field)
    if "buttons" in mapping(rest.get("action"), f"{field}.action"):
        buttons = shape({"buttons": _replies(3, "quick_reply")})
        parts: dict[str, Check] = {"header": _CARD_HEADER, "action": buttons}
        return shape(parts, {"type": text(20), "body": _card_body})(rest, field)
    return _LINK_CARD(rest, field)


def _cards(value: object, field: str) -> list[Json]:
    """The cards, numbered in their order, all of one build."""
    cards: list[Json] = items(_card, 10, least=2)(value, field)
    builds = {
        (read(card.get("header"), "type"), len(card["action"].get("buttons", ()))) for card in cards
    }
    if len(builds) > 1:
        raise Invalid(f"All {field} need the same kind of header and buttons.", field=field)
    return [{"card_index": place, **card} for place, card in enumerate(cards)]


_CALL = shape({"display_text": _TITLE}, {"ttl_minutes": whole(1, 43200), "payload": text(512)})
_ADDRESS = shape(
    {"country": one_of("IN")},
    {
        "values": anything,
        "saved_addresses": items(shape({"id": text(256), "value": anything}), 20),
        "validation_errors": anything,
    },
)
_THUMBNAIL = shape({}, {"thumbnail_product_retailer_id": text(100)})


def _kind(action: Check, *, header: Check | None = None, body: Check | None = _BODY) -> Check:
    """An interactive message with this action; `body` None where the body may be missing."""
    extras: dict[str, Check] = {"footer": _FOOTER, **({"header": header} if header else {})}
    if body is None:
        return shape({"type": text(50), "action": action}, {"body": _BODY, **extras})
    return shape({"type": text(50), "body": body, "action": action}, extras)


_KINDS: dict[str, Callable[[object, str], Json]] = {
    "button": _kind(shape({"buttons": _replies(3, "reply")}), header=_ANY_HEADER),
    "list": _kind(
        shape({"button": _TITLE, "sections": _sections}), header=_TEXT_HEADER, body=_LONG_BODY
    ),
    "cta_url": _kind(_named("cta_url", _LINK), header=_ANY_HEADER),
    "location_request_message": _kind(_named("send_location")),
    "flow": _kind(_named("flow", _flow), header=_ANY_HEADER),
    "address_message": _kind(_named("address_message", _ADDRESS), header=_TEXT_HEADER),
    "product": _kind(shape({"catalog_id": text(100), "product_retailer_id": text(100)}), body=None),
    "product_list": _kind(
        shape({"catalog_id": text(100), "sections": _products}), header=_TEXT_HEADER
    ),
    "catalog_message": _kind(_named("catalog_message", _THUMBNAIL, optional=True)),
    "carousel": shape({"type": text(50), "body": _BODY, "action": shape({"cards": _cards})}),
    "voice_call": _kind(_named("voice_call", _CALL)),
    "call_permission_request": _kind(_named("call_permission_request"), body=None),
    "request_contact_info": _kind(_named("request_contact_info")),
    "order_details": _kind(_named("review_and_pay", check_order_details), header=_ANY_HEADER),
    "order_status": _kind(_named("review_order", ORDER_STATUS)),
}


def check_interactive(value: object, field: str) -> Json:
    """The interactive object, checked by its `type`."""
    given = mapping(value, field)
    kind: str = one_of(*_KINDS)(given.get("type"), f"{field}.type")
    checked = _KINDS[kind](given, field)
    if kind == "product_list" and "header" not in checked:
        raise Missing(f"{field}.header is missing.", field=f"{field}.header")
    return checked
