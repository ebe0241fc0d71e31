"""Bots' AI nodes: asked beside the conversation, heard in its order, silent for a person."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import agent_runs, bot_tasks, contacts, inbox, knowledge
from jobs import agents
from jobs import drain as drains
from tests.acting import within
from tests.claude.messages_api import MessagesApi, fails, says
from tests.conftest import Business, count
from tests.services.conversing import answer, end, flow, publish, say, transcript
from tests.services.ingesting import change, one

SHIPPING = "Shipping takes 3 to 5 days within Europe."
QUESTION = "How long does the shipping take?"
REPLY = {
    "action": "reply", "reply": "It takes 3 to 5 days.",
    "citations": [{"passage": 1, "quote": "takes 3 to 5 days"}],
}  # fmt: skip
CLASSES = [
    {"id": "money", "name": "Refund", "description": "wants the money back"},
    {"id": "parcel", "name": "Parcel", "description": "asks where a parcel is"},
]


@pytest.fixture
def shop(services: str, business: Business) -> Business:
    """A business that knows how long its shipping takes."""
    within(business.admin, knowledge.create_item, title="Shipping", text=SHIPPING)
    return business


def asking(*ways: str, **data: Any) -> dict[str, Any]:
    """A flow with an AI node; what it saved is told at the end."""
    node = {"id": "ai", "type": "ai", "data": {"save_to": "found", **data}}
    edges = ["start next ai", "ai error no", *ways]
    used = {edge.split()[2] for edge in edges} - {"ai"}
    return flow([node, *(end(name, ENDS[name]) for name in sorted(used))], edges)


ENDS = {
    "done": "Done", "money": "Money", "parcel": "Parcel", "no": "Sorry",
    "told": "{{found}} of {{size}}",
}  # fmt: skip
ANSWER = asking("ai next done")
SIZE = [{"variable": "size", "type": "text", "description": "the size"}]
CLASSIFY = asking(
    "ai money money", "ai parcel parcel", "ai other done", mode="classify", categories=CLASSES
)


def work() -> None:
    """Until nothing is under way; then the bots hear it."""
    drains.run(Lane.AGENTS, agents.open_work, idle_seconds=0.05)
    answer()


def do_next() -> bot_tasks.Task:
    """Does the next task, and lets nobody hear of it yet."""
    with db.transaction() as session:
        db.act_as_system(session)
        (task,) = bot_tasks.claim(session, 1)
    agents.do(task)
    return task


def texts(url: str) -> list[str]:
    return [text for who, text in transcript(url) if who == "bot"]


def test_an_answer_comes_after_its_turn_was_kept(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    claude.script = [says(json.dumps(REPLY))]
    bot = publish(shop, ANSWER)
    say(services, 1, QUESTION)
    assert (count(services, "bot_calls"), claude.asked) == (1, [])
    work()
    assert texts(services) == ["It takes 3 to 5 days.", "Done"]
    assert count(services, "bot_calls") == count(services, "bot_inputs") == 0
    data = json.loads(claude.asked[0]["messages"][0]["content"])
    assert data["question"] == QUESTION
    (run,) = within(shop.viewer, agent_runs.list_runs).data
    assert (run.agent, run.source, run.success) == ("response", "claude", True)
    assert [(tool.name, tool.outcome) for tool in run.tools] == [("search_knowledge", "1 passages")]
    (day,) = within(shop.viewer, agent_runs.usage)
    assert (day.bot_id, day.bot, day.cost_usd) == (bot, "New bot", run.cost_usd)


def test_who_wants_no_ai_is_answered_without_it_and_shown_to_no_model(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    claude.script = [says(json.dumps(REPLY))]
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    (person,) = within(shop.agent, contacts.list_contacts).data
    within(shop.agent, contacts.update_contact, person.id, ai_opt_out=True)
    work()
    assert (texts(services), claude.asked) == ([SHIPPING, "Done"], [])
    (run,) = within(shop.viewer, agent_runs.list_runs).data
    assert "wants no AI" in run.explanation
    within(shop.agent, contacts.update_contact, person.id, ai_opt_out=False)
    say(services, 2, QUESTION)
    work()
    assert len(claude.asked) == 1


@pytest.mark.parametrize("held", [CLASSIFY, asking("ai next done", mode="extract", fields=SIZE)])
def test_what_they_write_is_not_sorted_or_read_by_a_model_either(
    claude: MessagesApi, services: str, shop: Business, held: dict[str, Any]
) -> None:
    claude.script = [says("{}")]
    publish(shop, held)
    say(services, 1, "where is my parcel")
    (person,) = within(shop.agent, contacts.list_contacts).data
    within(shop.agent, contacts.update_contact, person.id, ai_opt_out=True)
    work()
    assert (count(services, "agent_logs"), claude.asked) == (1, [])


def test_a_server_that_hangs_costs_seconds_and_the_passage_answers(
    claude: MessagesApi, services: str, shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_tasks, "_LONGEST_SECONDS", 1.0)
    claude.script = [None]
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 20
    assert texts(services) == [SHIPPING, "Done"]


def test_who_cannot_answer_hands_over(services: str, shop: Business) -> None:
    publish(shop, ANSWER)
    say(services, 1, "Do you sell penguins?")
    work()
    told = one(services, "select owner, waiting_since from conversations")
    assert told["owner"] == "human"
    assert told["waiting_since"] is not None
    assert "colleague" in texts(services)[0]
    assert "AI" in one(services, "select text from notes")["text"]


def test_without_knowledge_only_the_instructions_may_be_said(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    said = {
        "action": "reply",
        "reply": "We open at 9.",
        "citations": [{"passage": 1, "quote": "at 9"}],
    }
    claude.script = [says(json.dumps(said))]
    publish(shop, asking("ai next done", use_knowledge=False, instructions="We open at 9."))
    say(services, 1, "when?")
    work()
    assert texts(services)[0] == "We open at 9."
    assert SHIPPING not in claude.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("said", "branch"),
    [({"category": "parcel", "confidence": 0.9}, "Parcel"), ({"category": "x"}, "Done"),
     ({"category": "other", "confidence": 7}, "Done")],
)  # fmt: skip
def test_claude_sorts_into_the_flows_categories_only(
    claude: MessagesApi, services: str, shop: Business, said: Any, branch: str
) -> None:
    claude.script = [says(json.dumps(said))]
    publish(shop, CLASSIFY)
    say(services, 1, "where is it")
    work()
    assert texts(services) == [branch]


@pytest.mark.parametrize(
    ("text", "branch"),
    [("I want my money back", "Money"), ("where is my parcel?", "Parcel"), ("penguins", "Done")],
)
def test_without_a_key_the_words_of_the_categories_sort(
    services: str, shop: Business, text: str, branch: str
) -> None:
    publish(shop, CLASSIFY)
    say(services, 1, text)
    work()
    assert texts(services) == [branch]


FIELDS = [
    {"variable": "found", "type": "text", "description": "their e-mail"},
    {"variable": "size", "type": "number", "description": "how many"},
]


@pytest.mark.parametrize("with_claude", [True, False])
def test_values_are_read_out_of_a_text(
    claude: MessagesApi, services: str, shop: Business, with_claude: bool
) -> None:
    given = {"found": "ana@example.com", "size": "12", "evil": "x"}
    values = [{"variable": name, "value": value} for name, value in given.items()]
    claude.script = [says(json.dumps({"values": values})) if with_claude else fails(400)]
    held = asking("ai next told", mode="extract", fields=FIELDS, save_to="all")
    publish(shop, held)
    say(services, 1, "12 please, mail me at ana@example.com")
    work()
    assert texts(services) == ["ana@example.com of 12"]


def take_over(business: Business, url: str) -> None:
    conversation = one(url, "select id from conversations")["id"]
    within(business.agent, inbox.hand_off, conversation)


def test_once_a_person_has_it_nobody_is_asked(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    take_over(shop, services)
    work()
    assert (claude.asked, texts(services), count(services, "bot_calls")) == ([], [], 0)


def test_an_answer_that_comes_after_a_person_is_not_said(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    claude.script = [says(json.dumps(REPLY))]
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    do_next()
    take_over(shop, services)
    answer()
    assert (len(claude.asked), texts(services)) == (1, [])
    assert one(services, "select owner from conversations")["owner"] == "human"


def test_an_answer_is_heard_once(claude: MessagesApi, services: str, shop: Business) -> None:
    claude.script = [says(json.dumps(REPLY))]
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    task = do_next()
    change(
        services,
        "insert into bot_inputs (organization_id, id, conversation_id, kind, data, attempts)"
        " select organization_id, gen_random_uuid(), conversation_id, kind, data, 0"
        " from bot_inputs",
    )
    answer()
    assert texts(services) == ["It takes 3 to 5 days.", "Done"]
    agents.do(task)  # a worker that was thought lost
    answer()
    assert texts(services) == ["It takes 3 to 5 days.", "Done"]


def test_a_task_that_was_lost_twice_fails(
    claude: MessagesApi, services: str, shop: Business
) -> None:
    publish(shop, ANSWER)
    say(services, 1, QUESTION)
    change(services, "update bot_calls set attempts = 2, next_at = now()")
    work()
    assert (claude.asked, texts(services)) == ([], ["Sorry"])


def test_a_slow_answer_keeps_no_other_conversation_waiting(
    claude: MessagesApi, services: str, shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_tasks, "_LONGEST_SECONDS", 1.0)
    claude.script = [None, says(json.dumps(REPLY))]
    publish(shop, ANSWER)
    say(services, 1, QUESTION, **{"from": "351910000001"})
    say(services, 2, QUESTION, **{"from": "351910000002"})
    work()
    assert sorted(texts(services)) == sorted([SHIPPING, "Done", "It takes 3 to 5 days.", "Done"])
