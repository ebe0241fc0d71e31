"""What a text names, and how it sounds."""

from __future__ import annotations

import pytest

from botpe_app.core.entities import entities
from botpe_app.core.moods import language, sentiment, urgency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail me at Ana.B+x@example.co.uk please", [("email", "Ana.B+x@example.co.uk")]),
        ("call +351 910 000 123 today", [("phone", "+351910000123"), ("date", "today")]),
        ("order #A-10234 is late", [("order_id", "A-10234")]),
        ("where is order number 88123", [("order_id", "88123")]),
        ("it cost $1,250.50", [("money", "$1,250.50")]),
        ("i paid 30 euros", [("money", "30 euros")]),
        ("₹500 back", [("money", "₹500")]),
        ("on 3 March 2027 at 5:30 pm", [("date", "3 March 2027"), ("time", "5:30 pm")]),
        ("2026-11-25 or next friday", [("date", "2026-11-25"), ("date", "next friday")]),
        ("a table for 4 at 7pm", [("number", "4"), ("time", "7pm")]),
        ("deliver to New Delhi tomorrow", [("location", "New Delhi"), ("date", "tomorrow")]),
        ("in March", []),
        ("hello there", []),
        ("", []),
        ("🙂 \ud800 abc", []),
        ("order a pizza", []),
    ],
)
def test_what_is_named_is_found_once(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.value) for one in entities(text)] == expected


def test_places_are_where_the_value_stands() -> None:
    text = "🙂 order #A-10234 for 2 people, ana@example.com"
    for one in entities(text):
        assert text[one.start : one.end] == one.value


def test_a_phone_without_prefix_is_read_by_its_country() -> None:
    assert [one.value for one in entities("ring 910 000 123", "PT")] == ["+351910000123"]
    assert all(one.name != "phone" for one in entities("ring 910 000 123"))


@pytest.mark.parametrize("text", ["1" * 9000, "$" * 9000, "a@" * 5000, "#1-" * 3000, "in A" * 2000])
def test_long_nonsense_is_read_quickly(text: str) -> None:
    assert len(entities(text)) < 2000


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("This is great, thank you", "positive"),
        ("worst service, totally useless", "negative"),
        ("it is not good", "negative"),
        ("not bad", "positive"),
        ("eso es pésimo", "negative"),
        ("where is my order", "neutral"),
        ("", "neutral"),
    ],
)
def test_plain_feelings_are_told(text: str, feeling: str) -> None:
    assert sentiment(text) == feeling


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I need this ASAP", "high"),
        ("answer me!!!", "high"),
        ("es ist dringend", "high"),
        ("can it come today?", "medium"),
        ("when do you open", "low"),
        ("", "low"),
    ],
)
def test_what_presses_is_told(text: str, level: str) -> None:
    assert urgency(text) == level


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where is my order", "en"),
        ("¿dónde está mi pedido?", "es"),
        ("onde está o meu pedido", "pt"),
        ("où est ma commande", "fr"),
        ("wo ist meine Bestellung", "de"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ("أين طلبي", "ar"),
        ("注文はどこですか", "ja"),
        ("我的订单在哪里", "zh"),
        ("12345 🙂", None),
        ("", None),
    ],
)
def test_the_language_is_told_or_not_guessed(text: str, code: str | None) -> None:
    assert language(text) == code
