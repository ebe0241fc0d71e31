"""Bots from draft to answering: versions, conflicts, and talking to them without anybody."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from botpe_app.core.flow import Known, problems
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.services import accounts, bot_publishing, bots
from botpe_app.services.bot_library import library
from botpe_app.services.bot_simulation import simulate_bot
from botpe_app.whatsapp import messages as wire
from tests.acting import within
from tests.conftest import Business

Json = dict[str, Any]
HELLO: Json = {
    "version": 1,
    "triggers": [{"id": "hi", "type": "keyword", "keywords": ["hi"]}],
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "ask", "type": "question", "data": {"text": "Name?", "save_to": "name"}},
        {"id": "bye", "type": "end", "data": {"text": "Bye, {{name}}."}},
    ],
    "edges": [
        {"id": "e1", "source": "start", "source_handle": "next", "target": "ask"},
        {"id": "e2", "source": "ask", "source_handle": "next", "target": "bye"},
    ],
}


def changed(**parts: Any) -> Json:
    """The flow with other parts."""
    return {**copy.deepcopy(HELLO), **parts}


def make(business: Business, flow: Json = HELLO, **fields: Any) -> str:
    """The id of a new bot."""
    return within(business.admin, bots.create_bot, flow=flow, **fields).id


def test_a_new_bot_is_a_draft_on_the_only_number_and_answers_nobody(business: Business) -> None:
    row = within(business.admin, bots.create_bot, name="  Hello  ")
    assert (row.name, row.status, row.version) == ("Hello", "draft", None)
    assert row.account_id == str(business.account_id)
    assert [one.id for one in within(business.viewer, bots.list_bots).data] == [row.id]


def test_only_admins_make_bots_and_everybody_sees_them(business: Business) -> None:
    bot = make(business)
    assert within(business.viewer, bots.get_bot, bot).id == bot
    for actor in (business.viewer, business.agent):
        with pytest.raises(Forbidden):
            within(actor, bots.create_bot)
        with pytest.raises(Forbidden):
            within(actor, bot_publishing.publish_bot, bot)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"flow": {"nodes": 5}}, "flow.nodes"),
        ({"flow": {"version": 2}}, "flow.version"),
        ({"flow": {"knots": []}}, "flow.knots"),
        ({"library": "nothing"}, "library"),
    ],
)
def test_what_is_no_bot_is_refused_naming_the_field(
    business: Business, fields: Json, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        within(business.admin, bots.create_bot, **fields)
    assert refused.value.field == field


def test_an_unfinished_draft_is_kept_and_its_problems_are_told(business: Business) -> None:
    bot = make(business, changed(nodes=[*HELLO["nodes"], {"id": "x", "type": "message"}]))
    told = within(business.admin, bots.validate_bot, bot).problems
    assert [one.node_id for one in told if one.severity == "error"] == ["x"]
    assert within(business.admin, bots.validate_bot, bot, HELLO).problems == []


def test_publishing_makes_a_version_that_later_drafts_do_not_touch(business: Business) -> None:
    bot = make(business)
    first = within(business.admin, bot_publishing.publish_bot, bot)
    assert (first.status, first.version) == ("active", 1)
    within(business.admin, bots.update_bot, bot, flow=changed(name="other"))
    assert [v.flow for v in within(business.admin, bots.list_versions, bot)] == [HELLO]
    assert within(business.admin, bot_publishing.publish_bot, bot).version == 2
    back = within(business.admin, bot_publishing.roll_back_bot, bot, 1)
    assert (back.version, back.flow) == (3, HELLO)
    versions = within(business.admin, bots.list_versions, bot)
    assert [(one.version, one.is_live) for one in versions] == [(3, True), (2, False), (1, False)]
    with pytest.raises(NotFound):
        within(business.admin, bot_publishing.roll_back_bot, bot, 9)


def test_a_flow_with_an_error_is_not_published_and_the_node_is_named(business: Business) -> None:
    bot = make(business, changed(nodes=[*HELLO["nodes"], {"id": "bad", "type": "message"}]))
    with pytest.raises(Invalid, match="bad") as refused:
        within(business.admin, bot_publishing.publish_bot, bot)
    assert refused.value.field is not None
    assert refused.value.field.startswith("flow.nodes.bad.")
    assert within(business.admin, bots.get_bot, bot).status == "draft"


def test_two_active_bots_of_a_number_never_answer_the_same(business: Business) -> None:
    first, second = make(business, name="First"), make(business, name="Second")
    within(business.admin, bot_publishing.publish_bot, first)
    with pytest.raises(Conflict, match=f"First.*{first}.*keyword exact hi"):
        within(business.admin, bot_publishing.publish_bot, second)
    within(business.admin, bot_publishing.pause_bot, first)
    within(business.admin, bot_publishing.publish_bot, second)
    with pytest.raises(Conflict, match="Second"):
        within(business.admin, bot_publishing.resume_bot, first)


def test_bots_of_two_numbers_may_answer_the_same(business: Business) -> None:
    number = within(
        business.admin, accounts.add_account, name="Two", waba_id="1",
        phone_number_id="2", phone="+15550783882", token="EAAtoken",
    )  # fmt: skip
    bot, other = make(business, account_id=business.account_id), make(business)
    assert within(business.admin, bots.get_bot, other).account_id is None
    with pytest.raises(Invalid) as refused:
        within(business.admin, bot_publishing.publish_bot, other)
    assert refused.value.field == "account_id"
    within(business.admin, bots.update_bot, other, account_id=number.id)
    for one in (bot, other):
        assert within(business.admin, bot_publishing.publish_bot, one).status == "active"
    with pytest.raises(Conflict, match="number has bots"):
        within(business.admin, accounts.remove_account, number.id)


def test_a_second_editor_is_told_and_overwrites_nothing(business: Business) -> None:
    bot = make(business)
    saved = within(business.admin, bots.update_bot, bot, flow=changed(name="a"), revision=1)
    assert saved.revision == 2
    with pytest.raises(Conflict) as refused:
        within(business.admin, bots.update_bot, bot, flow=changed(name="b"), revision=1)
    assert refused.value.field == "revision"
    assert within(business.admin, bots.get_bot, bot).flow["name"] == "a"


def test_an_active_bot_is_neither_deleted_nor_moved_and_a_paused_one_is(
    business: Business,
) -> None:
    bot = make(business)
    with pytest.raises(Conflict):
        within(business.admin, bot_publishing.pause_bot, bot)
    within(business.admin, bot_publishing.publish_bot, bot)
    with pytest.raises(Conflict):
        within(business.admin, bots.delete_bot, bot)
    with pytest.raises(Conflict):
        within(business.admin, bots.update_bot, bot, account_id=None)
    within(business.admin, bot_publishing.pause_bot, bot)
    within(business.admin, bots.delete_bot, bot)
    with pytest.raises(NotFound):
        within(business.admin, bots.get_bot, bot)


def test_a_clone_is_a_draft_of_its_own(business: Business) -> None:
    bot = make(business, name="Hello")
    within(business.admin, bot_publishing.publish_bot, bot)
    copied = within(business.admin, bots.clone_bot, bot)
    assert (copied.name, copied.status, copied.version) == ("Hello (copy)", "draft", None)
    assert copied.id != bot
    assert copied.flow == HELLO


def test_a_simulation_talks_like_the_bot_and_keeps_nothing(business: Business) -> None:
    bot = make(business)
    played = within(business.admin, simulate_bot, bot, inputs=[{"text": "hi"}, {"text": "Ana"}])
    said = [(line["from"], line["content"]["body"]) for line in played.transcript]
    assert said == [("contact", "hi"), ("bot", "Name?"), ("contact", "Ana"), ("bot", "Bye, Ana.")]
    assert played.path == ["start", "ask", "bye"]
    assert (played.variables, played.status, played.problems) == ({"name": "Ana"}, "ended", [])
    assert [line["node_id"] for line in played.transcript] == [None, "ask", None, "bye"]


def test_a_simulation_where_no_trigger_fits_says_so(business: Business) -> None:
    played = within(business.admin, simulate_bot, make(business), inputs=[{"text": "what"}])
    assert [line["from"] for line in played.transcript] == ["contact"]
    assert "No trigger" in played.notes[0]


@pytest.mark.parametrize("raw", [{}, {"text": 5}, {"button": {}}, {"text": "a", "after": -1}])
def test_an_input_that_is_nothing_is_refused_by_its_place(business: Business, raw: Json) -> None:
    with pytest.raises(Invalid) as refused:
        within(business.admin, simulate_bot, make(business), inputs=[{"text": "hi"}, raw])
    assert str(refused.value.field).startswith("inputs[1]")


@pytest.mark.parametrize("item", library(), ids=lambda item: item.id)
def test_a_bot_of_the_library_is_valid_published_at_once_and_starts_with_its_example(
    business: Business, item: Any
) -> None:
    found = problems(item.flow, Known(check_message=wire.validate))
    assert found == []
    bot = within(business.admin, bots.create_bot, library=item.id, account_id=business.account_id)
    inputs = [{"text": text} for text in item.example]
    played = within(business.admin, simulate_bot, bot.id, inputs=inputs)
    speakers = [line["from"] for line in played.transcript]
    assert speakers[:2] == ["contact", "bot"]
    assert speakers.count("bot") >= len(item.example)
    assert played.status in ("ended", "paused")
    assert within(business.admin, bot_publishing.publish_bot, bot.id).status == "active"


def test_the_library_holds_six_bots() -> None:
    assert {item.id for item in library()} == {
        "appointment", "faq", "lead_capture", "order_status", "shop", "survey",
    }  # fmt: skip
