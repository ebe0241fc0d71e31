"""Real conversations had again with a draft: the same where nothing changed, else the line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from botpe_app.errors import Forbidden, NotFound
from botpe_app.models.base import new_id
from botpe_app.services import bot_replay, contacts, inbox, intents, messages, upkeep
from botpe_app.services.bot_library import library
from botpe_app.services.bot_replay import ReplayedConversation
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
)
from tests.services.ingesting import BEA, change, message, one, receive, rows, sent_message


def again(business: Business, bot: str, held: Any = None, **options: Any) -> Any:
    """What replaying finds."""
    return within(business.admin, bot_replay.replay_bot, bot, flow=held, **options)


def only(business: Business, bot: str, held: Any = None) -> ReplayedConversation:
    """The only conversation there is."""
    (found,) = again(business, bot, held).conversations
    return found


def words(lines: list[dict[str, Any]]) -> list[str]:
    return [line["content"].get("body", "") for line in lines]


@pytest.mark.parametrize("item", library(), ids=lambda item: item.id)
def test_what_was_said_is_said_again_by_the_same_version(
    services: str, business: Business, item: Any
) -> None:
    bot = publish(business, item.flow)
    for number, text in enumerate(item.example):
        say(services, number, text)
        nobody_answers_calls()
    found = only(business, bot)
    assert found.same, found.difference
    assert (found.replayed, found.replayed_path) == (found.recorded, found.recorded_path)
    assert found.replayed_status == found.recorded_status
    assert len(found.recorded) > len(item.example)


def test_the_first_line_that_differs_is_named_and_both_sides_are_shown(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    for number, text in enumerate(("hi", "Ana", "Porto")):
        say(services, number, text)
    say(services, 9, "hi", **{"from": BEA})
    changed = flow(
        [question("name"), question("town"), end("bye", "{{name}} of {{town}}")],
        ["start next name", "name next town", "town next bye"],
    )
    found = again(business, bot, changed)
    assert found.summary["conversations"] == 2
    assert (found.summary["same"], found.summary["changed"]) == (1, 1)
    newest, oldest = found.conversations
    assert (newest.same, oldest.same) == (True, False)
    assert oldest.difference is not None
    assert oldest.difference["line"] == 3
    assert words([oldest.difference["recorded"], oldest.difference["replayed"]]) == ["city", "town"]
    assert words(oldest.recorded) == ["hi", "name", "Ana", "city", "Porto", "Ana of Porto"]
    assert words(oldest.replayed) == ["hi", "name", "Ana", "town", "Porto", "Ana of Porto"]
    assert oldest.recorded[1]["node_id"] == "name"
    assert (oldest.contact, oldest.version) == ("Ana", 1)
    assert again(business, bot, count=1).summary["conversations"] == 1
    assert count(services, "messages") == 8  # nothing was sent


def test_a_draft_that_would_not_begin_or_would_call_a_person_is_counted(
    services: str, business: Business
) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    say(services, 2, "Ana")
    deaf = {**NAMES, "triggers": [{"id": "k", "type": "keyword", "keywords": ["hello"]}]}
    found = again(business, bot, deaf)
    assert found.summary["not_started"] == 1
    assert words(found.conversations[0].replayed) == ["hi", "Ana"]
    person = flow([{"id": "h", "type": "hand_off"}], ["start next h"])
    assert again(business, bot, person).summary["with_a_person"] == {"recorded": 0, "replayed": 1}


def test_the_customer_is_as_they_were_then_and_chance_falls_as_it_fell(
    services: str, business: Business
) -> None:
    branches = [{"id": f"b{n}", "weight": 1} for n in range(8)]
    nodes = [
        {"id": "r", "type": "random", "data": {"branches": branches}},
        *({"id": f"s{n}", "type": "set_variable", "data": {"assignments": [
            {"variable": "visits", "operation": "increment", "value": n}]}} for n in range(8)),
        end("bye", "{{visits}} {{now}}"),
    ]  # fmt: skip
    held = flow(
        nodes,
        [
            "start next r",
            *(f"r b{n} s{n}" for n in range(8)),
            *(f"s{n} next bye" for n in range(8)),
        ],
        variables=[{"name": "visits", "scope": "contact", "type": "number", "default": 0}],
    )
    bot = publish(business, held)
    for number in range(4):
        say(services, number, "hi")
    assert one(services, "select custom_fields from contacts")["custom_fields"]["visits"] > 0
    found = again(business, bot)
    assert found.summary == {
        "conversations": 4, "same": 4, "changed": 0, "not_started": 0,
        "ended": {"recorded": 4, "replayed": 4}, "with_a_person": {"recorded": 0, "replayed": 0},
    }  # fmt: skip


def test_delays_timeouts_and_people_come_when_they_came(services: str, business: Business) -> None:
    nodes = [
        {"id": "d", "type": "delay", "data": {"amount": 1, "unit": "seconds"}},
        question("name"), end("bye", "Bye {{name}}"),
    ]  # fmt: skip
    bot = publish(business, flow(nodes, ["start next d", "d next name", "name next bye"]))
    say(services, 1, "hi")
    change(
        services,
        "update bot_turns set at = at - interval '1 minute'; "
        "update bot_sessions set due_at = now(), state ="
        " jsonb_set(state, '{wait,due_at}', to_jsonb(now() - interval '1 second'))",
    )
    answer()
    change(services, "update conversations set last_inbound_at = now()")
    talk = one(services, "select id from conversations")["id"]
    within(business.agent, messages.reply, talk, type="text", content={"body": "I am Eva"})
    say(services, 2, "who?")
    within(business.agent, inbox.resume_bot, talk)
    say(services, 3, "Ana")
    found = only(business, bot)
    assert found.same, found.difference
    kinds = [row["kind"] for row in rows(services, "select kind from bot_turns order by id")]
    assert kinds == ["start", "timeout", "pause", "continue", "reply"]
    assert words(found.replayed) == ["hi", "name", "Ana", "Bye Ana"]


def test_what_others_changed_meanwhile_and_what_a_text_sounded_like_are_as_they_were(
    services: str, business: Business
) -> None:
    within(business.admin, intents.create_intent, name="track", phrases=["where is my order"])
    told = "{{name}} {{contact.tags|join}} {{contact.name}} {{conversation.intent}} {{motto}}"
    nodes = [question("name"), question("city"), end("bye", told)]
    edges = ["start next name", "name next city", "city next bye"]
    variables = [{"name": "motto", "scope": "organization"}]
    bot = publish(business, flow(nodes, edges, variables=variables))
    say(services, 1, "hi")
    contact = str(one(services, "select id from contacts")["id"])
    within(business.admin, contacts.update_contact, contact, name="Ana Maria", tags=["vip"])
    say(services, 2, "Ana")
    within(business.admin, contacts.update_contact, contact, tags=[])
    change(services, "update bot_sessions set moved_at = moved_at - interval '1 second'")
    say(services, 3, "Where is my order")
    within(business.admin, contacts.update_contact, contact, name="Somebody else")
    change(services, "delete from training_phrases; delete from intents")
    found = only(business, bot)
    assert words(found.recorded)[-1] == "Ana  Ana Maria track"
    assert found.same, found.difference


def test_a_draft_that_asks_what_no_bot_asked_then_hears_it_as_of_now(
    services: str, business: Business
) -> None:
    bot = publish(business, flow([end("bye", "Hello")], ["start next bye"]))
    say(services, 1, "Where is my order")
    within(business.admin, intents.create_intent, name="track", phrases=["where is my order"])
    asks = flow([end("bye", "{{conversation.intent}}")], ["start next bye"])
    assert words(only(business, bot, asks).replayed)[-1] == "track"


def test_only_admins_replay_and_only_their_own_bots(
    services: str, business: Business, make_business: Any
) -> None:
    bot = publish(business, NAMES)
    with pytest.raises(Forbidden):
        within(business.agent, bot_replay.replay_bot, bot)
    with pytest.raises(NotFound):
        within(make_business("Globex", "9").admin, bot_replay.replay_bot, bot)
    with pytest.raises(NotFound):
        within(business.admin, bot_replay.replay_bot, new_id())
    assert again(business, bot).conversations == []


def test_wild_drafts_are_replayed_without_a_crash(services: str, business: Business) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    for held in ({}, {"nodes": []}, {"nodes": [1, None, {"id": "a"}]}, {"nodes": "x"}, []):
        assert len(again(business, bot, held).conversations) == 1


def test_turns_are_forgotten_after_three_months(services: str, business: Business) -> None:
    publish(business, NAMES)
    say(services, 1, "hi")
    from botpe_app import db

    with db.connect_as_system(autocommit=True) as connection:
        upkeep.prune(connection)
        assert count(services, "bot_turns") == 1
        connection.execute("update bot_turns set at = now() - interval '91 days'")
        upkeep.prune(connection)
    assert count(services, "bot_turns") == 0


def test_what_began_by_the_answer_to_a_template_begins_by_it_again(
    services: str, business: Business
) -> None:
    sent_message(services, business, type="template", content=json.dumps({"name": "sale"}))
    trigger = {"id": "answer", "type": "template_reply", "templates": ["sale"]}
    held = flow([end("bye", "Hi")], ["start next bye"], triggers=[trigger])
    bot = publish(business, held)
    tapped = {"payload": "yes", "text": "Yes"}
    receive(services, message(2, "button", tapped, context={"id": "wamid.out"}))
    answer()
    found = only(business, bot)
    assert (found.same, found.replayed_status, words(found.replayed)[-1]) == (True, "ended", "Hi")
    other = flow(held["nodes"][1:], ["start next bye"], triggers=[{**trigger, "templates": ["x"]}])
    assert only(business, bot, other).replayed_status == ""
