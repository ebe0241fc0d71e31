import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.whatsapp import storable
from botpe_app.whatsapp.payloads import Incoming, parse_message, split
from tests.whatsapp.bodies import message, post, value
from tests.whatsapp.test_split import any_json

HELLO_HEX = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
HELLO_BASE64 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
MEDIA = {"id": "77", "mime_type": "image/jpeg", "sha256": HELLO_BASE64, "url": "https://x"}
FORM = '{"flow_token":"t","rating":5}'

KINDS: list[tuple[str, Any, dict[str, Any], str]] = [
    ("text", {"body": "hi\nthere"}, {"body": "hi\nthere"}, "hi there"),
    (
        "image",
        {**MEDIA, "caption": "the beach"},
        {"id": "77", "mime_type": "image/jpeg", "sha256": HELLO_HEX, "caption": "the beach"},
        "📷 Photo · the beach",
    ),
    (
        "video",
        {"id": "77", "sha256": HELLO_HEX.upper()},
        {"id": "77", "sha256": HELLO_HEX},
        "🎥 Video",
    ),
    ("audio", {"id": "77", "voice": True}, {"id": "77", "voice": True}, "🎤 Voice message"),
    ("audio", {"id": "77", "voice": False}, {"id": "77"}, "🎵 Audio"),
    ("document", {"id": "77", "filename": "a.pdf"}, {"id": "77", "filename": "a.pdf"}, "📄 a.pdf"),
    ("sticker", {"id": "77", "animated": True}, {"id": "77", "animated": True}, "💟 Sticker"),
    (
        "location",
        {"latitude": 37.48, "longitude": "-122.1", "name": "HQ", "address": "1 Way"},
        {"latitude": 37.48, "longitude": -122.1, "name": "HQ", "address": "1 Way"},
        "📍 Location · HQ · 1 Way",
    ),
    (
        "contacts",
        [{"name": {"formatted_name": "Bo"}}, {"name": {"formatted_name": "Cy"}}],
        {"contacts": [{"name": {"formatted_name": "Bo"}}, {"name": {"formatted_name": "Cy"}}]},
        "👤 Contact · Bo, Cy",
    ),
    (
        "reaction",
        {"message_id": "wamid.5", "emoji": "👍"},
        {"message_id": "wamid.5", "emoji": "👍"},
        "Reacted with 👍",
    ),
    (
        "reaction",
        {"message_id": "wamid.5"},
        {"message_id": "wamid.5", "emoji": ""},
        "Took a reaction back",
    ),
    (
        "interactive",
        {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}},
        {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}},
        "Yes",
    ),
    (
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "1", "title": "Tea", "description": "hot"}},
        {"type": "list_reply", "list_reply": {"id": "1", "title": "Tea", "description": "hot"}},
        "Tea",
    ),
    (
        "interactive",
        {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": FORM}},
        {
            "type": "nfm_reply",
            "nfm_reply": {
                "name": "flow",
                "body": "Sent",
                "response_json": FORM,
                "response": {"flow_token": "t", "rating": 5},
            },
        },
        "📝 Form answered · flow",
    ),
    (
        "interactive",
        {
            "type": "call_permission_reply",
            "call_permission_reply": {"response": "accept", "expiration_timestamp": "1760000900"},
        },
        {
            "type": "call_permission_reply",
            "call_permission_reply": {
                "response": "accept",
                "is_permanent": False,
                "expiration_timestamp": 1760000900,
            },
        },
        "📞 Asked for a call · accept",
    ),
    ("button", {"payload": "STOP", "text": "Stop"}, {"payload": "STOP", "text": "Stop"}, "Stop"),
    (
        "order",
        {"catalog_id": "c", "text": "pls", "product_items": [{"quantity": 2}]},
        {"catalog_id": "c", "text": "pls", "product_items": [{"quantity": 2}]},
        "🛒 Order · 1 item · pls",
    ),
    (
        "system",
        {"type": "user_changed_number", "body": "A changed to B", "wa_id": "16505550000"},
        {"type": "user_changed_number", "body": "A changed to B", "wa_id": "16505550000"},
        "A changed to B",
    ),
    (
        "edit",
        {"original_message_id": "w", "message": {"type": "text", "text": {"body": "new"}}},
        {"original_message_id": "w", "type": "text", "content": {"body": "new"}},
        "Edited: new",
    ),
    (
        "revoke",
        {"original_message_id": "w"},
        {"original_message_id": "w"},
        "🚫 Deleted a message",
    ),
    ("request_welcome", {}, {}, "Opened the chat"),
]


def parsed(kind: str = "text", content: Any = None, **others: Any) -> Incoming:
    """The one message of a POST, read after a round through the database's JSON."""
    [update] = split(post(value(messages=[message(kind, content, **others)])))
    return parse_message(json.loads(storable.dumps(update.payload)))


@pytest.mark.parametrize(("kind", "sent", "content", "text"), KINDS)
def test_every_kind_is_read_into_its_content_and_one_line(
    kind: str, sent: Any, content: dict[str, Any], text: str
):
    incoming = parsed(kind, sent)
    assert (incoming.type, incoming.content, incoming.text) == (kind, content, text)
    assert incoming.understood


