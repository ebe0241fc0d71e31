"""Ticks: what WhatsApp says became of our messages, in any order and for ours only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Business
from tests.services.ingesting import (
    change,
    events,
    one,
    receive,
    rows,
    sent_message,
    status,
    work_off,
)
from tests.whatsapp import bodies

OURS = "select * from messages where direction = 'outgoing'"
STRANGE = "It is about a message that is not one of ours."
BLOCKED = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 h"}}


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(1_760_000_000 + second, UTC)


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
@pytest.mark.parametrize("together", [True, False])
def test_statuses_in_any_order_end_as_read(
    services: str, business: Business, order: tuple[str, ...], together: bool
) -> None:
    sent_message(services, business)
    times = {"sent": 10, "delivered": 20, "read": 30}
    posts = [status(word, at=times[word]) for word in order]
    for batch in [posts] if together else [[post] for post in posts]:
        receive(services, *batch)
    ours = one(services, OURS)
    assert ours["status"] == "read"
    assert (ours["sent_at"], ours["delivered_at"], ours["read_at"]) == (
        moment(10),
        moment(20),
        moment(30),
    )


def test_read_alone_counts_as_sent_and_delivered_too(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, status("read", at=30))
    ours = one(services, OURS)
    assert ours["sent_at"] == ours["delivered_at"] == ours["read_at"] == moment(30)


def test_a_voice_message_that_was_played_was_read(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, status("played"))
    assert one(services, OURS)["status"] == "read"


@pytest.mark.parametrize("word", ["deleted", "warning", "teleported"])
def test_a_word_that_says_nothing_of_delivery_changes_nothing(
    services: str, business: Business, word: str
) -> None:
    sent_message(services, business)
    receive(services, status(word))
    assert one(services, OURS)["status"] == "sent"
    assert events(services)[-1] == ("handled", "")


@pytest.mark.parametrize("order", [("sent", "failed"), ("failed", "sent"), ("failed", "delivered")])
def test_failed_ends_the_story_with_its_reason_in_words(
    services: str, business: Business, order: tuple[str, ...]
) -> None:
    sent_message(services, business)
    for word in order:
        errors: dict[str, Any] = {"errors": [BLOCKED]} if word == "failed" else {}
        receive(services, status(word, **errors))
    ours = one(services, OURS)
    assert (ours["status"], ours["error_code"]) == ("failed", 131047)
    assert ours["error_title"]
    assert "24 h" in ours["error_details"]
    assert ours["failed_at"] is not None


def test_a_failure_without_a_reason_says_so(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, status("failed"))
    ours = one(services, OURS)
    assert (ours["error_code"], ours["error_title"]) == (0, "WhatsApp could not deliver it")


def test_prices_are_kept(services: str, business: Business) -> None:
    sent_message(services, business)
    price = {"billable": True, "pricing_model": "PMP", "category": "marketing"}
    receive(services, status("sent", pricing=price))
    receive(services, status("delivered"))
    assert one(services, OURS)["pricing"] == price


@pytest.mark.parametrize("before", ["sending", "uncertain", "claimed"])
def test_our_attempt_id_settles_a_message_whose_answer_was_lost(
    services: str, business: Business, before: str
) -> None:
    attempt = uuid4()
    lost = {"wa_message_id": None, "status": before, "attempt_id": attempt}
    unsure = {"claim_token": uuid4(), "error_title": "WhatsApp's answer was lost"}
    sent_message(services, business, **lost, **unsure)
    told: dict[str, Any] = {"biz_opaque_callback_data": str(attempt)}
    receive(
        services, status("delivered", "wamid.told", **told), status("sent", "wamid.told", **told)
    )
    ours = one(services, OURS)
    assert (ours["status"], ours["wa_message_id"]) == ("delivered", "wamid.told")
    assert (ours["claim_token"], ours["error_title"]) == (None, None)
    receive(services, status("read", "wamid.told"))
    assert one(services, OURS)["status"] == "read"


def test_an_attempt_id_of_another_number_settles_nothing(
    services: str, make_business: Callable[..., Business]
) -> None:
    ours, _ = make_business("Acme"), make_business("Other", "200")
    attempt = uuid4()
    sent_message(services, ours, wa_message_id=None, status="uncertain", attempt_id=attempt)
    body = status("read", "wamid.told", biz_opaque_callback_data=str(attempt))
    receive(services, body.replace(bodies.NUMBER.encode(), b"200"))
    assert one(services, OURS)["status"] == "uncertain"
    assert events(services)[-1] == ("new", STRANGE)


@pytest.mark.parametrize("data", ["", "cmp1:42", "not-a-uuid", str(UUID(int=7))])
def test_callback_data_that_is_not_ours_settles_nothing(
    services: str, business: Business, data: str
) -> None:
    sent_message(services, business)
    receive(services, status("read", "wamid.other", biz_opaque_callback_data=data))
    assert one(services, OURS)["status"] == "sent"


def test_a_status_of_another_business_for_our_message_changes_nothing(
    services: str, make_business: Callable[..., Business]
) -> None:
    ours, _ = make_business("Acme"), make_business("Other", "200")
    sent_message(services, ours)
    receive(services, status("failed").replace(bodies.NUMBER.encode(), b"200"))
    assert one(services, OURS)["status"] == "sent"


def test_a_status_never_touches_what_a_customer_wrote(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, status("read", "wamid.1"))
    found = one(services, "select status from messages where direction = 'incoming'")
    assert found["status"] == "received"


def test_a_status_that_overtakes_its_message_waits_for_it(
    services: str, business: Business
) -> None:
    receive(services, status("read", at=9))
    assert events(services) == [("new", STRANGE)]
    sent_message(services, business)
    work_off(services)
    assert one(services, OURS)["status"] == "read"
    assert {state for state, _ in events(services)} == {"handled"}


def test_a_status_that_stays_strange_is_ignored_in_the_end(
    services: str, business: Business
) -> None:
    receive(services, status("read"))
    change(services, "update webhook_events set received_at = now() - interval '16 min'")
    work_off(services)
    assert events(services) == [("ignored", STRANGE)]


def test_many_messages_and_statuses_in_one_batch_each_get_their_own(
    services: str, business: Business
) -> None:
    words: list[Any] = ["sent", "delivered", "read", "failed"]
    for number in range(20):
        sent_message(services, business, wa_message_id=f"wamid.{number}.out", id=uuid4())
    receive(services, *(status(words[n % 4], f"wamid.{n}.out") for n in range(20)))
    found = rows(
        services, "select wa_message_id as id, status from messages where direction = 'outgoing'"
    )
    assert {row["id"]: row["status"] for row in found} == {
        f"wamid.{number}.out": words[number % 4] for number in range(20)
    }
