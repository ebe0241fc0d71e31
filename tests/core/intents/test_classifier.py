"""Intents learnt from phrases."""

from __future__ import annotations

import pytest

from botpe_app.core.intents import OUT_OF_SCOPE, learn
from botpe_app.errors import Invalid

SHOP = [
    ("where is my order", "track"),
    ("track my parcel please", "track"),
    ("has my package been shipped", "track"),
    ("i want my money back", "refund"),
    ("refund my purchase", "refund"),
    ("how do i return this and get a refund", "refund"),
    ("when do you open", "hours"),
    ("what are your opening hours", "hours"),
    ("are you open on sunday", "hours"),
]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Where's my ORDER?", "track"),
        ("pls track the parcel", "track"),
        ("I need a refund", "refund"),
        ("money back!!", "refund"),
        ("opening hours on Sunday?", "hours"),
    ],
)
def test_another_wording_of_a_phrase_is_its_intent(text: str, intent: str) -> None:
    guess = learn(SHOP).guess(text)
    assert guess.intent == intent
    assert guess.ranked[0][0] == intent
    assert 0.5 <= guess.confidence <= 1


def test_a_misspelt_phrase_is_still_known() -> None:
    assert learn(SHOP).guess("refnd my purchse").ranked[0][0] == "refund"


@pytest.mark.parametrize(
    "text", ["tell me a joke about penguins", "xyzzy", "", " ", "🙂", "\0", "!?"]
)
def test_what_resembles_no_phrase_is_out_of_scope(text: str) -> None:
    guess = learn(SHOP).guess(text)
    assert guess.intent == OUT_OF_SCOPE
    assert 0 <= guess.confidence <= 1


def test_a_single_intent_does_not_swallow_everything() -> None:
    only = learn([("book a table", "book"), ("reserve a table for two", "book")])
    assert only.guess("book a table for two").intent == "book"
    assert only.guess("my phone is broken").intent == OUT_OF_SCOPE


def test_phrases_said_to_be_out_of_scope_are_learnt_as_such() -> None:
    aside = [("tell me about the weather", OUT_OF_SCOPE), ("how is the weather", OUT_OF_SCOPE)]
    assert learn(SHOP + aside).guess("how is the weather today").intent == OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("मेरा ऑर्डर कहाँ है", "मेरा पार्सल ट्रैक करो"), ("मुझे पैसे वापस चाहिए", "रिफंड कर दो")),
        (("我的订单在哪里", "查询我的快递"), ("我要退款", "请把钱退给我")),
        (("أين طلبي", "تتبع شحنتي"), ("أريد استرداد المال", "أرجعوا لي نقودي")),
        (
            ("onde está o meu pedido", "rastrear encomenda"),
            ("quero reembolso", "dinheiro de volta"),
        ),
    ],
)
def test_two_phrases_an_intent_will_do_in_any_script(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    taught = learn([(text, "track") for text in first] + [(text, "refund") for text in second])
    assert [taught.guess(text).intent for text in first] == ["track"] * 2
    assert [taught.guess(text).intent for text in second] == ["refund"] * 2


@pytest.mark.parametrize("none", [[], [("", "a")], [("  ", "a")], [("hello", "")], [("x", "oos")]])
def test_without_a_phrase_of_an_intent_there_is_nothing_to_learn(
    none: list[tuple[str, str]],
) -> None:
    with pytest.raises(Invalid, match="no phrase"):
        learn(none)


def test_a_huge_text_costs_no_more_than_its_beginning() -> None:
    assert learn(SHOP).guess("refund my purchase " + "refund " * 100_000).intent == "refund"


def test_the_same_phrases_give_the_same_classifier() -> None:
    texts = [text for text, _ in SHOP]
    first, second = learn(SHOP), learn(SHOP)
    assert [first.guess(text) for text in texts] == [second.guess(text) for text in texts]


def many(intents: int, each: int) -> list[tuple[str, str]]:
    """Phrases of made-up intents, each with words of its own."""
    polite = ("please", "could you", "i want to", "help me", "now", "i would like to")
    return [
        (f"{polite[n % len(polite)]} verb{intent} the noun{intent} number {n}", f"intent{intent}")
        for intent in range(intents)
        for n in range(each)
    ]


def test_confidence_learnt_from_phrases_held_back_tells_known_from_strange() -> None:
    taught = learn(many(20, 30))
    known = [taught.guess(f"verb{n} my noun{n}") for n in range(20)]
    strange = [taught.guess(text) for text in ("sing a song", "what about lunch", "who are you")]
    assert sum(guess.intent == f"intent{n}" for n, guess in enumerate(known)) >= 18
    assert [guess.intent for guess in strange] == [OUT_OF_SCOPE] * 3
