"""Calls, and what the WhatsApp Business app said, as lines of the customer's thread."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Business
from tests.services.ingesting import ANA, BEA, change, events, message, one, receive, rows
from tests.whatsapp import bodies

US = "15550783881"
LINES = "select type, text, status, direction from messages order by id"


def post(field: str, **value: Any) -> bytes:
    return bodies.post(bodies.value(**value), field=field)


def call(event: str, **about: Any) -> dict[str, Any]:
    return {
        "id": "wacid.1", "from": ANA, "to": US, "event": event, "timestamp": "1760000000",
        "direction": "USER_INITIATED", **about,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (call("connect"), "The customer calls"),
        (call("terminate", duration=95), "Call ended after 1 min 35 s"),
        (call("terminate"), "Missed call"),
        (
            call("terminate", direction="BUSINESS_INITIATED", to=ANA, **{"from": US}),
            "Call not answered",
        ),
        (call("new_word"), "Call: new_word"),
    ],
)
def test_a_call_is_a_line_of_the_thread_and_no_message_that_waits(
    services: str, business: Business, told: dict[str, Any], line: str
) -> None:
    receive(services, post("calls", calls=[told]), post("calls", calls=[told]))
    found = one(services, LINES)
    assert (found["type"], found["text"], found["direction"]) == ("system", line, "incoming")
    talk = one(services, "select unread_count, last_inbound_at, last_message from conversations")
    assert (talk["unread_count"], talk["last_inbound_at"]) == (0, None)
    assert talk["last_message"] == line
    assert {state for state, _ in events(services)} == {"handled"}


def test_a_declined_call_is_told_and_a_ringing_one_is_not(
    services: str, business: Business
) -> None:
    about = {"id": "wacid.2", "type": "call", "recipient_id": ANA, "timestamp": "1760000000"}
    told = [{**about, "status": word} for word in ("RINGING", "REJECTED")]
    receive(services, post("calls", statuses=told))
    assert [row["text"] for row in rows(services, LINES)] == ["The customer declined the call"]


def test_what_was_sent_from_the_business_app_stands_in_the_thread(
    services: str, business: Business
) -> None:
    echo = {"from": US, "to": ANA, "id": "wamid.e", "timestamp": "1760000009", "type": "text"}
    said = {**echo, "text": {"body": "On my way"}}
    receive(services, message(1), post("smb_message_echoes", message_echoes=[said]))
    texts = [row["text"] for row in rows(services, LINES)]
    assert texts == ["text 1", "Sent from the WhatsApp Business app: On my way"]
    assert one(services, "select count(*) n from conversations")["n"] == 1


def test_earlier_chats_come_over_with_their_days(services: str, business: Business) -> None:
    old = {"timestamp": "1700000000", "type": "text", "text": {"body": "Hello"}}
    said = [{**old, "id": "wamid.h1", "from": ANA}, {**old, "id": "wamid.h2", "from": US}]
    threads = [{"id": ANA, "messages": said}, {"id": BEA, "messages": [{"id": "x"}]}, {"id": ""}]
    receive(services, post("history", history=[{"metadata": {"phase": 0}, "threads": threads}]))
    texts = sorted(row["text"] for row in rows(services, LINES))
    assert "2023-11-14, the customer: Hello" in texts
    assert "2023-11-14, you: Hello" in texts
    assert len(texts) == 3
    assert one(services, "select count(*) n from contacts")["n"] == 2


@pytest.mark.parametrize("field", ["calls", "smb_message_echoes", "history"])
@pytest.mark.parametrize("value", [{"calls": 7}, {"history": [{"threads": "x"}]}, {"x": [None]}])
def test_what_cannot_be_read_is_kept_and_breaks_nothing(
    services: str, business: Business, field: str, value: dict[str, Any]
) -> None:
    receive(services, post(field, **value))
    assert rows(services, LINES) == []
    assert {state for state, _ in events(services)} <= {"handled", "ignored"}


def test_another_numbers_calls_are_nobodys(services: str, business: Business) -> None:
    change(services, "update whatsapp_accounts set phone_number_id = '1'")
    receive(services, post("calls", calls=[call("connect")]))
    assert rows(services, LINES) == []
