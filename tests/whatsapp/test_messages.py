import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.errors import Invalid
from botpe_app.whatsapp.messages import (
    TYPES,
    Missing,
    build,
    build_read,
    check_file,
    preview,
    validate,
)
from tests.whatsapp.test_split import any_json

Json = dict[str, Any]


def button(n: int, title: str = "") -> Json:
    return {"type": "reply", "reply": {"id": f"b{n}", "title": title or f"Button {n}"}}


def buttons(*listed: Json, **others: Any) -> Json:
    return {
        "type": "button",
        "body": {"text": "Pick"},
        "action": {"buttons": list(listed)},
        **others,
    }


def rows(count: int, **others: Any) -> Json:
    return {"rows": [{"id": f"r{n}", "title": f"Row {n}"} for n in range(count)], **others}


def picklist(*sections: Json, body: str = "Pick", **others: Any) -> Json:
    action = {"button": "Open", "sections": list(sections)}
    return {"type": "list", "body": {"text": body}, "action": action, **others}


def link(**parameters: Any) -> Json:
    shown = {"display_text": "Track", "url": "https://x.example/t", **parameters}
    return {
        "type": "cta_url",
        "body": {"text": "Here"},
        "action": {"name": "cta_url", "parameters": shown},
    }


def template(*components: Json, **others: Any) -> Json:
    named = {"name": "order_update", "language": {"code": "en_US"}}
    return {**named, "components": list(components), **others}


def body_of(text: str) -> Json:
    return {"type": "body", "parameters": [{"type": "text", "text": text}]}


PERSON = {"name": {"formatted_name": "Ana P", "first_name": "Ana"}, "phones": [{"phone": "+1"}]}
LOCATION = {"latitude": 37.4, "longitude": -122.1}
MONEY = {"value": 1000, "offset": 100}
ORDER = {
    "type": "order_details",
    "body": {"text": "Your order"},
    "action": {
        "name": "review_and_pay",
        "parameters": {
            "reference_id": "r-1",
            "type": "digital-goods",
            "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://x.y"}}],
            "currency": "BRL",
            "total_amount": {"value": 2100, "offset": 100},
            "order": {
                "status": "pending",
                "items": [{"retailer_id": "s", "name": "Tea", "amount": MONEY, "quantity": 2}],
                "subtotal": {"value": 2000, "offset": 100},
                "tax": {"value": 100, "offset": 100},
            },
        },
    },
}

ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"
FAMILY = "👩\u200d👩\u200d👧"
EMOJIS = ["👍", "❤️", "👍🏽", "🇧🇷", "1️⃣", FAMILY, ENGLAND, "©️"]

GOOD: list[tuple[str, Any]] = [
    ("text", {"body": "x" * 4096, "preview_url": True}),
    ("text", {"body": "😀" * 2048}),
    ("image", {"id": "1", "caption": "x" * 1024}),
    ("image", {"link": "https://x.example/a.jpg"}),
    ("video", {"id": "1"}),
    ("audio", {"id": "1", "voice": True}),
    ("document", {"id": "1", "caption": "x", "filename": "a.pdf"}),
    ("sticker", {"id": "1"}),
    ("location", {**LOCATION, "name": "HQ", "address": "1 Way"}),
    ("contacts", {"contacts": [PERSON] * 257}),
    ("reaction", {"message_id": "wamid.1", "emoji": ""}),
    *[("reaction", {"message_id": "wamid.1", "emoji": emoji}) for emoji in EMOJIS],
    ("interactive", buttons(button(1, "x" * 20), button(2), button(3))),
    ("interactive", buttons(button(1), header={"type": "text", "text": "x" * 60})),
    ("interactive", buttons(button(1), header={"type": "image", "image": {"id": "1"}})),
    ("interactive", buttons(button(1), footer={"text": "x" * 60})),
    ("interactive", picklist(rows(10), body="x" * 4096)),
    ("interactive", link(display_text="x" * 20)),
    (
        "interactive",
        {
            "type": "location_request_message",
            "body": {"text": "Where?"},
            "action": {"name": "send_location"},
        },
    ),
    (
        "interactive",
        {
            "type": "flow",
            "body": {"text": "Book"},
            "action": {
                "name": "flow",
                "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"},
            },
        },
    ),
    ("interactive", {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "s"}}),
    ("interactive", ORDER),
    ("template", template()),
    ("template", template(body_of("Ana"), {"type": "header", "parameters": []})),
    (
        "template",
        template(
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": "promo/42"}],
            }
        ),
    ),
]


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_what_is_within_the_limits_is_kept_as_it_came(kind: str, content: Any):
    assert validate(kind, content) == content
    sent = build(kind, content, to="+16505551234")
    assert sent[kind] == (content["contacts"] if kind == "contacts" else content)
    assert preview(kind, content)


