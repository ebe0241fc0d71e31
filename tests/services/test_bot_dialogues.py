"""A bot's own tests: what comes true, what does not and why, and what they come by."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.errors import Forbidden, Invalid, Unfit
from botpe_app.services import bot_publishing, bot_tests, bots, business_hours, intents
from botpe_app.services.bot_library import library
from tests.acting import within
from tests.conftest import Business
from tests.services.conversing import NAMES, end, flow, publish, question, say

Json = dict[str, Any]
GOOD: Json = {
    "id": "good",
    "name": "Ana of Porto",
    "lines": [
        {"say": "hi"},
        {"expect": "name"},
        {"say": "Ana"},
        {"expect": {"node_id": "city", "type": "text"}},
        {"say": {"text": "Porto"}},
        {"expect": {"contains": "OF porto", "status": "ended", "variable": "city",
                    "value": "Porto"}},
        {"expect": {"nothing": True}},
    ],
}  # fmt: skip


def bad(*lines: Json) -> Json:
    return {"id": "bad", "lines": [{"say": "hi"}, *lines]}


def tried(business: Business, *dialogues: Json, held: Json = NAMES) -> Any:
    """What comes of trying these."""
    bot = within(business.admin, bots.create_bot, flow=held).id
    return within(business.admin, bot_tests.run_tests, bot, dialogues=list(dialogues))


def test_a_dialogue_that_comes_true_passes_and_shows_the_way_it_took(business: Business) -> None:
    found = tried(business, GOOD)
    assert (found.passed, found.failed, found.problems) == (1, 0, [])
    assert found.results[0]["path"] == ["start", "name", "city", "bye"]
    assert found.results[0]["transcript"][-1]["content"] == {"body": "Ana of Porto"}


def test_a_dialogue_says_what_other_programs_answer(business: Business) -> None:
    mappings = [{"path": "$.state", "variable": "state"}]
    data = {"url": "https://a.example", "mappings": mappings}
    call = {"id": "call", "type": "api_call", "data": data}
    edges = ["start next call", "call next good", "call error bad"]
    held = flow([call, end("good", "It is {{state}}"), end("bad", "Later")], edges)
    answer = {"ok": True, "data": {"status": 200, "body": {"state": "sent"}}}
    told: Json = {"id": "told", "lines": [
        {"say": "hi"}, {"say": {"callback": answer}}, {"expect": "It is sent"}]}  # fmt: skip
    down: Json = {"id": "down", "lines": [
        {"say": "hi"}, {"say": {"callback": {"ok": False}}}, {"expect": "Later"}]}  # fmt: skip
    found = tried(business, told, down, held=held)
    assert (found.passed, found.problems) == (2, [])


def test_a_dialogue_hears_what_texts_sound_like(business: Business) -> None:
    within(business.admin, intents.create_intent, name="track", phrases=["where is my order"])
    held = flow([end("bye", "{{conversation.intent}}")], ["start next bye"])
    sounds: Json = {"id": "sounds", "lines": [{"say": "Where is my order?"}, {"expect": "track"}]}
    assert tried(business, sounds, held=held).problems == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"expect": "city"}, "“city”"),
        ({"expect": {"contains": "town"}}, "town"),
        ({"expect": {"type": "image"}}, "image"),
        ({"expect": {"node_id": "bye"}}, "bye"),
        ({"expect": {"nothing": True}}, "nothing more"),
        ({"expect": {"status": "ended"}}, "it is waiting"),
        ({"expect": {"variable": "name", "value": "Ana"}}, "name should be 'Ana'"),
        ({"say": {"button": 5}}, "pressed"),
        ({"say": {}}, "what comes in"),
    ],
)
def test_what_does_not_come_true_is_told_with_its_line_and_what_was_heard(
    business: Business, line: Json, told: str
) -> None:
    found = tried(business, bad(line, {"expect": "name"}))
    failure = found.results[0]["failure"]
    assert (found.failed, failure["line"]) == (1, 1)
    assert told in failure["message"]
    assert failure["heard"] == (["name"] if "expect" in line else [])
    assert (found.problems[0].field, found.problems[0].code) == (
        "dialogues[0].lines[1]", "dialogue_failed",
    )  # fmt: skip


def test_messages_are_expected_in_their_order(business: Business) -> None:
    said = [{"type": "text", "text": {"body": word}} for word in ("one", "two")]
    held = flow(
        [{"id": "m", "type": "message", "data": {"messages": said}}, end("bye", "three")],
        ["start next m", "m next bye"],
    )
    assert tried(business, bad({"expect": "one"}, {"expect": "three"}), held=held).passed == 1
    assert tried(business, bad({"expect": "three"}, {"expect": "one"}), held=held).failed == 1


def test_a_failing_dialogue_keeps_a_bot_from_being_published_unless_forced(
    business: Business,
) -> None:
    bot = within(business.admin, bots.create_bot, flow=NAMES).id
    within(business.admin, bots.update_bot, bot, dialogues=[GOOD, bad({"expect": "who?"})])
    with pytest.raises(Unfit, match="“bad” fails") as refused:
        within(business.admin, bot_publishing.publish_bot, bot)
    assert refused.value.field == "dialogues[1].lines[1]"
    assert [one["code"] for one in refused.value.problems] == ["dialogue_failed"]
    assert within(business.admin, bots.get_bot, bot).status == "draft"
    forced = within(business.admin, bot_publishing.publish_bot, bot, force=True)
    assert forced.version == 1
    within(business.admin, bots.update_bot, bot, dialogues=[GOOD])
    assert within(business.admin, bot_publishing.publish_bot, bot).version == 2


def test_force_does_not_publish_a_flow_with_an_error(business: Business) -> None:
    broken = {**NAMES, "nodes": [*NAMES["nodes"], {"id": "x", "type": "message"}]}
    bot = within(business.admin, bots.create_bot, flow=broken).id
    with pytest.raises(Unfit) as refused:
        within(business.admin, bot_publishing.publish_bot, bot, force=True)
    assert refused.value.problems[0]["node_id"] == "x"


@pytest.mark.parametrize(
    ("dialogues", "field"),
    [
        ("x", "dialogues"),
        ([5], "dialogues[0]"),
        ([{"id": "a"}], "dialogues[0].lines"),
        ([{"id": "a", "lines": []}], "dialogues[0].lines"),
        ([{"id": "a b", "lines": [{"say": "hi"}]}], "dialogues[0].id"),
        ([{"id": "a", "lines": [{"says": "hi"}]}], "dialogues[0].lines[0]"),
        ([{"id": "a", "lines": [{"expect": {"status": "odd"}}]}], "dialogues[0].lines[0]"),
        ([{"id": "a", "lines": [{"say": "x" * 5000}]}], "dialogues[0].lines[0]"),
        ([GOOD, GOOD], "dialogues[1].id"),
        ([{**GOOD, "id": f"d{n}"} for n in range(51)], "dialogues"),
    ],
)
def test_what_is_no_dialogue_is_refused_naming_the_place(
    business: Business, dialogues: Any, field: str
) -> None:
    bot = within(business.admin, bots.create_bot, flow=NAMES).id
    with pytest.raises(Invalid) as refused:
        within(business.admin, bots.update_bot, bot, dialogues=dialogues)
    assert (refused.value.field or "").startswith(field)


@pytest.mark.parametrize("item", library(), ids=lambda item: item.id)
def test_bots_of_the_library_bring_dialogues_that_come_true_and_come_by_every_node(
    business: Business, item: Any
) -> None:
    bot = within(business.admin, bots.create_bot, library=item.id)
    assert len(bot.dialogues) >= 2
    found = within(business.admin, bot_tests.run_tests, bot.id)
    assert (found.failed, found.problems) == (0, [])
    untested = [one["node_id"] for one in found.coverage["nodes"] if not one["tests"]]
    assert untested == []
    copy = within(business.admin, bots.clone_bot, bot.id)
    assert copy.dialogues == bot.dialogues


def test_coverage_counts_tests_and_real_customers_apart(services: str, business: Business) -> None:
    bot = publish(business, NAMES)
    say(services, 1, "hi")
    say(services, 2, "Ana")
    short = {"id": "short", "lines": GOOD["lines"][:2]}
    found = within(business.admin, bot_tests.run_tests, bot, dialogues=[short]).coverage
    assert {one["node_id"]: (one["tests"], one["traffic"]) for one in found["nodes"]} == {
        "start": (1, 1), "name": (1, 1), "city": (0, 1), "bye": (0, 0),
    }  # fmt: skip
    assert {one["edge_id"]: (one["tests"], one["traffic"]) for one in found["edges"]} == {
        "e0": (1, 1), "e1": (0, 1), "e2": (0, 0),
    }  # fmt: skip
    assert (found["nodes_tested"], found["nodes_visited"], found["nodes_total"]) == (2, 3, 4)


def test_a_dialogue_is_tried_in_hours_in_which_the_bot_answers(business: Business) -> None:
    within(business.admin, business_hours.update_hours, days={"mon": [["09:00", "10:00"]],
           **{day: [] for day in ("tue", "wed", "thu", "fri", "sat", "sun")}})  # fmt: skip
    held = {**NAMES, "settings": {"business_hours": {"closed_text": "We are closed."}}}
    assert tried(business, GOOD, held=held).passed == 1
    night = {**GOOD, "now": "2026-11-24T03:00:00Z"}
    assert tried(business, night, held=held).results[0]["failure"]["heard"] == ["We are closed."]
    closed = {"id": "c", "now": "2026-11-24T03:00:00Z",
              "lines": [{"say": "hi"}, {"expect": "We are closed."}]}  # fmt: skip
    assert tried(business, closed, held=held).passed == 1


def test_only_admins_try_dialogues(business: Business) -> None:
    bot = within(business.admin, bots.create_bot, flow=flow([question("a")], ["start next a"])).id
    with pytest.raises(Forbidden):
        within(business.agent, bot_tests.run_tests, bot)