@pytest.mark.parametrize(
    ("kind", "sent", "reason"),
    [
        ("text", "hi", "text: body is missing"),
        ("text", {"body": 0.5}, "text: body is missing"),
        ("image", {"caption": "x"}, "image: id is missing"),
        (
            "location",
            {"latitude": 91, "longitude": 0},
            "location: latitude is missing or beyond 90",
        ),
        (
            "location",
            {"latitude": "nan", "longitude": 0},
            "location: latitude is missing or beyond 90",
        ),
        ("location", {"latitude": 0}, "location: longitude is missing or beyond 180"),
        ("contacts", [], "contacts: nobody in it"),
        ("reaction", {"emoji": "x"}, "reaction: message_id is missing"),
        ("interactive", {"type": "telepathy"}, "interactive: unknown kind telepathy"),
        ("interactive", {"type": "button_reply", "button_reply": []}, "interactive: id is missing"),
        ("button", {}, "button: payload is missing"),
        ("order", None, "order: catalog_id is missing"),
        ("edit", {"message": {"type": "edit"}}, "edit: an edit of an edit"),
        ("poll_vote", {"option": "x"}, "unknown kind of message: poll_vote"),
    ],
)
def test_what_cannot_be_read_is_kept_whole_with_a_reason(kind: str, sent: Any, reason: str):
    incoming = parsed(kind, content={} if sent is None else sent)
    assert incoming.type == kind
    assert incoming.content == {"unsupported": reason, "raw": {kind: {} if sent is None else sent}}
    assert incoming.text == f"Message that cannot be shown here ({kind})"
    assert not incoming.understood


def test_an_unsupported_message_says_what_whatsapp_said():
    error = {"code": 131051, "title": "Unsupported", "error_data": {"details": "A poll came."}}
    incoming = parsed("unsupported", {"type": "poll"}, errors=[error])
    assert incoming.content["unsupported"] == "A poll came."
    assert [(e.code, e.details) for e in incoming.errors] == [(131051, "A poll came.")]


def test_a_file_too_large_to_fetch_says_so_instead_of_missing_an_id():
    error = {"code": 131052, "title": "Media download error"}
    assert (
        parsed("video", {"caption": "x"}, errors=[error]).content["unsupported"] == error["title"]
    )


def test_a_sender_keeps_every_identity_that_came():
    contact = {
        "wa_id": "16505551234",
        "user_id": "US.134",
        "parent_user_id": "US.ENT.9",
        "profile": {"name": "Ana", "username": "ana.p"},
    }
    body = value(contacts=[contact], messages=[message(from_user_id="US.134")])
    sender = parse_message(split(post(body))[0].payload).sender
    assert (sender.wa_id, sender.phone) == ("16505551234", "+16505551234")
    assert (sender.bsuid, sender.parent_bsuid) == ("US.134", "US.ENT.9")
    assert (sender.username, sender.name) == ("ana.p", "Ana")


def test_a_sender_may_have_no_phone_number():
    contact = {"user_id": "US.134", "profile": {"username": "ana.p"}}
    sent = {"id": "w", "type": "text", "text": {"body": "hi"}, "from_user_id": "US.134"}
    [update] = split(post(value(contacts=[contact], messages=[sent])))
    sender = parse_message(update.payload).sender
    assert update.contact_key == "US.134"
    assert (sender.wa_id, sender.phone, sender.bsuid) == ("", "", "US.134")


def test_a_user_id_in_the_place_of_a_number_is_known_as_such():
    sender = parsed(**{"from": "US.134"}).sender
    assert (sender.wa_id, sender.bsuid) == ("", "US.134")


def test_a_short_number_is_taken_as_it_comes():
    sender = parsed(**{"from": "5678"}).sender
    assert (sender.wa_id, sender.phone) == ("5678", "+5678")


def test_a_reply_names_what_it_answers_and_a_forwarded_message_says_so():
    reply = parsed(context={"from": "1555", "id": "wamid.0"}).context
    assert reply is not None
    assert (reply.wamid, reply.forwarded) == ("wamid.0", False)
    passed_on = parsed(context={"forwarded": True, "frequently_forwarded": True}).context
    assert passed_on is not None
    assert (passed_on.wamid, passed_on.forwarded, passed_on.frequently_forwarded) == (
        "",
        True,
        True,
    )
    asked = parsed(context={"referred_product": {"catalog_id": "c"}}).context
    assert asked is not None
    assert asked.product == {"catalog_id": "c"}
    assert parsed().context is None


def test_the_ad_a_customer_came_from_is_kept():
    assert parsed(referral={"source_id": "ad1"}).referral == {"source_id": "ad1"}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1760000000", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        (1760000000, datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ("soon", None),
        ("-5", None),
        ("99999999999999999", None),
        (None, None),
        ("1760000000.5", None),
    ],
)
def test_the_time_is_aware_utc_or_none(written: object, moment: datetime | None):
    assert parsed(timestamp=written).timestamp == moment


def test_a_form_whose_answers_are_no_json_keeps_them_as_text():
    reply = {"type": "nfm_reply", "nfm_reply": {"response_json": "{oops"}}
    assert parsed("interactive", reply).content["nfm_reply"] == {
        "response_json": "{oops",
        "response": {},
    }


def test_a_nul_within_a_forms_answers_becomes_visible():
    reply = {"type": "nfm_reply", "nfm_reply": {"response_json": '{"a":"\\u0000"}'}}
    assert parsed("interactive", reply).content["nfm_reply"]["response"] == {"a": "\u2400"}


@given(any_json)
def test_no_payload_ever_raises(payload: object):
    assert parse_message(payload).type


@given(st.sampled_from(sorted({kind for kind, *_ in KINDS} | {"unsupported"})), any_json, any_json)
def test_no_content_or_envelope_ever_raises(kind: str, content: object, other: object):
    others = {"context": other, "referral": other, "errors": other, "timestamp": other}
    sent = {"id": "w", "type": kind, kind: content, "from": other, **others}
    incoming = parse_message({"message": sent, "contact": other})
    assert incoming.type == kind
    assert "\n" not in incoming.text
