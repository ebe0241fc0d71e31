"""Snoozed conversations, and those that open again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from botpe_app import db
from botpe_app.errors import Invalid
from botpe_app.models.base import utc_now
from botpe_app.services import inbox, snoozing
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import change, message, one, receive


def wake() -> int:
    with db.connect_as_system(autocommit=True) as connection:
        return len(snoozing.wake(connection))


def test_a_snoozed_conversation_wakes_at_its_time_with_a_reminder(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    talk = one(services, "select id from conversations")["id"]
    within(business.agent, inbox.mark_read, talk)
    until = utc_now() + timedelta(hours=2)
    item = within(business.agent, inbox.set_status, talk, "snoozed", until)
    assert (item.status, item.snoozed_until) == ("snoozed", until)
    assert wake() == 0
    change(services, "update conversations set snoozed_until = now()")
    assert wake() == 3
    assert wake() == 0
    found = within(business.agent, inbox.get_conversation, talk)
    assert (found.status, found.snoozed_until, found.unread_count) == ("open", None, 1)
    assert "Reminder" in one(services, "select text from notes")["text"]


@pytest.mark.parametrize("status", ["pending", "snoozed", "resolved"])
def test_a_customer_who_writes_opens_the_conversation_again(
    services: str, business: Business, status: str
) -> None:
    receive(services, message(1))
    talk = one(services, "select id from conversations")["id"]
    within(business.agent, inbox.set_status, talk, status)
    receive(services, message(2))
    assert within(business.agent, inbox.get_conversation, talk).status == "open"


def test_a_closed_one_stays_closed_and_a_new_one_begins(services: str, business: Business) -> None:
    receive(services, message(1))
    talk = one(services, "select id from conversations")["id"]
    within(business.agent, inbox.set_status, talk, "closed")
    receive(services, message(2))
    assert within(business.agent, inbox.get_conversation, talk).status == "closed"
    assert len(within(business.agent, inbox.list_conversations).data) == 1


def test_nobody_snoozes_into_the_past_or_for_ever(services: str, business: Business) -> None:
    receive(services, message(1))
    talk = one(services, "select id from conversations")["id"]
    for until in (utc_now() - timedelta(minutes=1), utc_now() + timedelta(days=400)):
        with pytest.raises(Invalid) as refused:
            within(business.agent, inbox.set_status, talk, "snoozed", until)
        assert refused.value.field == "snoozed_until"
