"""What could be better in a bot: from its figures alone, and by a scripted model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from botpe_app.core.bot_advice import advice
from botpe_app.errors import Forbidden, NotFound
from botpe_app.services import agent_asking, agent_improving
from botpe_app.services.agent_improving import Improvements
from tests.acting import within
from tests.claude.messages_api import MessagesApi, says
from tests.conftest import Business
from tests.services.conversing import end, flow, publish, say
from tests.services.ingesting import change

ASKING = flow(
    [{"id": "size", "type": "question", "data": {"text": "Size?", "save_to": "size"}},
     end("bye", "Bye")],
    ["start next size", "size next bye"],
)  # fmt: skip


def left(url: str, business: Business, times: int) -> str:
    """A bot whose question so many customers did not answer before their time was up."""
    bot = publish(business, ASKING)
    for number in range(times):
        say(url, number, "my secret is 4711", **{"from": f"3519100000{number:02}"})
    change(url, "update bot_sessions set status = 'ended', ending = 'expired', due_at = null")
    return bot


def improve(business: Business, bot: str) -> Improvements:
    asked = agent_asking.ask(within(business.admin, agent_improving.prepare, bot))
    return within(business.admin, agent_improving.finish, asked)


def test_where_customers_leave_is_told_without_a_model(services: str, business: Business) -> None:
    told = improve(business, left(services, business, 10))
    (found,) = told.proposals
    assert (told.source, found.node_id) == ("local", "size")
    assert "10 of 10" in found.why
    assert "size" in found.instruction


def test_too_few_conversations_say_nothing(claude: MessagesApi, services: str, business: Business):
    bot = left(services, business, 2)
    assert (improve(business, bot).proposals, claude.asked) == ([], [])


def test_a_model_sees_counts_and_nobodys_words_and_names_steps_that_are(
    claude: MessagesApi, services: str, business: Business
) -> None:
    bot = left(services, business, 10)
    good = {"title": "Offer sizes", "why": "10 left.", "instruction": "Offer S, M, L in size."}
    answers = [
        {"proposals": [{**good, "node_id": "nowhere"}]},
        {"proposals": [{**good, "node_id": "size"}]},
    ]
    claude.script = [says(json.dumps(one)) for one in answers]
    told = improve(business, bot)
    assert [(one.title, one.node_id) for one in told.proposals] == [("Offer sizes", "size")]
    assert len(claude.asked) == 2
    assert "4711" not in json.dumps(claude.asked)
    assert '"dropped": 10' in claude.asked[0]["messages"][0]["content"]


def test_only_who_may_change_bots_is_told_and_only_of_ours(
    services: str, business: Business, make_business: Callable[..., Business]
) -> None:
    bot = publish(business, ASKING)
    with pytest.raises(Forbidden):
        within(business.agent, agent_improving.prepare, bot)
    other = make_business("Globex", "999")
    with pytest.raises(NotFound):
        within(other.admin, agent_improving.prepare, bot)


def test_figures_of_every_kind_become_advice_the_gravest_first() -> None:
    node: dict[str, Any] = {"node_id": "a", "visits": 20, "dropped": 5, "drop_off": 0.25}
    asked = {"node_id": "q", "asked": 20, "not_understood": 8, "no_answer": 4}
    found = advice(20, 10, [node, {**node, "visits": 5}], [asked, {**asked, "asked": 5}])
    assert [one.node_id for one in found] == ["", "q", "a", "q"]
    assert advice(20, 1, [{**node, "drop_off": 0.1}], [{**asked, "asked": 100}]) == []
    assert advice(9, 9, [node], [asked]) == []
