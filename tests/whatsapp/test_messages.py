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
from tests.whatsapp.outgoing import BAD, GOOD, ORDER, PERSON, picklist, rows, template
from tests.whatsapp.test_split import any_json


@pytest.mark.parametrize(("kind", "content"), GOOD)
def test_what_is_within_the_limits_is_kept_as_it_came(kind: str, content: Any):
    assert validate(kind, content) == content
    sent = build(kind, content, to="+16505551234")
    assert sent[kind] == (content["contacts"] if kind == "contacts" else content)
    assert preview(kind, content)


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
    long = {**card, "body": {"text": "a\nb\nc\nd"}}
    with pytest.raises(Invalid) as refusal:
        validate("interactive", {**carousel, "action": {"cards": [card, long]}})
    assert refusal.value.field == "interactive.action.cards[1].body.text"


def test_the_button_of_a_flow_takes_any_script_but_no_emoji():
    def asked(words: str) -> dict[str, Any]:
        parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": words}
        action = {"name": "flow", "parameters": parameters}
        return {"type": "flow", "body": {"text": "Book"}, "action": action}

    assert validate("interactive", asked("予約する"))
    with pytest.raises(Invalid) as refusal:
        validate("interactive", asked("Book 🎉"))
    assert refusal.value.field == "interactive.action.parameters.flow_cta"


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


def test_a_sticker_that_stands_still_is_smaller_than_one_that_moves():
    check_file("sticker", "image/webp", 100 * 1024, still=True)
    check_file("sticker", "image/webp", 100 * 1024 + 1)
    with pytest.raises(Invalid, match=r"100 KB"):
        check_file("sticker", "image/webp", 100 * 1024 + 1, still=True)
    check_file("image", "image/png", 100 * 1024 + 1, still=True)


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
