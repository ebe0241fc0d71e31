"""The lint of message templates: each rule with one that keeps it and one that breaks it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from botpe_app.whatsapp.simulator.templates import default_templates
from botpe_app.whatsapp.templates import KINDS, lint

Json = dict[str, Any]


def body(text: str, *samples: str) -> Json:
    example = {"example": {"body_text": [list(samples)]}} if samples else {}
    return {"type": "BODY", "text": text, **example}


def header(text: str, *samples: str) -> Json:
    return {
        "type": "HEADER",
        "format": "TEXT",
        "text": text,
        "example": {"header_text": list(samples)},
    }


def footer(text: str) -> Json:
    return {"type": "FOOTER", "text": text}


def buttons(*given: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(given)}


def quick(text: str) -> Json:
    return {"type": "QUICK_REPLY", "text": text}


def url(address: str, text: str = "Open", **others: Any) -> Json:
    return {"type": "URL", "text": text, "url": address, **others}


HI = body("Hello, your order is on its way.")
PHOTO = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}}
SITE = "https://shop.example.com/"
CODE = {"type": "COPY_CODE", "example": "SAVE20"}


def problems(*components: Json, **head: Any) -> list[tuple[str, str]]:
    """(field, severity) of what is wrong with a template of these components."""
    template = {"name": "order", "language": "en", "category": "UTILITY", **head}
    return [(p.field, p.severity) for p in lint({**template, "components": list(components)})]


def errors(*components: Json, **head: Any) -> list[str]:
    return [field for field, severity in problems(*components, **head) if severity == "error"]


SOUND = [
    (HI,),
    (body("Hi {{1}}, your order {{2}} has shipped today.", "Ana", "A-1"),),
    (body("x" * 1024),),
    (header("Order {{1}}", "A-1"), HI, footer("Reply STOP to opt out")),
    (header("x" * 60), HI, footer("y" * 60)),
    (PHOTO, HI),
    ({"type": "header", "format": "location"}, {"type": "body", "text": "We meet here."}),
    (HI, buttons(*(quick(f"Answer {n}") for n in range(3)))),
    (HI, buttons(quick("x" * 25), url(SITE), url(SITE, "More"))),
    (HI, buttons(url(SITE), quick("One"), quick("Two"))),
    (HI, buttons(url(SITE + "{{1}}", example=[SITE + "42"]))),
    (HI, buttons({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550051310"})),
    (HI, buttons({"type": "FLOW", "text": "Book", "flow_id": "1"})),
]


@pytest.mark.parametrize("components", SOUND)
def test_a_template_that_keeps_the_rules_has_no_problem(components: tuple[Json, ...]) -> None:
    assert problems(*components) == []


BODY = "components[0].text"
BROKEN: list[tuple[tuple[Json, ...], str]] = [
    ((), "components"),
    ((footer("only"),), "components"),
    ((HI, HI), "components[1]"),
    (({"type": "SIDEBAR"}, HI), "components[0].type"),
    ((body(""),), BODY),
    (({"type": "BODY", "text": 7},), BODY),
    ((body("x" * 1025),), BODY),
    ((body("😀" * 513),), BODY),
    ((body("{{1}} is here, all of it", "Ana"),), BODY),
    ((body("All of it is for {{1}}", "Ana"),), BODY),
    ((body("Hi {{1}} {{2}}, it is here, all of it", "Ana", "B"),), BODY),
    ((body("Hi {{2}}, it is here now", "Ana"),), BODY),
    ((body("Hi {{1}}, it is {{3}} for you, all of it", "a", "b"),), BODY),
    ((body("Hi {{0}}, it is here now", "Ana"),), BODY),
    ((body("Hi {{1}, it is here now", "Ana"),), BODY),
    ((body("Hi {{ 1 }}, it is here now", "Ana"),), BODY),
    ((body("Hi {{Name}}, it is here now", "Ana"),), BODY),
    ((body("Hi {{1}} and {{name}}, it is here for you", "Ana"),), BODY),
    ((body("Hi {{1}}, it is here now"),), "components[0].example"),
    ((body("Hi {{1}}, it is here now", " "),), "components[0].example"),
    ((body("Hi {{1}}, it is here now", "a\nb"),), "components[0].example"),
    ((body("Hi {{1}}, it is here now", "a     b"),), "components[0].example"),
    ((header("x" * 61), HI), BODY),
    ((header("Hi 😀"), HI), BODY),
    ((header("*Hi*"), HI), BODY),
    ((header("a\nb"), HI), BODY),
    ((header("{{1}} and {{2}}", "a", "b"), HI), BODY),
    (({"type": "HEADER", "format": "AUDIO"}, HI), "components[0].format"),
    (({"type": "HEADER", "format": "IMAGE"}, HI), "components[0].example"),
    ((HI, footer("x" * 61)), "components[1].text"),
    ((HI, footer("for {{1}} only")), "components[1].text"),
    ((HI, footer("a\nb")), "components[1].text"),
    ((HI, buttons()), "components[1].buttons"),
    ((HI, {"type": "BUTTONS", "buttons": ["x"]}), "components[1].buttons"),
    ((HI, buttons(*(quick(f"Answer {n}") for n in range(11)))), "components[1].buttons"),
    ((HI, buttons(*(url(SITE, f"{n}") for n in range(3)))), "components[1].buttons"),
    ((HI, buttons(quick("One"), url(SITE), quick("Two"))), "components[1].buttons"),
    ((HI, buttons(quick("Yes"), quick("Yes"))), "components[1].buttons"),
    ((HI, buttons({"type": "NEW"})), "components[1].buttons[0].type"),
    ((HI, buttons(quick("x" * 26))), "components[1].buttons[0].text"),
    ((HI, buttons(quick("Yes {{1}}"))), "components[1].buttons[0].text"),
    ((HI, buttons(quick("Yes 👍"))), "components[1].buttons[0].text"),
    ((HI, buttons(url("shop"))), "components[1].buttons[0].url"),
    ((HI, buttons(url(SITE + "x" * 2000))), "components[1].buttons[0].url"),
    ((HI, buttons(url("https://wa.me/15550051310"))), "components[1].buttons[0].url"),
    ((HI, buttons(url("https://bit.ly/x"))), "components[1].buttons[0].url"),
    ((HI, buttons(url(SITE + "{{1}}/x", example="x"))), "components[1].buttons[0].url"),
    ((HI, buttons(url(SITE + "{{1}}"))), "components[1].buttons[0].example"),
    (
        (HI, buttons({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "call me"})),
        "components[1].buttons[0].phone_number",
    ),
    ((HI, buttons({"type": "COPY_CODE"})), "components[1].buttons[0].example"),
    ((HI, buttons({"type": "FLOW", "text": "Go"})), "components[1].buttons[0].flow_id"),
    ((HI, buttons({"type": "OTP", "otp_type": "COPY_CODE"})), "components[1].buttons[0].type"),
]


@pytest.mark.parametrize(("components", "field"), BROKEN)
def test_a_broken_rule_is_told_at_its_field(components: tuple[Json, ...], field: str) -> None:
    assert field in errors(*components)


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ({"name": "Order-1"}, "name"),
        ({"name": "x" * 513}, "name"),
        ({"name": ""}, "name"),
        ({"language": "english"}, "language"),
        ({"category": "SERVICE"}, "category"),
    ],
)
def test_name_language_and_category_have_their_rules(head: Json, field: str) -> None:
    assert errors(HI, **head) == [field]


def test_named_variables_come_with_samples_by_name() -> None:
    text = "Hi {{first_name}}, your order {{order}} has shipped."
    named = [
        {"param_name": "first_name", "example": "Ana"},
        {"param_name": "order", "example": "A-1"},
    ]
    part = {"type": "BODY", "text": text, "example": {"body_text_named_params": named}}
    assert problems(part) == []
    part = {"type": "BODY", "text": text, "example": {"body_text_named_params": named[:1]}}
    assert errors(part) == ["components[0].example"]


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{1}} now",
        "A summer sale: 20% off",
        "Tell us your card number",
        "We will take legal action",
        "One\n\n\n\nTwo",
        "See https://bit.ly/abc for it",
        "Hello dear customers, Здравствуйте дорогие клиенты",
        "Hi {1}, how are you",
    ],
)
def test_what_reviews_dislike_is_a_warning_and_no_error(text: str) -> None:
    found = problems(body(text, "Ana"))
    assert found
    assert {severity for _, severity in found} == {"warning"}


def test_two_templates_may_not_say_the_same() -> None:
    template = {"name": "b", "language": "en", "category": "UTILITY", "components": [HI]}
    assert [p.field for p in lint(template, [("a", [HI])])] == ["components"]
    assert lint(template, [("a", [HI, footer("Bye")])]) == []


OTP = {"type": "OTP", "otp_type": "COPY_CODE"}
APP = {"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"}


def test_a_one_time_password_has_its_own_form() -> None:
    def wrong(*components: Json) -> list[str]:
        return errors(*components, category="AUTHENTICATION")

    fixed = {"type": "BODY", "add_security_recommendation": True}
    expiry = {"type": "FOOTER", "code_expiration_minutes": 10}
    assert wrong(fixed, expiry, buttons(OTP)) == []
    assert wrong(fixed, buttons({**OTP, "otp_type": "ONE_TAP", "supported_apps": [APP]})) == []
    assert wrong(fixed, {**expiry, "code_expiration_minutes": 91}, buttons(OTP)) == [
        "components[1].code_expiration_minutes"
    ]
    assert wrong(fixed) == ["components"]
    assert wrong(fixed, PHOTO, buttons(OTP)) == ["components[1]"]
    assert wrong(fixed, buttons(OTP, quick("x"))) == ["components[1].buttons"]
    button = "components[1].buttons[0]"
    assert wrong(fixed, buttons({**OTP, "otp_type": "SMS"})) == [f"{button}.otp_type"]
    assert wrong(fixed, buttons({**OTP, "otp_type": "ONE_TAP"})) == [f"{button}.supported_apps"]
    assert wrong(
        fixed, buttons({**OTP, "otp_type": "ZERO_TAP", "supported_apps": [{}]})
    ) == [
        f"{button}.supported_apps[0].package_name",
        f"{button}.supported_apps[0].signature_hash",
        f"{button}.zero_tap_terms_accepted",
    ]  # fmt: skip


def test_a_limited_time_offer_is_marketing_with_a_code_and_an_address() -> None:
    offer = {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "Ends soon", "has_expiration": True},
    }
    both = buttons(CODE, url(SITE))
    assert errors(HI, offer, both, category="MARKETING") == []
    assert errors(HI, offer, both) == ["components[1]"]
    assert errors(HI, offer, buttons(url(SITE)), category="MARKETING") == ["components[1]"]
    assert errors(HI, offer, both, footer("Bye"), category="MARKETING") == ["components[1]"]
    assert errors(body("x" * 601), offer, both, category="MARKETING") == [BODY]
    offer["limited_time_offer"] = {"text": "x" * 17}
    assert errors(HI, offer, buttons(url(SITE)), category="MARKETING") == [
        "components[1].limited_time_offer.text"
    ]


def test_a_carousels_cards_look_alike() -> None:
    card = {"components": [PHOTO, body("Nice"), buttons(quick("Buy"))]}

    def wrong(*cards: Json, others: tuple[Json, ...] = ()) -> list[str]:
        carousel = {"type": "CAROUSEL", "cards": [copy.deepcopy(c) for c in cards]}
        return errors(HI, carousel, *others, category="MARKETING")

    assert wrong(card, card) == []
    assert wrong(card) == ["components[1].cards"]
    assert wrong(*[card] * 11) == ["components[1].cards"]
    plain = {"components": [PHOTO, buttons(quick("Buy"))]}
    assert wrong(card, plain) == ["components[1].cards"]
    wordy = {"components": [PHOTO, body("x" * 161), buttons(quick("Buy"))]}
    assert wrong(wordy, wordy) == [f"components[1].cards[{n}].BODY.text" for n in (0, 1)]
    assert wrong(card, card, others=(footer("x"),)) == ["components[1]"]
    bare = {"components": [{"type": "HEADER", "format": "TEXT", "text": "x"}]}
    assert "components[1].cards[0].BUTTONS" in wrong(bare, bare)


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, [[]], [None], [{"type": 7}], {"type": {}}])
def test_nothing_odd_breaks_the_lint(odd: Any) -> None:
    assert lint({"components": odd})
    inside = dict.fromkeys(("text", "buttons", "cards", "example", "limited_time_offer"), odd)
    parts = [{"type": kind, **inside} for kind in KINDS]
    for category in ("MARKETING", "AUTHENTICATION"):
        assert lint({"category": category, "components": parts})


def test_the_simulators_templates_lack_nothing_but_samples_of_their_pictures() -> None:
    for made in default_templates():
        found = errors(*made.components, category=made.category, language=made.language)
        assert set(found) <= {"components[0].example"}
