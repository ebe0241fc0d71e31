"""What a reply may say."""

from __future__ import annotations

import pytest

from botpe_app.core.grounding import hand_off_words, leaks, quotes, unsupported, wants_person

RULES = (
    "Shipping takes 3 to 5 days and costs 4.90 EUR. Returns within 1,000 hours. help@shop.example"
)


@pytest.mark.parametrize(
    "reply",
    ["It takes 3 to 5 days.", "4,90 EUR.", "You have 1000 hours.", "Write to help@shop.example.",
     "Feel free to ask.", ""],
)  # fmt: skip
def test_what_the_source_says_may_be_said(reply: str) -> None:
    assert unsupported(reply, [RULES]) == []


@pytest.mark.parametrize(
    ("reply", "missing"),
    [
        ("It takes 2 days.", "2"),
        ("It is free of charge, it is free!", "free"),
        ("You get your money back.", "refund"),
        ("Te devolvemos con un descuento", "discount"),
        ("Wir garantieren das.", "guarantee"),
        ("See https://evil.example/x", "https://evil.example/x"),
        ("Write to me@evil.example", "me@evil.example"),
    ],
)
def test_what_no_source_says_is_named(reply: str, missing: str) -> None:
    assert missing in unsupported(reply, [RULES])


def test_a_quote_is_the_sources_own_words() -> None:
    assert quotes("takes 3 to\n5 DAYS", RULES)
    assert not quotes("takes 3 days", RULES)
    assert not quotes(" ", RULES)


def test_eight_words_in_a_row_give_a_secret_away() -> None:
    secret = "You answer customers from the knowledge of the business and nothing else"
    assert leaks(f"Sure: “{secret.upper()}”", secret)
    assert not leaks("I answer customers from the knowledge of a shop", secret)


@pytest.mark.parametrize(
    "text",
    ["I want to talk to a human", "can i speak with an agent please", "human please", "operator",
     "quiero hablar con una persona", "Quero falar com um atendente",
     "Ich möchte mit einem Mitarbeiter sprechen", "je veux parler à quelqu'un"],
)  # fmt: skip
def test_somebody_who_wants_a_person_is_heard(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text", ["how many people per room?", "is the agent fee included?", "", "hi"]
)
def test_somebody_who_does_not_is_not(text: str) -> None:
    assert not wants_person(text)


def test_the_hand_over_is_told_in_the_customers_language() -> None:
    assert hand_off_words("es") != hand_off_words("en") == hand_off_words(None)
