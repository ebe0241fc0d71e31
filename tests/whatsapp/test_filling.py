"""Templates with their places filled, as they are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from botpe_app.whatsapp.messages import validate
from botpe_app.whatsapp.templates.filling import filled, fixed, lacking, places, shown

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LINK = "https://shop.example.com/a.jpg"
URL = {"type": "URL", "text": "See", "url": "https://shop.example.com/{{1}}"}


def card(text: str) -> dict[str, Any]:
    return {
        "components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": text},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, URL]},
        ]
    }


CAROUSEL = [
    {"type": "BODY", "text": "Hi {{1}}, look:"},
    {"type": "CAROUSEL", "cards": [card("Tents"), card("Boots for {{1}}")]},
]
OFFER = [
    {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Now", "has_expiration": True}},
    {"type": "BODY", "text": "Hurry."},
    {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": ["X"]}, URL]},
]
CARDS = {"0.header.link": LINK, "1.header.id": "77"}


def sent(components: list[dict[str, Any]], values: Any, same: Any) -> list[dict[str, Any]]:
    """The parameters, which a send of the message takes as they are."""
    content = {"name": "x", "language": {"code": "en"}}
    content["components"] = filled(components, values, same)
    return validate("template", content)["components"]


def test_cards_have_places_of_their_own_and_are_sent_in_their_order() -> None:
    values = {place: f"v{n}" for n, place in enumerate(places(CAROUSEL))}
    assert list(values) == [
        ("body", "1"), ("cards", "0.buttons.1"), ("cards", "1.body.1"), ("cards", "1.buttons.1"),
    ]  # fmt: skip
    assert fixed(CAROUSEL) == [("cards", "0.header.link"), ("cards", "1.header.link")]
    body, carousel = sent(CAROUSEL, values, {"cards": CARDS})
    assert body["parameters"] == [{"type": "text", "text": "v0"}]
    first, second = carousel["cards"]
    assert (first["card_index"], second["card_index"]) == (0, 1)
    assert first["components"] == [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": LINK}}]},
        {"type": "button", "sub_type": "url", "index": "1",
         "parameters": [{"type": "text", "text": "v1"}]},
    ]  # fmt: skip
    assert second["components"][0]["parameters"] == [{"type": "image", "image": {"id": "77"}}]
    assert second["components"][1]["parameters"] == [{"type": "text", "text": "v2"}]
    assert shown(CAROUSEL, values) == "Hi v0, look:\nTents\nBoots for v2"


def test_an_offer_says_when_it_ends() -> None:
    assert fixed(OFFER) == [("offer", "expires_at")]
    values = {("buttons", "0"): "SAVE20", ("buttons", "1"): "tents"}
    offer, code, _ = sent(OFFER, values, {"offer": {"expires_at": "2026-12-02T00:00:00+01:00"}})
    assert offer["parameters"][0]["limited_time_offer"] == {"expiration_time_ms": 1796166000000}
    assert code["parameters"] == [{"type": "coupon_code", "coupon_code": "SAVE20"}]


@pytest.mark.parametrize(
    ("components", "same", "part", "words"),
    [
        (CAROUSEL, {"cards": CARDS}, "", ""),
        (CAROUSEL, {"cards": {"0.header.link": LINK}}, "cards", "Card 2: The header needs a file"),
        (CAROUSEL, {}, "cards", "Card 1: The header needs a file"),
        (OFFER, {"offer": {"expires_at": "2026-12-02T00:00:00Z"}}, "", ""),
        (OFFER, {"offer": {"expires_at": "2026-12-02T00:00:00"}}, "offer", "Say when"),
        (OFFER, {"offer": {"expires_at": "2026-11-30T00:00:00Z"}}, "offer", "has ended"),
        (OFFER, {}, "offer", "Say when"),
        ([{"type": "HEADER", "format": "LOCATION"}], {}, "header", "latitude"),
        ([{"type": "HEADER", "format": "PRODUCT"}], {}, "header", "product_retailer_id"),
        ([{"type": "HEADER", "format": "TEXT", "text": "Hi"}], {}, "", ""),
    ],
)
def test_what_all_get_must_be_there(
    components: list[dict[str, Any]], same: dict[str, Any], part: str, words: str
) -> None:
    lacks, why = lacking(components, same, NOW)
    assert (lacks, words in why) == (part, True)
