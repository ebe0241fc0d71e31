"""Customers' messages: from the stored event to contact, conversation and thread."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Business, count
from tests.services.ingesting import (
    ANA,
    BEA,
    change,
    events,
    message,
    one,
    receive,
    rows,
)
from tests.whatsapp import bodies

HANDLED = ("handled", "")


def test_a_first_message_makes_a_contact_a_conversation_and_a_thread(
    services: str, business: Business
) -> None:
    receive(services, message(5))
    assert events(services) == [HANDLED]
    contact = one(services, "select * from contacts")
    assert (contact["name"], contact["phone"]) == ("Ana", f"+{ANA}")
    identity = one(services, "select * from contact_identities")
    assert (identity["kind"], identity["value"], identity["address"]) == ("phone", ANA, f"+{ANA}")
    talk = one(services, "select * from conversations")
    assert (talk["status"], talk["owner"], talk["unread_count"]) == ("open", "nobody", 1)
    assert (talk["last_message"], talk["last_direction"]) == ("text 5", "incoming")
    said_at = datetime.fromtimestamp(1_760_000_005, UTC)
    assert talk["last_inbound_at"] == talk["waiting_since"] == said_at
    said = one(services, "select * from messages")
    assert talk["last_message_id"] == said["id"]
    assert (said["direction"], said["status"], said["type"]) == ("incoming", "received", "text")
    assert (said["content"], said["text"]) == ({"body": "text 5"}, "text 5")
    assert (said["wa_message_id"], said["sent_at"]) == ("wamid.5", said_at)
    assert (said["sent_by_kind"], said["sent_by_id"]) == ("contact", contact["id"])
    event = one(services, "select * from webhook_events")
    assert said["correlation_id"] == event["correlation_id"]
    assert said["created_at"] == event["received_at"]


def test_an_album_of_ten_photos_of_a_new_customer_is_one_conversation(
    services: str, business: Business
) -> None:
    photo = {"id": "9", "mime_type": "image/jpeg"}
    receive(services, *(message(number, "image", photo) for number in range(10)))
    assert count(services, "contacts") == count(services, "conversations") == 1
    assert count(services, "messages") == 10
    assert one(services, "select unread_count from conversations")["unread_count"] == 10


def test_a_thread_is_in_the_order_of_whatsapps_clock_however_posts_arrive(
    services: str, business: Business
) -> None:
    receive(services, *(message(number) for number in (3, 1, 4, 2)))
    texts = [row["text"] for row in rows(services, "select text from messages order by id")]
    assert texts == ["text 1", "text 2", "text 3", "text 4"]
    assert one(services, "select last_message from conversations")["last_message"] == "text 4"


def test_a_late_older_message_adds_to_the_unread_and_does_not_become_the_last(
    services: str, business: Business
) -> None:
    receive(services, message(9))
    receive(services, message(2))
    talk = one(services, "select * from conversations")
    assert (talk["last_message"], talk["unread_count"]) == ("text 9", 2)
    assert talk["last_inbound_at"] == datetime.fromtimestamp(1_760_000_009, UTC)
    assert talk["waiting_since"] == datetime.fromtimestamp(1_760_000_002, UTC)


def test_a_time_in_the_future_counts_as_now(services: str, business: Business) -> None:
    receive(services, message(1, timestamp="4000000000"))
    row = one(services, "select last_inbound_at <= now() as fine from conversations")
    assert row["fine"]


def test_the_same_message_under_another_event_changes_nothing(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    change(services, "update webhook_events set event_key = 'pruned'")
    change(services, "update conversations set status = 'closed'")
    receive(services, message(1))
    assert events(services) == [HANDLED, HANDLED]
    assert count(services, "messages") == count(services, "conversations") == 1


@pytest.mark.parametrize("status", ["resolved", "snoozed", "pending"])
def test_a_customer_who_writes_again_reopens_what_was_set_aside(
    services: str, business: Business, status: str
) -> None:
    receive(services, message(1))
    change(services, "update conversations set status = %s, unread_count = 0", status)
    receive(services, message(2))
    talk = one(services, "select * from conversations")
    assert (talk["status"], talk["unread_count"]) == ("open", 1)


def test_after_a_closed_conversation_a_new_one_begins_and_inherits_the_window(
    services: str, business: Business
) -> None:
    receive(services, message(50))
    change(services, "update conversations set status = 'closed'")
    receive(services, message(10))
    closed, fresh = rows(services, "select * from conversations order by id")
    assert (closed["status"], fresh["status"]) == ("closed", "open")
    assert fresh["last_inbound_at"] == closed["last_inbound_at"]
    assert fresh["last_message"] == "text 10"


def test_a_message_after_our_answer_is_the_last_word_again(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    change(
        services,
        "update conversations set last_direction = 'outgoing', last_message = 'ours',"
        " waiting_since = null, last_message_at = to_timestamp(1760000030)",
    )
    receive(services, message(29))  # WhatsApp's clock is a little behind ours
    talk = one(services, "select * from conversations")
    assert (talk["last_message"], talk["last_direction"]) == ("text 29", "incoming")
    assert talk["waiting_since"] is not None


def test_a_message_far_older_than_our_answer_is_not(services: str, business: Business) -> None:
    receive(services, message(1))
    change(
        services,
        "update conversations set last_direction = 'outgoing', last_message = 'ours',"
        " last_message_at = to_timestamp(1760009000)",
    )
    receive(services, message(29))
    assert one(services, "select last_message from conversations")["last_message"] == "ours"


def test_a_name_is_taken_from_the_profile_only_where_there_is_none(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    change(services, "update contacts set name = 'Ana of the bakery'")
    receive(services, message(2))
    assert one(services, "select name from contacts")["name"] == "Ana of the bakery"
    change(services, "update contacts set name = ''")
    receive(services, message(3))
    assert one(services, "select name from contacts")["name"] == "Ana"


def test_two_spellings_of_a_number_are_one_customer(services: str, business: Business) -> None:
    receive(services, message(1, **{"from": "5531987654321"}))
    receive(services, message(2, **{"from": "553187654321"}))
    assert count(services, "contacts") == count(services, "conversations") == 1


def test_a_sender_that_is_no_telephone_number_is_taken_as_it_comes(
    services: str, business: Business
) -> None:
    receive(services, message(1, **{"from": "5678"}))
    assert one(services, "select phone from contacts")["phone"] == "+5678"
    assert one(services, "select address from contact_identities")["address"] == "5678"


def test_a_message_without_any_sender_is_ignored_in_words(
    services: str, business: Business
) -> None:
    receive(services, message(1, **{"from": ""}))
    assert events(services) == [("ignored", "It does not say who sent it.")]
    assert count(services, "contacts") == 0


def test_a_reply_names_the_message_it_quotes_and_an_ad_stays_visible(
    services: str, business: Business
) -> None:
    referral = {"source_id": "77", "source_type": "ad"}
    context = {"id": "wamid.ours", "forwarded": True}
    receive(services, message(1, context=context, referral=referral))
    said = one(services, "select * from messages")
    assert said["reply_to"] == "wamid.ours"
    assert said["content"] == {"body": "text 1", "referral": referral, "forwarded": True}


KINDS: list[tuple[str, Any]] = [
    ("image", {"id": "1", "mime_type": "image/jpeg", "caption": "c"}),
    ("video", {"id": "1", "mime_type": "video/mp4"}),
    ("audio", {"id": "1", "mime_type": "audio/ogg", "voice": True}),
    ("document", {"id": "1", "mime_type": "application/pdf", "filename": "a.pdf"}),
    ("sticker", {"id": "1", "mime_type": "image/webp"}),
    ("location", {"latitude": 1.5, "longitude": 2.5}),
    ("contacts", [{"name": {"formatted_name": "Bo"}}]),
    ("interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "Yes"}}),
    ("interactive", {"type": "list_reply", "list_reply": {"id": "a", "title": "Yes"}}),
    ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
    ("button", {"payload": "p", "text": "t"}),
    ("order", {"catalog_id": "1", "product_items": []}),
    ("unsupported", {"type": "poll"}),
    ("hologram", {"depth": 3}),
    ("text", {"body": "nul \x00 and half \ud83d a face"}),
]


@pytest.mark.parametrize(("kind", "content"), KINDS)
def test_every_kind_of_message_known_or_not_reaches_the_thread(
    services: str, business: Business, kind: str, content: Any
) -> None:
    receive(services, message(1, kind, content))
    assert events(services) == [HANDLED]
    said = one(services, "select * from messages")
    assert said["type"] == kind
    assert said["text"]
    assert json.dumps(said["content"])
    assert one(services, "select unread_count from conversations")["unread_count"] == 1


def test_an_unconnected_number_is_ignored_and_writes_nothing(
    services: str, business: Business
) -> None:
    body = message(1).replace(bodies.NUMBER.encode(), b"999")
    receive(services, body)
    assert events(services) == [("ignored", "No WhatsApp number 999 is connected here.")]
    assert count(services, "messages") == count(services, "contacts") == 0


def test_customers_of_one_post_do_not_mix(services: str, business: Business) -> None:
    people = [
        {"profile": {"name": "Ana"}, "wa_id": ANA},
        {"profile": {"name": "Bea"}, "wa_id": BEA},
    ]
    said = [bodies.message(id="wamid.a"), bodies.message(id="wamid.b", **{"from": BEA})]
    receive(services, bodies.post(bodies.value(contacts=people, messages=said)))
    found = rows(services, "select name, phone from contacts order by name")
    assert found == [
        {"name": "Ana", "phone": f"+{ANA}"},
        {"name": "Bea", "phone": f"+{BEA}"},
    ]
    assert count(services, "conversations") == 2