BAD: list[tuple[str, Any, str]] = [
    ("text", {"body": "x" * 4097}, "text.body"),
    ("text", {"body": "😀" * 2049}, "text.body"),
    ("text", {"body": " \n"}, "text.body"),
    ("text", {"body": "a\x00b"}, "text.body"),
    ("text", {"body": "a\ud800"}, "text.body"),
    ("text", {"body": 7}, "text.body"),
    ("text", {}, "text.body"),
    ("text", None, "text"),
    ("text", "hi", "text"),
    ("text", {"body": "x", "preview_url": "yes"}, "text.preview_url"),
    ("text", {"body": "x", "colour": "red"}, "text.colour"),
    ("image", {}, "image"),
    ("image", {"id": "1", "link": "https://x.example"}, "image.link"),
    ("image", {"link": "ftp://x.example"}, "image.link"),
    ("image", {"id": "1", "caption": "x" * 1025}, "image.caption"),
    ("audio", {"id": "1", "caption": "x"}, "audio.caption"),
    ("sticker", {"id": "1", "caption": "x"}, "sticker.caption"),
    ("location", {"latitude": 90.1, "longitude": 0}, "location.latitude"),
    ("location", {"latitude": 0, "longitude": "west"}, "location.longitude"),
    ("location", {"latitude": True, "longitude": 0}, "location.latitude"),
    ("location", {"latitude": 0}, "location.longitude"),
    ("contacts", [], "contacts"),
    ("contacts", [PERSON] * 258, "contacts"),
    ("contacts", [{"name": {"formatted_name": "Ana"}}], "contacts[0].name.first_name"),
    ("contacts", [{**PERSON, "birthday": "soon"}], "contacts[0].birthday"),
    ("reaction", {"message_id": "w", "emoji": "👍👍"}, "reaction.emoji"),
    ("reaction", {"message_id": "w", "emoji": "ok"}, "reaction.emoji"),
    ("reaction", {"emoji": "👍"}, "reaction.message_id"),
    ("interactive", {"type": "hologram"}, "interactive.type"),
    ("interactive", {}, "interactive.type"),
    ("interactive", buttons(), "interactive.action.buttons"),
    ("interactive", buttons(*map(button, range(4))), "interactive.action.buttons"),
    (
        "interactive",
        buttons(button(1, "x" * 21)),
        "interactive.action.buttons[0].reply.title",
    ),
    ("interactive", buttons(button(1), button(1, "B")), "interactive.action.buttons"),
    ("interactive", buttons(button(1, "A"), button(2, "A")), "interactive.action.buttons"),
    ("interactive", buttons(button(1), body={"text": "x" * 1025}), "interactive.body.text"),
    ("interactive", buttons(button(1), footer={"text": "x" * 61}), "interactive.footer.text"),
    (
        "interactive",
        buttons(button(1), header={"type": "text", "text": "x" * 61}),
        "interactive.header.text",
    ),
    ("interactive", buttons(button(1), header={"type": "audio"}), "interactive.header.type"),
    ("interactive", picklist(rows(11)), "interactive.action.sections[0].rows"),
    (
        "interactive",
        picklist(rows(6, title="A"), rows(5, title="B")),
        "interactive.action.sections",
    ),
    ("interactive", picklist(rows(2), rows(2)), "interactive.action.sections"),
    ("interactive", picklist(rows(1), body="x" * 4097), "interactive.body.text"),
    ("interactive", picklist(rows(1), header={"type": "image"}), "interactive.header.type"),
    ("interactive", picklist(*[rows(1)] * 11), "interactive.action.sections"),
    (
        "interactive",
        link(display_text="x" * 21),
        "interactive.action.parameters.display_text",
    ),
    ("interactive", link(url="x.example"), "interactive.action.parameters.url"),
    ("template", {"name": "a"}, "template.language"),
    ("template", {"name": "Order-1", "language": "en"}, "template.name"),
    ("template", {"name": "a", "language": "english"}, "template.language.code"),
    ("template", template(body_of("a\nb")), "template.components[0].parameters[0].text"),
    ("template", template(body_of("a     b")), "template.components[0].parameters[0].text"),
    ("template", template({"type": "footer"}), "template.components[0].type"),
    (
        "template",
        template({"type": "button", "sub_type": "url", "index": 10}),
        "template.components[0].index",
    ),
    ("poll", {}, "type"),
]


@pytest.mark.parametrize(("kind", "content", "field"), BAD)
def test_what_is_beyond_a_limit_is_refused_and_its_field_named(kind: str, content: Any, field: str):
    with pytest.raises(Invalid) as refusal:
        validate(kind, content)
    assert refusal.value.field == field


def test_a_section_without_a_title_is_refused_where_there_are_several():
    one, two = rows(1), {"rows": [{"id": "other", "title": "Other"}]}
    assert validate("interactive", picklist(one))
    with pytest.raises(Missing) as refusal:
        validate("interactive", picklist(one, two))
    assert refusal.value.field == "interactive.action.sections[0].title"


