"""What those who keep sessions rely on: triggers, tokens, versions, and reading messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from botpe_app.core.engine import (
    Button,
    Callback,
    Context,
    Filled,
    Program,
    Reply,
    Session,
    Start,
    Timeout,
    begin,
    claims,
    from_message,
    message_sent,
    migrate,
    read_resume,
    resume,
    stop,
    triggered,
)
from botpe_app.core.flow import Flow, parse
from botpe_app.errors import Invalid
from tests.core.flow import edge, flow, node, text_node

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AROUND: dict[str, Any] = {"context": Context(), "now": NOW, "token": "t1"}


def _flow(*triggers: dict[str, Any]) -> Flow:
    return parse(flow(text_node("m", "hi"), triggers=list(triggers)))


def _keyword(trigger_id: str, match: str, *keywords: str) -> dict[str, Any]:
    return {"id": trigger_id, "type": "keyword", "match": match, "keywords": list(keywords)}


SHOP = _flow(
    {"id": "any", "type": "any_message"},
    _keyword("contains", "contains", "price list"),
    _keyword("begins", "starts_with", "order"),
    _keyword("regex", "regex", r"#\d+"),
    _keyword("exact", "exact", "Hi", "?"),
    {"id": "press", "type": "button", "payloads": ["BUY"]},
    {"id": "ad", "type": "referral", "source_ids": ["77"]},
    {"id": "answer", "type": "template_reply", "templates": ["sale"]},
    {"id": "api", "type": "api"},
    {"id": "tag", "type": "tag", "tags": ["VIP"]},
    {"id": "daily", "type": "schedule", "time": "09:00"},
)


@pytest.mark.parametrize(
    ("start", "trigger_id"),
    [
        (Start(said=Reply(text="hi!")), "exact"),
        (Start(said=Reply(text=" ? ")), "exact"),
        (Start(said=Reply(text="hi you")), "any"),
        (Start(said=Reply(text="the PRICE list, please")), "contains"),
        (Start(said=Reply(text="the list of prices")), "any"),
        (Start(said=Reply(text="Order 5")), "begins"),
        (Start(said=Reply(text="my order")), "any"),
        (Start(said=Reply(text="order #5")), "regex"),
        (Start(said=Button(id="BUY", title="hi there")), "press"),
        (Start(said=Reply(text="x"), referral={"source_id": "77"}), "ad"),
        (Start(said=Reply(text="x"), referral={"source_id": "78"}), "any"),
        (Start(type="template_reply", template="sale", said=Button(id="x")), "answer"),
        (Start(type="template_reply", template="news", said=Button(id="x")), "any"),
        (Start(type="api"), "api"),
        (Start(type="tag", tag="vip"), "tag"),
        (Start(type="schedule", trigger_id="daily"), "daily"),
        (Start(type="tag", tag="new"), None),
        (Start(type="api", trigger_id="gone"), None),
    ],
)
def test_the_narrowest_trigger_that_fits_is_taken(start: Start, trigger_id: str | None):
    found = triggered(SHOP, start)
    assert (found[1].id if found else None) == trigger_id


def test_two_flows_that_answer_the_same_share_a_claim():
    other = _flow(_keyword("k", "exact", "HI "), _keyword("l", "contains", "hi"))
    assert claims(SHOP) & claims(other) == {"keyword exact hi"}
    assert not claims(_flow({"id": "a", "type": "api"})) & claims(SHOP)


def _asking(**data: Any) -> Program:
    return Program(parse(flow(node("ask", "question", text="?", **data))), "bot", "1")


def test_the_time_to_answer_runs_from_when_the_message_was_sent():
    program = _asking(timeout_seconds=60)
    session = begin(program, Start(), **AROUND).session
    sent = message_sent(session, "t1", NOW + timedelta(seconds=30))
    assert sent.wait
    assert sent.wait.due_at == NOW + timedelta(seconds=90)
    assert message_sent(sent, "t1", NOW + timedelta(seconds=99)) is sent
    assert message_sent(session, "t0", NOW) is session
    early = {**AROUND, "now": NOW + timedelta(seconds=89)}
    assert resume(program, sent, Timeout(token="t1"), **early).ignored
    due = {**AROUND, "now": NOW + timedelta(seconds=90)}
    assert resume(program, sent, Timeout(token="t1"), **due).session.ending == "timed_out"


def test_a_question_without_time_limit_never_gets_one():
    session = begin(_asking(), Start(), **AROUND).session
    assert message_sent(session, "t1", NOW) is session


def test_a_stopped_session_takes_nothing_more():
    program = _asking()
    session = stop(begin(program, Start(), **AROUND).session)
    assert (session.status, session.ending, session.wait) == ("ended", "interrupted", None)
    assert stop(session) is session
    assert resume(program, session, Reply(text="x"), **AROUND).ignored


def test_a_session_moves_to_a_new_version_if_its_node_is_still_there():
    old = _asking()
    session = begin(old, Start(), **AROUND).session
    reworded = Program(parse(flow(node("ask", "question", text="How?"))), "bot", "2")
    moved = migrate(session, old, reworded)
    assert moved
    assert moved.bots == [("bot", "2")]
    assert session.bots == [("bot", "1")]
    gone = Program(parse(flow(node("other", "question", text="How?"))), "bot", "3")
    changed = Program(parse(flow(text_node("ask", "How?"))), "bot", "4")
    assert migrate(session, old, gone) is None
    assert migrate(session, old, changed) is None


def test_a_bot_that_is_not_at_hand_any_more_calls_a_person():
    calling = parse(flow(node("go", "go_to_bot", bot_id="b")))
    program, other = Program(calling, "a", "1"), _asking()
    session = begin(program, Start(), others={"b": other}, **AROUND).session
    ran = resume(program, session, Reply(text="x"), **AROUND)
    assert ran.session.status == "paused"
    assert [note.kind for note in ran.notes] == ["missing_bot"]


def test_a_node_that_is_not_there_any_more_calls_a_person():
    session = begin(_asking(), Start(), **AROUND).session
    changed = Program(parse(flow(text_node("m", "hi"))), "bot", "2")
    ran = resume(changed, session, Reply(text="x"), **AROUND)
    assert (ran.session.status, ran.notes[0].kind) == ("paused", "missing_node")


def test_a_session_is_json_and_back():
    session = begin(_asking(save_to="x"), Start(said=Reply(text="hi")), **AROUND).session
    assert Session.read(session.to_json()) == session
    with pytest.raises(ValueError, match="validation error"):
        Session.read({"status": "unheard of"})


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("text", {"body": "hello"}, Reply(text="hello", content={"body": "hello"})),
        ("image", {"id": "1", "caption": "look"},
         Reply(text="look", kind="image", content={"id": "1", "caption": "look"})),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}},
         Button(id="a", title="A")),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "r", "title": "R"}},
         Button(id="r", title="R")),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response": {"n": 1}}},
         Filled(response={"n": 1})),
        ("button", {"text": "Yes", "payload": "YES"}, Button(id="YES", title="Yes", template=True)),
        ("button", {"text": "Yes", "payload": ""}, Button(id="Yes", title="Yes", template=True)),
        ("mystery", {"unsupported": "new", "raw": {}},
         Reply(kind="mystery", content={"unsupported": "new", "raw": {}})),
    ],
)  # fmt: skip
def test_messages_become_what_a_bot_understands(kind: str, content: dict[str, Any], said: object):
    assert from_message(kind, content, "a preview") == (
        said if kind != "text" else Reply(text="hello", content={"body": "hello"})
    )


def test_what_is_no_resume_is_refused():
    assert read_resume({"type": "timeout", "token": "t"}) == Timeout(token="t")
    with pytest.raises(Invalid):
        read_resume({"type": "message", "text": "Success"})


def test_results_can_be_saved_among_themselves():
    raw = flow(
        node("c", "condition", save_to="a", branches=[
            {"id": "x", "when": {"tests": [{"subject": "{{results}}", "op": "not_exists"}]}},
        ]),
        node("d", "condition", save_to="a", branches=[
            {"id": "x", "when": {"tests": [{"subject": "{{results}}", "op": "exists"}]}},
        ]),
        edges=[edge("c", "d", "x"), edge("d", "d", "x")],
    )  # fmt: skip
    ran = begin(Program(parse(raw)), Start(), **AROUND)
    assert Session.read(ran.session.to_json()) == ran.session
    assert len(str(ran.session.to_json())) < 300_000


def test_what_no_database_takes_is_not_kept():
    call = node("c", "api_call", url="https://a.example", save_to="answer")
    program = Program(parse(flow(call, text_node("m", "hi"))))
    session = begin(program, Start(), **AROUND).session
    body = {"a\0": ["\ud800", float("nan"), "b\0"]}
    answer = Callback(token="t1", data={"status": 200, "body": body})
    kept = resume(program, session, answer, **AROUND).session.variables["answer"]
    assert kept == {"a": ["?", None, "b"]}


def test_chance_is_spread_as_the_weights_say():
    shares = [{"id": "a", "weight": 1}, {"id": "b", "weight": 3}]
    raw = flow(
        node("r", "random", branches=shares), text_node("x", "x"), text_node("y", "y"),
        edges=[edge("r", "x", "a"), edge("r", "y", "b")],
    )  # fmt: skip
    program = Program(parse(raw))
    taken = [begin(program, Start(), seed=n, **AROUND).path[1].handle for n in range(2000)]
    assert 0.22 < taken.count("a") / 2000 < 0.28
