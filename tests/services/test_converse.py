"""Bots answering: in order, once, and only while nobody else speaks."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import bot_publishing, bots, converse, inbox, messages, upkeep
from botpe_app.services.bot_library import library
from botpe_app.services.bot_simulation import simulate_bot
from tests.acting import within
from tests.conftest import Business, count
from tests.services.conversing import (
    NAMES,
    answer,
    end,
    flow,
    nobody_answers_calls,
    publish,
    question,
    say,
    transcript,
)
from tests.services.ingesting import ANA, BEA, change, message, one, receive, rows


def talk(url: str) -> dict[str, Any]:
    return one(url, "select * from conversations")


def test_a_bot_answers_and_remembers_until_it_has_ended(services: str, business: Business) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    assert (talk(services)["owner"], str(talk(services)["bot_id"])) == ("bot", bot)
    assert talk(services)["last_message"] == "name"
    assert talk(services)["waiting_since"] is None
    say(services, 2, "Ana")
    say(services, 3, "Porto")
    assert transcript(services) == [
        ("contact", "hi"), ("bot", "name"), ("contact", "Ana"), ("bot", "city"),
        ("contact", "Porto"), ("bot", "Ana of Porto"),
    ]  # fmt: skip
    sent = rows(services, "select * from messages where direction = 'outgoing' order by id")
    assert {(str(m["sent_by_id"]), m["status"], m["owner_epoch"]) for m in sent} == {
        (bot, "queued", 0)
    }
    session = one(services, "select * from bot_sessions")
    assert (session["status"], session["ending"], session["due_at"]) == ("ended", "completed", None)
    assert talk(services)["owner"] == "nobody"
    steps = rows(services, "select node_id from bot_steps where arrived order by id")
    assert [row["node_id"] for row in steps] == ["start", "name", "city", "bye"]
    assert count(services, "bot_inputs") == 0


def test_nothing_is_kept_for_bots_where_no_bot_is_active(services: str, business: Business) -> None:
    bot = within(business.admin, bots.create_bot, flow=NAMES).id
    receive(services, message(1))
    assert count(services, "bot_inputs") == 0
    within(business.admin, bot_publishing.publish_bot, bot)
    receive(services, message(2))
    assert count(services, "bot_inputs") == 1
    with db.connect_as_system(autocommit=True) as connection:
        assert Lane.CONVERSATIONS in upkeep.lanes_with_work(connection)
        answer()
        assert Lane.CONVERSATIONS not in upkeep.lanes_with_work(connection)


def test_messages_that_come_together_are_answered_in_their_order_and_once(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    said = [message(n, content={"body": text}) for n, text in enumerate(("hi", "Ana", "Porto"), 1)]
    receive(services, said[2], said[0], said[1])
    assert answer() == 1
    assert answer() == 0
    assert [text for who, text in transcript(services) if who == "bot"] == [
        "name", "city", "Ana of Porto",
    ]  # fmt: skip
    receive(services, *said)  # delivered again
    assert answer() == 0
    assert count(services, "messages") == 6


def test_two_drains_at_once_answer_every_conversation_once(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    customers = [f"1650555{n:04}" for n in range(60)]
    receive(services, *(message(n, **{"from": who}) for n, who in enumerate(customers)))
    threads = [Thread(target=answer, args=(7,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    answer()
    told = rows(
        services,
        "select conversation_id, count(*) as n from messages where direction = 'outgoing'"
        " group by 1",
    )
    assert [row["n"] for row in told] == [1] * 60


def test_a_crash_before_the_commit_says_nothing_twice(
    services: str, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(business, NAMES)
    receive(services, message(1))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, converse.connect() as connection:
        patched.setattr(converse, "_log", killed)
        patched.setattr(converse, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            converse.work(connection)
    assert transcript(services) == [("contact", "text 1")]
    answer()
    assert transcript(services) == [("contact", "text 1"), ("bot", "name")]


def test_a_person_who_answers_silences_the_bot_until_they_give_it_back(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    change(services, "update conversations set last_inbound_at = now()")
    conversation = talk(services)["id"]
    within(business.agent, messages.reply, conversation, type="text", content={"body": "I am Eva"})
    assert (talk(services)["owner"], talk(services)["owner_epoch"]) == ("human", 1)
    say(services, 2, "Ana")
    assert [who for who, _ in transcript(services)] == ["contact", "bot", "user", "contact"]
    session = one(services, "select * from bot_sessions")
    assert (session["status"], session["due_at"]) == ("paused", None)
    assert count(services, "bot_inputs") == 0
    within(business.agent, inbox.resume_bot, conversation)
    answer()
    assert one(services, "select status from bot_sessions")["status"] == "waiting"
    say(services, 3, "Ana")
    assert transcript(services)[-1] == ("bot", "city")
    assert one(services, "select owner_epoch from messages where text = 'city'") == {
        "owner_epoch": talk(services)["owner_epoch"]
    }


def test_assigning_somebody_silences_the_bot_and_unassigning_nobody(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    conversation = talk(services)["id"]
    within(business.agent, inbox.assign, conversation, None)
    assert talk(services)["owner"] == "bot"
    within(business.agent, inbox.assign, conversation, business.agent.user_id)
    assert (talk(services)["owner"], talk(services)["owner_epoch"]) == ("human", 1)
    say(services, 2, "Ana")
    assert [who for who, _ in transcript(services)] == ["contact", "bot", "contact"]


def test_a_resolved_conversation_meets_the_bot_anew(services: str, business: Business) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    conversation = talk(services)["id"]
    within(business.agent, inbox.hand_off, conversation)
    within(business.agent, inbox.set_status, conversation, "resolved")
    say(services, 2, "hi again")
    assert transcript(services)[-1] == ("bot", "name")
    endings = rows(services, "select status, ending from bot_sessions order by id")
    assert [(row["status"], row["ending"]) for row in endings] == [
        ("ended", "interrupted"), ("waiting", ""),
    ]  # fmt: skip


def test_a_hand_off_calls_a_person_with_a_note_and_what_was_said_still_leaves(
    services: str, business: Business
) -> None:
    user = str(business.agent.user_id)
    data = {"text": "Wait a moment", "user_id": user, "note": "Wants {{input.text}}"}
    publish(business, flow([{"id": "h", "type": "hand_off", "data": data}], ["start next h"]))
    say(services, 1, "a refund")
    row = talk(services)
    assert (row["owner"], row["owner_epoch"], str(row["assignee_id"])) == ("human", 0, user)
    assert row["waiting_since"] is not None
    assert one(services, "select text from notes")["text"] == "Wants a refund"
    assert one(services, "select * from messages where sent_by_kind = 'bot'")["owner_epoch"] == 0
    say(services, 2, "hello?")
    assert transcript(services)[-1] == ("contact", "hello?")


def test_actions_change_contact_conversation_and_shared_variables(
    services: str, business: Business, post: Callable[[], list[EmailMessage]]
) -> None:
    actions = [
        {"type": "add_tags", "tags": ["vip"]},
        {"type": "update_contact", "field": "name", "value": "Ana {{input.text}}"},
        {"type": "update_contact", "field": "shoe", "value": 38},
        {"type": "opt_in"},
        {"type": "add_note", "text": "Said {{input.text}}"},
        {"type": "assign", "user_id": str(business.agent.user_id)},
        {"type": "set_status", "status": "pending"},
        {"type": "send_email", "to": "a@b.example", "subject": "s", "body": "b"},
    ]
    nodes = [
        {"id": "act", "type": "action", "data": {"actions": actions}},
        {"id": "set", "type": "set_variable", "data": {"assignments": [
            {"variable": "count", "operation": "increment", "value": 1}]}},
        end("bye", "{{count}}"),
    ]  # fmt: skip
    held = flow(
        nodes,
        ["start next act", "act next set", "set next bye"],
        variables=[{"name": "count", "scope": "organization", "type": "number", "default": 0}],
    )
    publish(business, held)
    say(services, 1, "Silva")
    contact = one(services, "select * from contacts")
    assert (contact["name"], contact["tags"], contact["custom_fields"]) == (
        "Ana Silva", ["vip"], {"shoe": 38},
    )  # fmt: skip
    assert contact["marketing_opt_in"] is True
    consent = one(services, "select granted, source from consents")
    assert consent == {"granted": True, "source": "bot"}
    row = talk(services)
    assert (row["status"], row["assignee_id"]) == ("pending", business.agent.user_id)
    told = [note["text"] for note in rows(services, "select text from notes order by id")]
    assert told == ["Said Silva"]
    assert [message["To"] for message in post()] == ["a@b.example"]
    say(services, 2, "b", **{"from": BEA})
    assert [text for who, text in transcript(services) if who == "bot"] == ["1", "2"]


def test_the_narrowest_trigger_of_several_bots_answers(services: str, business: Business) -> None:
    keyword = {"id": "k", "type": "keyword", "keywords": ["price"], "interrupts": True}
    publish(business, NAMES, name="any")
    publish(business, flow([question("which")], ["start next which"], triggers=[keyword]))
    say(services, 1, "hi")
    say(services, 2, "price")  # away from the other bot
    say(services, 3, "price", **{"from": BEA})
    assert [text for who, text in transcript(services) if who == "bot"] == [
        "name", "which", "which",
    ]  # fmt: skip


def test_a_paused_bot_hears_nothing_and_goes_on_when_it_answers_again(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    receive(services, message(2))
    within(business.admin, bot_publishing.pause_bot, bot)
    answer()
    say(services, 3, "Eva")
    assert [who for who, _ in transcript(services)].count("bot") == 1
    within(business.admin, bot_publishing.resume_bot, bot)
    say(services, 4, "Ana")
    assert transcript(services)[-1] == ("bot", "city")


def test_a_new_version_leaves_running_conversations_in_theirs(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    within(business.admin, bots.update_bot, bot, flow=flow([question("age")], ["start next age"]))
    within(business.admin, bot_publishing.publish_bot, bot)
    say(services, 2, "Ana")
    say(services, 3, "hi", **{"from": BEA})
    assert [text for who, text in transcript(services) if who == "bot"] == ["name", "city", "age"]


def test_time_to_answer_runs_from_when_the_question_was_sent(
    services: str, business: Business
) -> None:
    nodes = [question("name", timeout_seconds=60), end("late", "Too late")]
    publish(business, flow(nodes, ["start next name", "name timeout late"]))
    say(services, 1, "hi")
    change(services, "update bot_sessions set due_at = now()")
    answer()  # still queued: not a word
    assert transcript(services)[-1] == ("bot", "name")
    change(services, "update messages set status = 'sent', sent_at = now() where text = 'name'")
    change(services, "update bot_sessions set due_at = now()")
    answer()
    assert transcript(services)[-1] == ("bot", "name")
    change(services, "update messages set sent_at = now() - interval '1 hour' where text = 'name'")
    change(services, "update bot_sessions set due_at = now() - interval '1 second'")
    change(
        services,
        "update bot_sessions set state = jsonb_set(state, '{wait,due_at}', to_jsonb(now()))",
    )
    answer()
    assert transcript(services)[-1] == ("bot", "Too late")
    assert one(services, "select status from bot_sessions")["status"] == "ended"


def test_a_delay_goes_on_when_its_time_has_come_and_not_before(
    services: str, business: Business
) -> None:
    delay = {"id": "d", "type": "delay", "data": {"amount": 1, "unit": "seconds"}}
    publish(business, flow([delay, end("bye", "Bye")], ["start next d", "d next bye"]))
    say(services, 1, "hi")
    assert [who for who, _ in transcript(services)] == ["contact"]
    with converse.connect() as connection:
        assert 0 < (converse.due_in(connection) or 0) <= 1
    change(
        services,
        "update bot_sessions set due_at = now(), state ="
        " jsonb_set(state, '{wait,due_at}', to_jsonb(now() - interval '1 second'))",
    )
    answer()
    assert transcript(services)[-1] == ("bot", "Bye")


def test_a_message_that_breaks_the_bot_costs_nobody_else_and_ends_with_a_person(
    services: str, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(business, NAMES)
    receive(services, message(1, content={"body": "bad"}), message(2, **{"from": BEA}))
    take = converse.Turns.take

    def breaks(turns: Any) -> None:
        if any(one.text == "bad" for one in turns.talk.inputs):
            raise RuntimeError("a bug")
        take(turns)

    monkeypatch.setattr(converse.Turns, "take", breaks)
    for _ in range(converse.MOST_ATTEMPTS):
        change(services, "update bot_inputs set next_at = now()")
        answer()
    assert [text for who, text in transcript(services) if who == "bot"] == ["name"]
    assert count(services, "bot_inputs") == 0
    assert "failed" in one(services, "select text from notes")["text"]
    owners = rows(services, "select owner from conversations order by owner")
    assert [row["owner"] for row in owners] == ["bot", "human"]


@pytest.mark.parametrize("item", library(), ids=lambda item: item.id)
def test_customers_hear_what_the_simulation_said(
    services: str, business: Business, item: Any
) -> None:
    bot = publish(business, item.flow)
    inputs = [{"text": text} for text in item.example]
    played = within(business.admin, simulate_bot, bot, inputs=inputs)
    for number, text in enumerate(item.example):
        say(services, number, text)
        nobody_answers_calls()
    real = rows(services, "select direction, type, content from messages order by id")
    assert [(row["direction"] == "incoming", row["type"], row["content"]) for row in real] == [
        (line["from"] == "contact", line["type"], line["content"]) for line in played.transcript
    ]


def test_a_bot_in_use_is_deleted_with_what_it_remembers(services: str, business: Business) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    within(business.admin, bot_publishing.pause_bot, bot)
    within(business.admin, bots.delete_bot, bot)
    assert count(services, "bot_sessions") == count(services, "bot_steps") == 0
    assert (talk(services)["owner"], talk(services)["bot_id"]) == ("nobody", None)


def test_two_contacts_that_become_one_keep_one_conversation_with_the_bot(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    say(services, 2, "hi", **{"from": BEA})
    assert count(services, "bot_sessions") == 2
    content = {"type": "user_changed_number", "wa_id": BEA, "body": "moved"}
    receive(services, message(3, "system", content, **{"from": ANA}))
    if count(services, "conversations") == 1:
        live = rows(services, "select id from bot_sessions where status <> 'ended'")
        assert len(live) == 1
    say(services, 4, "Bea", **{"from": BEA})
    assert transcript(services)[-1] == ("bot", "city")