def test_a_refusal_names_the_limit_and_the_mend():
    with pytest.raises(Invalid, match=r"has 4,097 characters; WhatsApp takes 4,096\. Shorten it"):
        validate("text", {"body": "x" * 4097})
    with pytest.raises(Invalid, match=r"one of text, image, .*template"):
        validate("poll", {})


def test_what_is_absent_is_told_from_what_is_wrong():
    for content in ({}, {"body": None}, {"body": ""}):
        with pytest.raises(Missing):
            validate("text", content)
    with pytest.raises(Invalid) as refusal:
        validate("text", {"body": 7})
    assert not isinstance(refusal.value, Missing)


def test_shorthands_are_spelled_out():
    assert validate("contacts", [PERSON]) == {"contacts": [PERSON]}
    assert validate("template", {"name": "a", "language": "pt_BR"})["language"] == {"code": "pt_BR"}
    assert validate("text", {"body": "x", "preview_url": None}) == {"body": "x"}
    upper = template({"type": "BUTTON", "sub_type": "url", "index": 0})
    assert validate("template", upper)["components"] == [
        {"type": "button", "sub_type": "url", "index": "0"}
    ]


def test_an_orders_sums_must_agree():
    wrong = json.loads(json.dumps(ORDER))
    wrong["action"]["parameters"]["total_amount"]["value"] = 2000
    with pytest.raises(Invalid, match="its parts make 2100"):
        validate("interactive", wrong)


def test_carousel_cards_are_numbered_and_alike():
    card = {
        "type": "cta_url",
        "header": {"type": "image", "image": {"id": "1"}},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Go", "url": "https://x.example"},
        },
    }
    carousel = {"type": "carousel", "body": {"text": "See"}, "action": {"cards": [card, card]}}
    cards = validate("interactive", carousel)["action"]["cards"]
    assert [c["card_index"] for c in cards] == [0, 1]
    other = {**card, "header": {"type": "video", "video": {"id": "1"}}}
    with pytest.raises(Invalid) as refusal:
        validate("interactive", {**carousel, "action": {"cards": [card, other]}})
    assert refusal.value.field == "interactive.action.cards"


def test_a_message_is_written_as_graph_json():
    sent = build(
        "text", {"body": "hi"}, to="+16505551234", context_wamid="wamid.0", callback_data="try:1"
    )
    assert sent == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "type": "text",
        "text": {"body": "hi"},
        "context": {"message_id": "wamid.0"},
        "biz_opaque_callback_data": "try:1",
    }


def test_a_user_id_is_addressed_as_recipient():
    sent = build("text", {"body": "hi"}, to="US.134")
    assert sent["recipient"] == "US.134"
    assert "to" not in sent


def test_a_reaction_never_quotes():
    reaction = {"message_id": "wamid.1", "emoji": "👍"}
    assert "context" not in build("reaction", reaction, to="+1", context_wamid="wamid.0")


def test_a_read_receipt_may_show_typing():
    assert "typing_indicator" not in build_read("wamid.1")
    assert build_read("wamid.1", typing=True)["typing_indicator"] == {"type": "text"}


@pytest.mark.parametrize(
    ("kind", "mime", "size"),
    [
        ("image", "image/jpeg", 5 * 1024 * 1024),
        ("audio", "audio/ogg; codecs=opus", 1),
        ("document", "application/x-anything", 1),
    ],
)
def test_a_file_whatsapp_takes_passes(kind: str, mime: str, size: int):
    check_file(kind, mime, size)


@pytest.mark.parametrize(
    ("kind", "mime", "size"),
    [
        ("image", "image/jpeg", 5 * 1024 * 1024 + 1),
        ("image", "image/gif", 1),
        ("image", "image/png", 0),
        ("sticker", "image/webp", 500 * 1024 + 1),
    ],
)
def test_a_file_whatsapp_does_not_take_is_refused(kind: str, mime: str, size: int):
    with pytest.raises(Invalid) as refusal:
        check_file(kind, mime, size, field="upload")
    assert refusal.value.field == "upload"


@given(st.sampled_from(TYPES), any_json)
def test_any_content_is_kept_or_refused_with_its_field(kind: str, content: object):
    try:
        kept = validate(kind, content)
    except Invalid as refusal:
        named = refusal.field or ""
    else:
        named = kind if build(kind, kept, to="+1")["type"] == kind else ""
    assert named.startswith(kind)


@given(st.text(max_size=6), st.integers(4090, 4100), st.sampled_from("aé😀"))
def test_length_is_the_larger_of_code_points_and_utf16_units(start: str, count: int, letter: str):
    body = "x" + start.replace("\x00", "") + letter * count
    longest = max(len(body), len(body.encode("utf-16-le")) // 2)
    try:
        validate("text", {"body": body})
        taken = True
    except Invalid:
        taken = False
    assert taken == (longest <= 4096)
