"""Settings → AI over a real socket: who may change what, and nothing of another organization."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from botpe_app.services import ai_settings, intents, knowledge
from botpe_app.services.access import Actor
from botpe_app.services.agent_runs import UsageItem
from botpe_app.ui.ai.agents_state import AiState, _shares_of_bots
from botpe_app.ui.ai.intents_state import IntentsState, _read_entities, _written
from botpe_app.ui.ai.knowledge_state import KnowledgeState
from tests.acting import within
from tests.conftest import Business
from tests.ui.tab import Tab

SignIn = Callable[[Actor], str]
PHRASES = ["where is my order", "track my parcel", "has it shipped"]


def refusals(tab: Tab) -> int:
    """How many toasts say that a role may not do something."""
    return tab.said().count("may not do this")


def test_a_viewer_sees_how_the_agents_work_and_changes_nothing(
    web: str, sign_in: SignIn, business: Business, make_business: Callable[..., Business]
):
    other = make_business("Globex", "206540352242922")
    theirs = within(other.admin, knowledge.create_item, title="Secret", text="The secret is 4711.")
    ours = within(business.admin, knowledge.create_item, title="Hours", text="We open at nine.")

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as tab:
            await (await tab.open("/settings/ai")).until(
                lambda t: t.state("ai_state").get("loaded")
            )
            assert not tab.state("ai_state").get("may_manage")
            assert len(tab.state("ai_state")["labels"]) == 30
            for drawn in ("runs_by_day", "cost_by_day"):
                assert tab.state("ai_state")[drawn][0]["values"] == [0] * 30
            form: dict[str, Any] = {"model": "", "tone": "rude", "monthly_budget_usd": "999"}
            await tab.call(AiState.save, form=form)
            await tab.until(refusals)
            await tab.call(AiState.edit_way, agent="response")
            await tab.call(AiState.save_way, form={"way_model": "dear"})
            await tab.until(lambda t: refusals(t) > 1)
            before = refusals(tab)
            await tab.go("/settings/ai/knowledge")
            await tab.until(lambda t: t.state("knowledge_state").get("loaded"))
            await tab.call(KnowledgeState.ask_remove, item_id=ours.id)
            await tab.call(KnowledgeState.remove)
            await tab.until(lambda t: refusals(t) > before)
            await tab.call(KnowledgeState.edit, item_id=theirs.id)
            await tab.until(lambda t: "Document not found" in t.said())
            assert "4711" not in tab.said()
            assert "Secret" not in tab.said()

    asyncio.run(run())
    found = within(business.admin, ai_settings.get_settings)
    assert (found.tone, found.agents["response"].model) == ("", "")
    assert within(business.admin, knowledge.get_item, ours.id).title == "Hours"


def test_an_admin_has_one_agent_work_otherwise(web: str, sign_in: SignIn, business: Business):
    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/settings/ai")
            await tab.until(lambda t: t.state("ai_state").get("loaded"))
            await tab.call(AiState.edit_way, agent="response")
            form = {"way_model": "", "way_effort": "high", "way_max_tokens": "9"}
            await tab.call(AiState.save_way, form=form)
            await tab.until(lambda t: t.state("ai_state").get("errors"))
            assert "max_tokens" in tab.state("ai_state")["errors"]
            await tab.call(AiState.save_way, form={**form, "way_max_tokens": "900"})
            await tab.until(lambda t: "up to 900 tokens" in str(t.state("ai_state")["ways"]))
            assert tab.state("ai_state")["editing"] == ""

    asyncio.run(run())
    way = within(business.admin, ai_settings.get_settings).agents["response"]
    assert (way.effort, way.max_tokens) == ("high", 900)
    assert within(business.admin, ai_settings.get_settings).max_tokens is None


def test_bots_of_one_name_have_a_line_each_and_those_that_are_gone_one_together():
    used = [
        UsageItem(date(2026, 11, 1), "response", 1, 0, 0, cost, bot, name)
        for cost, bot, name in (
            (3.0, "b1", "Shop"), (2.0, "b2", "Shop"), (1.0, "b1", "Shop"), (0.5, "b3", ""),
            (0.25, "b4", ""), (9.0, None, ""),
        )
    ]  # fmt: skip
    told = [(share.name, share.runs, share.cost) for share in _shares_of_bots(used)]
    assert told == [
        ("Shop", "2", "$4.0000"), ("Shop", "1", "$2.0000"), ("A bot that is gone", "2", "$0.7500"),
    ]  # fmt: skip


def test_an_admin_teaches_an_intent_and_tries_it(web: str, sign_in: SignIn, business: Business):
    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/settings/ai/intents")
            await tab.until(lambda t: t.state("intents_state").get("loaded"))
            await tab.call(IntentsState.edit, intent_id="new")
            form = {"name": "", "phrases": "\n".join(PHRASES), "entities": "size: large = xl"}
            await tab.call(IntentsState.save, form=form)
            await tab.until(lambda t: t.state("intents_state").get("errors"))
            await tab.call(IntentsState.save, form={**form, "name": "track"})
            await tab.until(lambda t: t.state("intents_state").get("intents"))
            await tab.call(IntentsState.try_text, form={"text": "where's my order"})
            await tab.until(lambda t: t.state("intents_state").get("told") == "track")
            await tab.call(IntentsState.look)
            await tab.until(lambda t: t.state("intents_state").get("verdict"))

    asyncio.run(run())
    (item,) = within(business.admin, intents.list_intents)
    assert (item.name, item.phrases) == ("track", PHRASES)
    assert item.entities[0]["values"] == [{"value": "large", "synonyms": ["xl"]}]


def test_things_to_look_for_are_written_as_they_are_read():
    line = "size: large = big, xl; small"
    (read,) = _read_entities(f"\n{line}\n")
    assert _written({**read, "values": [
        {**one, "synonyms": [word.strip() for word in one["synonyms"] if word.strip()]}
        for one in read["values"]
    ]}) == line  # fmt: skip
