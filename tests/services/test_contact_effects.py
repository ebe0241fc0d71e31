"""What WhatsApp says of customers: marketing they stopped, phones that cannot be reached."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Business, count
from tests.services.ingesting import (
    ANA,
    change,
    events,
    message,
    one,
    receive,
    rows,
    sent_message,
    status,
)
from tests.whatsapp import bodies

CONTACT = "select * from contacts"
CONSENTS = "select granted, source, evidence from consents order by at, id"


def preference(word: str, at: int = 1, **about: Any) -> bytes:
    """A post in which Ana says what marketing she wants, `at` seconds in."""
    told = {
        "wa_id": ANA,
        "detail": f"User asked to {word}",
        "category": "marketing_messages",
        "value": word,
        "timestamp": 1_760_000_000 + at,
    } | about
    return bodies.post(bodies.value(user_preferences=[told]), field="user_preferences")


def failed(code: int, wamid: str = "wamid.out", at: int = 5) -> bytes:
    return status("failed", wamid, at, errors=[{"code": code, "title": "said"}])


def as_before(url: str) -> None:
    """The message is sent again, and WhatsApp may say the same of it as before."""
    change(url, "update messages set status = 'sent' where direction = 'outgoing'")
    change(url, "delete from webhook_events")


def test_stop_opts_a_customer_out_and_resume_in_again(services: str, business: Business) -> None:
    receive(services, message(1))
    change(services, "update contacts set marketing_opt_in = true")
    receive(services, preference("stop", 10))
    contact = one(services, CONTACT)
    assert (contact["marketing_opt_in"], contact["marketing_opted_out_at"] is None) == (
        False,
        False,
    )
    receive(services, preference("resume", 20))
    contact = one(services, CONTACT)
    assert (contact["marketing_opt_in"], contact["marketing_opted_out_at"]) == (True, None)
    told = [(row["granted"], row["source"], row["evidence"]) for row in rows(services, CONSENTS)]
    assert told == [
        (False, "whatsapp", "stop: User asked to stop"),
        (True, "whatsapp", "resume: User asked to resume"),
    ]


@pytest.mark.parametrize("together", [True, False])
def test_the_latest_wish_counts_in_whatever_order_they_come(
    services: str, business: Business, together: bool
) -> None:
    posts = [preference("stop", 20), preference("resume", 10)]
    for batch in [posts] if together else [[post] for post in posts]:
        receive(services, *batch)
    assert one(services, CONTACT)["marketing_opt_in"] is False
    assert one(services, CONTACT)["marketing_opted_out_at"] is not None
    assert count(services, "consents") == 2


def test_a_stranger_who_stops_is_kept_as_somebody_who_is_out(
    services: str, business: Business
) -> None:
    receive(services, preference("stop", wa_id=None, user_id="US.134"))
    assert one(services, CONTACT)["marketing_opted_out_at"] is not None


@pytest.mark.parametrize("broken", [{"value": "maybe"}, {"wa_id": None}, {"value": 7}])
def test_a_wish_that_cannot_be_understood_changes_nobody(
    services: str, business: Business, broken: dict[str, Any]
) -> None:
    receive(services, preference("stop", **broken))
    assert count(services, "contacts") == 0
    assert [state for state, _ in events(services)] == ["ignored"]


def test_the_refusal_131050_opts_out_and_another_does_not(
    services: str, business: Business
) -> None:
    sent_message(services, business)
    change(services, "update contacts set marketing_opt_in = true")
    receive(services, failed(131053))
    assert one(services, CONTACT)["marketing_opt_in"] is True
    as_before(services)
    for _ in range(2):  # the second finds it failed already
        receive(services, failed(131050))
        change(services, "delete from webhook_events")
    assert one(services, CONTACT)["marketing_opt_in"] is False
    (kept,) = rows(services, CONSENTS)
    assert kept["evidence"].startswith("(131050)")


def test_whoever_gets_enough_marketing_is_left_alone_for_a_day_and_then_longer(
    services: str, business: Business
) -> None:
    sent_message(services, business)
    receive(services, failed(131049))
    wait = (
        "select extract(day from marketing_after - to_timestamp(1760000005)) as days from contacts"
    )
    assert one(services, wait)["days"] == 1
    as_before(services)
    receive(services, failed(131049, at=6))
    assert one(services, wait)["days"] == 7
    assert one(services, CONTACT)["marketing_opted_out_at"] is None


def test_three_failures_in_a_row_make_unreachable_until_a_message_arrives(
    services: str, business: Business
) -> None:
    for n in range(3):
        wamid = f"wamid.out{n}"
        sent_message(services, business, wa_message_id=wamid)
        receive(services, failed(131026, wamid))
        assert (one(services, CONTACT)["unreachable_at"] is None) == (n < 2)
    sent_message(services, business, wa_message_id="wamid.arrives")
    receive(services, status("delivered", "wamid.arrives", 9))
    assert one(services, CONTACT)["unreachable_at"] is None


def test_a_block_holds_until_the_customer_writes(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, failed(130403))
    assert one(services, CONTACT)["blocked_at"] is not None
    receive(services, message(60))
    assert one(services, CONTACT)["blocked_at"] is None


def test_a_window_that_whatsapp_calls_closed_is_closed_here_unless_the_customer_wrote_since(
    services: str, business: Business
) -> None:
    last = "select extract(epoch from last_inbound_at)::int as at from conversations"
    sent_message(services, business)
    receive(services, failed(131047, at=50))
    assert one(services, last)["at"] == 1_760_000_050 - 24 * 3600
    receive(services, message(70))
    as_before(services)
    receive(services, failed(131047, at=60))
    assert one(services, last)["at"] == 1_760_000_070


def test_two_contacts_that_become_one_stay_out_if_either_was(
    services: str, business: Business
) -> None:
    receive(services, message(1), preference("stop", wa_id=None, user_id="US.134"))
    change(services, "update contacts set marketing_opt_in = true where phone is not null")
    assert count(services, "contacts") == 2
    receive(services, message(2, from_user_id="US.134"))
    contact = one(services, CONTACT)
    assert (contact["marketing_opt_in"], contact["marketing_opted_out_at"] is None) == (
        False,
        False,
    )
    assert count(services, "consents") == 1
