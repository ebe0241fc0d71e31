"""A conversation played without anybody: delays pass, calls fail or are answered by the script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from botpe_app.core.engine import Context, Program
from botpe_app.core.engine.rehearsal import Rehearsal
from botpe_app.core.flow import parse
from botpe_app.errors import Invalid

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def played(
    nodes: list[Any], edges: list[str], *script: Any, patient: bool = False, **flow: Any
) -> Rehearsal:
    """The rehearsal of a flow whose edges are written `a next b`."""
    ways = [edge.split() for edge in edges]
    held = {
        "triggers": [{"id": "any", "type": "any_message"}],
        "nodes": [{"id": "start", "type": "start"}, *nodes],
        "edges": [
            {"id": f"e{n}", "source": a, "source_handle": h, "target": b}
            for n, (a, h, b) in enumerate(ways)
        ],
        **flow,
    }
    rehearsal = Rehearsal(
        Program(parse(held), "bot", "1"), Context(contact={"tags": []}), NOON, patient=patient
    )
    rehearsal.play(script)
    return rehearsal


def end(name: str) -> dict[str, Any]:
    return {"id": name, "type": "end", "data": {"text": name}}


def heard(rehearsal: Rehearsal) -> list[str]:
    """What the bot said."""
    return [line.content["body"] for line in rehearsal.lines if line.speaker == "bot"]


CALL = {"id": "call", "type": "api_call", "data": {
    "url": "https://a.example", "mappings": [{"path": "$.x", "variable": "x"}]}}  # fmt: skip


def test_a_delay_passes_at_once_and_the_clock_with_it() -> None:
    delay = {"id": "later", "type": "delay", "data": {"amount": 2, "unit": "days"}}
    rehearsal = played([delay, end("done")], ["start next later", "later next done"], {"text": "a"})
    assert heard(rehearsal) == ["done"]
    assert rehearsal.now == NOON + timedelta(days=2)


def test_a_delay_that_listens_is_interrupted_by_what_comes_next() -> None:
    delay = {"id": "later", "type": "delay", "data": {"amount": 2, "unit": "days"}}
    edges = ["start next later", "later next done", "later reply early"]
    nodes = [delay, end("done"), end("early")]
    assert heard(played(nodes, edges, {"text": "a"}, {"text": "b"})) == ["early"]
    assert heard(played(nodes, edges, {"text": "a"})) == ["done"]


def test_a_call_fails_unless_the_script_answers_it() -> None:
    nodes, edges = [CALL, end("good"), end("bad")], ["start next call", "call next good",
                                                    "call error bad"]  # fmt: skip
    assert heard(played(nodes, edges, {"text": "a"})) == ["bad"]
    assert heard(played(nodes, edges, {"text": "a"}, {"text": "b"}))[0] == "bad"
    answer = {"callback": {"data": {"status": 200, "body": {"x": 7}}}}
    rehearsal = played(nodes, edges, {"text": "a"}, answer)
    assert heard(rehearsal) == ["good"]
    assert rehearsal.session is not None
    assert rehearsal.session.variables == {"x": 7}


def test_a_call_waits_for_its_answer_where_the_rehearsal_is_patient() -> None:
    nodes, edges = [CALL, end("good"), end("bad")], ["start next call", "call next good",
                                                    "call error bad"]  # fmt: skip
    rehearsal = played(nodes, edges, {"text": "a"}, patient=True)
    asked = {"kind": "callback", "bot_id": "bot", "node_id": "call", "type": "api_call"}
    assert rehearsal.waits_for() == asked
    rehearsal.play([{"callback": {"ok": False, "error": "down"}}])
    assert heard(rehearsal) == ["bad"]
    assert rehearsal.waits_for() is None
    assert rehearsal.began == [0, 1]


def test_a_bot_is_begun_by_what_is_no_message() -> None:
    tag: dict[str, Any] = {"id": "t", "type": "tag", "tags": ["vip"]}
    bye = {"id": "bye", "type": "end", "data": {"text": "{{bot.language}} {{trigger.type}}"}}
    edges, settings = ["start next bye"], {"language": "pt"}
    begun = {"start": {"type": "tag", "tag": "VIP"}}
    rehearsal = played([bye], edges, begun, triggers=[tag], settings=settings)
    assert heard(rehearsal) == ["pt tag"]
    assert heard(played([bye], edges, {"start": {"type": "api"}}, triggers=[tag])) == []
    for wrong in ({"type": "message"}, {"type": "api", "said": {}}, "now", {}):
        with pytest.raises(Invalid) as refused:
            played([bye], edges, {"start": wrong}, triggers=[tag])
        assert refused.value.field == "inputs[0].start"


def test_a_question_times_out_when_the_script_says_so_or_lets_the_time_go_by() -> None:
    question = {"id": "q", "type": "question", "data": {"text": "q", "timeout_seconds": 60}}
    nodes, edges = [question, end("ok"), end("late")], ["start next q", "q next ok",
                                                       "q timeout late"]  # fmt: skip
    assert heard(played(nodes, edges, {"text": "a"}, {"timeout": True})) == ["q", "late"]
    late = played(nodes, edges, {"text": "a"}, {"text": "b", "after": 61})
    assert heard(late) == ["q", "late", "q"]
    assert heard(played(nodes, edges, {"text": "a"}, {"text": "b", "after": 59})) == ["q", "ok"]


def test_a_pressed_button_has_the_title_that_was_shown() -> None:
    ask = {"id": "ask", "type": "buttons", "data": {"text": "?", "save_to": "wish", "buttons": [
        {"id": "yes", "title": "Yes, please"}]}}  # fmt: skip
    rehearsal = played(
        [ask, end("ok")], ["start next ask", "ask yes ok"], {"text": "a"}, {"button": "yes"}
    )
    pressed = rehearsal.lines[2].content
    assert pressed == {
        "type": "button_reply",
        "button_reply": {"id": "yes", "title": "Yes, please"},
    }
    assert rehearsal.lines[-1].content == {"body": "ok"}


def test_what_the_bot_does_to_the_contact_is_seen_by_its_next_turn() -> None:
    act = {"id": "act", "type": "action", "data": {"actions": [
        {"type": "add_tags", "tags": ["vip"]}, {"type": "opt_in"},
        {"type": "update_contact", "field": "city", "value": "Porto"}]}}  # fmt: skip
    ask = {"id": "ask", "type": "question", "data": {"text": "?"}}
    bye = {"id": "bye", "type": "end", "data": {"text": "{{contact.city}} {{contact.tags|join}}"}}
    edges = ["start next act", "act next ask", "ask next bye"]
    rehearsal = played([act, ask, bye], edges, {"text": "a"}, {"text": "b"})
    assert heard(rehearsal) == ["?", "Porto vip"]
    assert rehearsal.context.contact["marketing_opt_in"] is True


def test_a_flow_that_delays_for_ever_ends_all_the_same() -> None:
    delay = {"id": "later", "type": "delay", "data": {"amount": 1, "unit": "seconds"}}
    rehearsal = played([delay], ["start next later", "later next later"], {"text": "a"})
    assert rehearsal.session is not None
    assert heard(rehearsal) == [] or rehearsal.session.status in ("waiting", "paused")
