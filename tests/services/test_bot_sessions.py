"""Customers in bots: seen, reset when they are stuck, and taken along to a new version."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.errors import Conflict, Forbidden, NotFound
from botpe_app.models.base import new_id
from botpe_app.services import bot_publishing, bot_sessions, bots, inbox
from tests.acting import within
from tests.conftest import Business, count
from tests.services.conversing import NAMES, answer, end, flow, publish, question, say, transcript
from tests.services.ingesting import BEA, change, message, one, receive


def talk(url: str) -> dict[str, Any]:
    return one(url, "select * from conversations")


def running(business: Business, bot: str, **options: Any) -> list[Any]:
    return within(business.viewer, bot_sessions.list_sessions, bot, **options).data


def test_who_is_in_a_bot_and_where_is_seen(services: str, business: Business) -> None:
    bot = publish(business, NAMES, name="Names")
    assert running(business, bot) == []
    say(services, 1, "hi")
    say(services, 2, "Ana")
    (found,) = running(business, bot)
    assert (found.contact, found.bot_name, found.version, found.status) == (
        "Ana",
        "Names",
        1,
        "waiting",
    )
    assert (found.node_id, found.waits_for, found.stuck) == ("city", "reply", None)
    conversation = talk(services)["id"]
    assert within(business.viewer, bot_sessions.session_of, conversation) == found
    say(services, 3, "Porto")
    assert running(business, bot) == []
    assert within(business.viewer, bot_sessions.session_of, conversation) is None


def test_who_is_in_a_bot_is_paged(services: str, business: Business) -> None:
    bot = publish(business, NAMES)
    for number in range(5):
        say(services, number, "hi", **{"from": f"1650555000{number}"})
    first = within(business.viewer, bot_sessions.list_sessions, bot, limit=3)
    second = within(business.viewer, bot_sessions.list_sessions, bot, limit=3, cursor=first.next)
    assert (len(first.data), len(second.data), second.next) == (3, 2, None)
    assert len({one.id for one in first.data + second.data}) == 5


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update bot_sessions set due_at = now() - interval '6 minutes'", "overdue"),
        ("update bot_sessions set due_at = now() - interval '4 minutes'", None),
        ("update bots set status = 'paused'", "bot_is_paused"),
        (
            "insert into bot_inputs (organization_id, id, conversation_id, kind, attempts)"
            " select organization_id, gen_random_uuid(), id, 'continue', 1 from conversations",
            "failing",
        ),
        (
            "update bot_sessions set moved_at = now() - interval '6 minutes',"
            " state = jsonb_set(state, '{wait,kind}', '\"callback\"')",
            "unanswered_call",
        ),
        (
            "update bot_sessions set status = 'paused';"
            " update conversations set waiting_since = now() - interval '2 hours'",
            "nobody_came",
        ),
    ],
)
def test_a_session_that_does_not_go_on_says_why(
    services: str, business: Business, statement: str, why: str | None
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    change(services, statement)
    assert [found.stuck for found in running(business, bot)] == [why]
    assert len(running(business, bot, stuck=True)) == (1 if why else 0)


def test_after_a_reset_the_bot_begins_anew_and_says_nothing_more(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    receive(services, message(2, content={"body": "Ana"}))  # not heard yet
    row = talk(services)
    reset = within(business.agent, bot_sessions.reset_bot, row["id"])
    assert reset.owner == "nobody"
    assert talk(services)["owner_epoch"] == row["owner_epoch"] + 1
    session = one(services, "select status, ending, due_at, token from bot_sessions")
    assert session == {"status": "ended", "ending": "interrupted", "due_at": None, "token": None}
    assert count(services, "bot_inputs") == 0
    assert answer() == 0
    say(services, 3, "hello")
    assert transcript(services)[-1] == ("bot", "name")
    assert len(running(business, bot)) == 1
    with pytest.raises(Forbidden):
        within(business.viewer, bot_sessions.reset_bot, row["id"])


def test_a_reset_leaves_a_person_in_charge_and_needs_something_to_reset(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    conversation = talk(services)["id"]
    within(business.agent, inbox.hand_off, conversation)
    within(business.agent, bot_sessions.reset_bot, conversation)
    assert talk(services)["owner"] == "human"
    with pytest.raises(Conflict):
        within(business.agent, bot_sessions.reset_bot, conversation)
    with pytest.raises(NotFound):
        within(business.agent, bot_sessions.reset_bot, new_id())


@pytest.mark.parametrize("status", ["resolved", "closed"])
@pytest.mark.parametrize("owner", ["human", "bot"])
def test_a_conversation_that_is_done_with_is_nobodys_under_a_new_epoch(
    services: str, business: Business, status: str, owner: str
) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    conversation = talk(services)["id"]
    if owner == "human":
        within(business.agent, inbox.hand_off, conversation)
    before = talk(services)["owner_epoch"]
    within(business.agent, inbox.set_status, conversation, status)
    assert (talk(services)["owner"], talk(services)["owner_epoch"]) == ("nobody", before + 1)
    within(business.agent, inbox.set_status, conversation, "pending")
    assert talk(services)["owner_epoch"] == before + 1


def test_conversations_come_along_to_a_new_version_where_they_can(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    say(services, 2, "Ana")
    say(services, 3, "hi", **{"from": BEA})
    new = flow(
        [question("name"), {"id": "city", "type": "buttons", "data": {
            "text": "city", "buttons": [{"id": "a", "title": "A"}]}}, end("bye", "Bye, {{name}}!")],
        ["start next name", "name next bye", "city a bye"],
    )  # fmt: skip
    within(business.admin, bots.update_bot, bot, flow=new)
    done = within(business.admin, bot_publishing.publish_bot, bot, migrate=True)
    assert (done.version, done.migrated, done.kept) == (2, 1, 1)
    say(services, 4, "Porto")  # Ana stays: her question is no question any more
    assert transcript(services)[-1] == ("bot", "Ana of Porto")
    say(services, 5, "Bea", **{"from": BEA})
    assert transcript(services)[-1] == ("bot", "Bye, Bea!")


def test_without_migration_conversations_stay_in_their_version(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    within(business.admin, bots.update_bot, bot, flow={**NAMES, "name": "again"})
    done = within(business.admin, bot_publishing.publish_bot, bot)
    assert (done.migrated, done.kept) == (0, 0)
    assert [one.version for one in running(business, bot)] == [1]
    again = within(business.admin, bot_publishing.publish_bot, bot, migrate=True)
    assert (again.migrated, again.kept) == (1, 0)
    assert [one.version for one in running(business, bot)] == [3]
