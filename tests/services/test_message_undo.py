"""Taking back what was sent: before it leaves, once, and never what has left."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.services import inbox, message_undo, messages, organizations
from botpe_app.services.outbox import UNDONE
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import change, message, one, receive, rows
from tests.services.sending import Drain, run

HELLO: dict[str, Any] = {"type": "text", "content": {"body": "Hello!"}}


@pytest.fixture(autouse=True)
def url(services: str) -> str:
    return services


@pytest.fixture
def talk(url: str, business: Business) -> str:
    """Ana has just written."""
    receive(url, message(1))
    change(url, "update conversations set last_inbound_at = now()")
    return str(one(url, "select id from conversations")["id"])


def send(business: Business, talk: str) -> str:
    return within(business.agent, messages.reply, talk, **HELLO).id


def test_what_waits_is_taken_back_in_words_and_the_customer_waits_again(
    url: str, business: Business, talk: str
) -> None:
    sent = send(business, talk)
    assert within(business.agent, inbox.get_conversation, talk).last_message == "Hello!"
    item = within(business.agent, message_undo.cancel, sent)
    assert (item.status, item.error and item.error.code) == ("failed", UNDONE)
    assert item.error
    assert item.error.title == "Taken back before it left"
    row = one(url, "select waiting_since, last_message from conversations")
    assert (
        row["waiting_since"]
        == one(url, "select created_at from messages where direction = 'incoming'")["created_at"]
    )

    async def scenario(drain: Drain) -> None:
        assert await drain.claim() == []

    run(business, scenario)
    with pytest.raises(Conflict, match="left already"):
        within(business.agent, message_undo.cancel, sent)
    again = within(business.agent, messages.resend, sent)
    assert again.status == "queued", "whoever changes their mind sends it again"


def test_one_that_a_sender_holds_can_be_taken_back_until_it_is_on_its_way(
    url: str, business: Business, talk: str
) -> None:
    held, gone = send(business, talk), ""

    async def scenario(drain: Drain) -> None:
        nonlocal gone
        (claimed,) = await drain.claim()
        within(business.agent, message_undo.cancel, held)
        assert await drain.mark(claimed) == set()
        gone = send(business, talk)
        (claimed,) = await drain.claim()
        await drain.mark(claimed)
        with pytest.raises(Conflict, match="left already"):
            within(business.agent, message_undo.cancel, gone)

    run(business, scenario)
    found = rows(url, "select status from messages where direction = 'outgoing' order by id")
    assert [row["status"] for row in found] == ["failed", "sending"]


def test_only_ones_own_organizations_and_no_campaigns_message_is_taken_back(
    url: str, business: Business, talk: str, make_business: Any
) -> None:
    sent = send(business, talk)
    with pytest.raises(Forbidden):
        within(business.viewer, message_undo.cancel, sent)
    with pytest.raises(NotFound):
        within(make_business("Globex", "999").agent, message_undo.cancel, sent)
    change(url, "update messages set sent_by_kind = 'campaign' where id = %s", sent)
    with pytest.raises(Conflict, match="campaign"):
        within(business.agent, message_undo.cancel, sent)
    incoming = one(url, "select id from messages where direction = 'incoming'")["id"]
    with pytest.raises(Conflict):
        within(business.agent, message_undo.cancel, incoming)


def test_what_people_send_waits_as_long_as_the_organization_wants_and_nothing_else_does(
    url: str, business: Business, talk: str
) -> None:
    with pytest.raises(Invalid) as refused:
        within(business.admin, organizations.update_current, undo_seconds=4)
    assert refused.value.field == "undo_seconds"
    assert within(business.admin, organizations.update_current, undo_seconds=10).undo_seconds == 10
    sent = send(business, talk)
    waits = one(url, "select next_try_at, created_at from messages where id = %s", sent)
    assert isinstance(waits["next_try_at"], datetime)
    assert 9 < (waits["next_try_at"] - waits["created_at"]).total_seconds() < 11
    program = replace(business.agent, kind="api", user_id=None)
    at_once = within(program, messages.reply, talk, **HELLO).id
    found = one(url, "select next_try_at from messages where id = %s", at_once)
    assert found["next_try_at"] is None
