"""Automation rules at work: on what they start, what they do, and that nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest

from botpe_app.errors import Invalid
from botpe_app.services import (
    automation_actions,
    automation_log,
    automation_trials,
    automations,
    inbox,
    mail_posting,
    messages,
    notes,
    tags,
    templates,
)
from botpe_app.services import automation_work as work
from tests.acting import within
from tests.conftest import Business, count
from tests.services.conversing import answer, end, flow, publish, transcript
from tests.services.ingesting import change, message, one, receive, rows

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def url(services: str) -> str:
    return services


@pytest.fixture
def rule(business: Business) -> Any:
    """Makes a rule; returns its id."""

    def make(trigger: Any, *actions: Json, **others: Any) -> str:
        fields: Json = {"name": "Rule", "trigger": trigger, "actions": list(actions), **others}
        return within(business.admin, automations.create_rule, **fields).id

    return make


def note(text: str) -> Json:
    return {"type": "note", "text": text}


def noted(url: str) -> list[str]:
    return [row["text"] for row in rows(url, "select text from notes order by created_at, id")]


def outcomes(url: str) -> list[str]:
    return [row["outcome"] for row in rows(url, "select outcome from automation_runs order by at")]


def write(url: str, *numbers: int, at: datetime | None = None) -> None:
    """Ana writes just now, and the rules are looked at."""
    receive(url, *(message(number) for number in numbers))
    change(url, "update conversations set last_inbound_at = now()")
    work.work()


def test_a_customer_is_welcomed_once_in_words_that_name_them(
    url: str, business: Business, rule: Any
) -> None:
    rule("first_message", {"type": "reply", "text": "Hello {{contact.name|there}}!"})
    receive(url, message(1), message(2))
    change(url, "update conversations set last_inbound_at = now()")
    assert work.work() == 2
    write(url, 3)
    (sent,) = rows(url, "select * from messages where direction = 'outgoing'")
    assert (sent["text"], sent["sent_by_kind"], sent["status"]) == ("Hello Ana!", "api", "queued")
    said = within(business.viewer, messages.get_message, sent["id"])
    assert said.sent_by_name == "Rule", "it says who spoke"
    assert outcomes(url) == ["done"]
    assert count(url, "automation_events") == 0
    talk = one(url, "select * from conversations")
    assert talk["waiting_since"] is not None, "a greeting is no answer"


def test_a_rule_does_its_actions_in_order_and_says_which_failed(
    url: str, business: Business, rule: Any
) -> None:
    rule(
        {"type": "keyword", "keywords": ["text 1"]},
        {"type": "assign", "user_id": str(business.agent.user_id)},
        {"type": "tag", "add": ["price"], "on": "contact"},
        {"type": "tag", "add": ["sales"]},
        {"type": "field", "field": "custom_fields.source", "value": "{{message.text}}"},
        {"type": "reply", "text": "Too late"},
        note("{{contact.name}} wrote"),
        {"type": "resolve"},
    )
    receive(url, message(1), message(2))  # in 2025: the window has closed
    work.work()
    talk = one(url, "select * from conversations")
    contact = one(url, "select * from contacts")
    assert (talk["assignee_id"], talk["status"]) == (business.agent.user_id, "resolved")
    assert (talk["tags"], contact["tags"]) == (["sales"], ["price"])
    assert contact["custom_fields"] == {"source": "text 1"}
    (left,) = within(business.viewer, notes.list_notes, talk["id"])
    assert (left.author, left.text) == ("Rule", "Ana wrote")
    (run,) = within(business.viewer, automation_log.list_runs).data
    assert (run.outcome, run.contact_name, len(run.steps)) == ("partly", "Ana", 7)
    assert [step.type for step in run.steps if step.problem] == ["reply"]
    assert "24 hours" in run.steps[4].problem


def test_a_rules_mail_leaves_if_there_is_a_server_and_what_stays_is_noted_in_its_name(
    url: str, business: Business, rule: Any, post: Callable[[], list[EmailMessage]]
) -> None:
    mail = {"type": "email", "to": "boss@example.com", "subject": "{{contact.name}}", "text": "Hi"}
    rule("new_message", mail)
    write(url, 1)
    (left,) = post()
    assert (left["To"], left["Subject"]) == ("boss@example.com", "Ana")
    write(url, 2)
    change(url, "update mails set good_until = now()")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mail_posting, "_hand_over", Mock(side_effect=OSError("away")))
        assert post() == []
    (told,) = rows(url, "select author, text from notes")
    assert told["author"] == "Rule"
    assert told["text"].startswith("The e-mail to boss@example.com was not sent.")
    assert outcomes(url) == ["done", "done"]


def test_a_rule_starts_a_bot_unless_a_person_has_the_conversation(
    url: str, business: Business, rule: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        rule("message", {"type": "bot", "do": "start", "bot_id": str(business.account_id)})
    assert refused.value.field == "actions.0.bot_id"
    by_program = [{"id": "k", "type": "keyword", "keywords": ["k"]}, {"id": "call", "type": "api"}]
    bot = publish(business, flow([end("bye", "Hi")], ["start next bye"], triggers=by_program))
    rule("message", {"type": "bot", "do": "start", "bot_id": bot})
    write(url, 1)
    answer()
    assert transcript(url)[-1] == ("bot", "Hi")
    change(url, "update conversations set owner = 'human'")
    write(url, 2)
    assert outcomes(url) == ["done", "failed"]


def test_a_template_goes_out_also_when_the_window_has_closed(
    url: str, business: Business, rule: Any
) -> None:
    components = [{"type": "BODY", "text": "Hello {{1}}, we got your message."}]
    fields: Json = {"name": "got_it", "language": "en", "category": "UTILITY"}
    made = within(business.admin, templates.create_template, **fields, components=components).id
    change(url, "update templates set status = 'APPROVED'")
    values = {"body.1": "{{contact.name}}"}
    rule("message", {"type": "template", "template_id": made, "values": values})
    rule("message", {"type": "template", "template_id": made})
    receive(url, message(1))  # in 2025
    work.work()
    (sent,) = rows(url, "select content from messages where direction = 'outgoing'")
    (part,) = sent["content"]["components"]
    assert part["parameters"] == [{"type": "text", "text": "Ana"}]
    assert sorted(outcomes(url)) == ["done", "failed"]


def test_rules_go_by_their_order_and_one_may_end_it(
    url: str, business: Business, rule: Any
) -> None:
    last = rule("message", note("last"))
    rule("message", note("first"), stops=True)
    rule("message", note("off"), enabled=False)
    within(business.admin, automations.update_rule, last, position=9)
    write(url, 1)
    assert noted(url) == ["first"]


def test_conditions_keep_a_rule_from_others(url: str, rule: Any) -> None:
    vip = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}
    rule("message", note("a friend"), conditions=vip)
    write(url, 1)
    change(url, "update contacts set tags = '{vip}'")
    write(url, 2)
    assert noted(url) == ["a friend"]


def test_outside_hours_a_reply_goes_out_and_then_rests(
    url: str, business: Business, rule: Any
) -> None:
    rule("outside_hours", {"type": "reply", "text": "We are closed."}, rest_minutes=60)
    write(url, 1)
    assert outcomes(url) == [], "open around the clock until somebody sets hours"
    change(
        url,
        "insert into business_hours (organization_id, days) values (%s, '{}')",
        business.organization_id,
    )
    write(url, 2)
    write(url, 3)
    assert count(url, "automation_runs") == 1
    change(url, "update automation_runs set at = at - interval '61 minutes'")
    write(url, 4)
    assert outcomes(url) == ["done", "done"]


def test_tags_fields_and_reopening_start_rules_whoever_makes_the_change(
    url: str, business: Business, rule: Any
) -> None:
    receive(url, message(1))
    rule({"type": "tag_added", "tag": "vip"}, note("tagged"))
    rule({"type": "field_changed", "field": "custom_fields.size"}, note("{{event.fields}}"))
    rule("conversation_opened", note("opened"))
    talk = one(url, "select id from conversations")["id"]
    within(business.agent, inbox.set_tags, talk, ["vip"])
    within(business.agent, inbox.set_status, talk, "resolved")
    within(business.agent, inbox.set_status, talk, "open")
    change(url, "update contacts set tags = '{vip}'")
    change(url, "update contacts set tags = '{vip,old}'")
    change(url, """update contacts set custom_fields = '{"size": "M", "age": 3}'""")
    work.work()
    found = noted(url)
    assert (found.count("tagged"), found.count("opened"), len(found)) == (2, 1, 4)
    assert any("custom_fields.size" in text for text in found)


def test_nobody_answering_starts_a_rule_once_for_each_wait(
    url: str, business: Business, rule: Any
) -> None:
    rule({"type": "no_reply", "minutes": 10}, note("waits"))
    receive(url, message(1))
    change(url, "update conversations set waiting_since = now() - interval '9 minutes'")
    assert work.note_silences() == 0
    change(url, "update conversations set waiting_since = now() - interval '11 minutes'")
    assert work.note_silences() == 1
    assert work.note_silences() == 0
    work.work()
    assert work.note_silences() == 0
    assert noted(url) == ["waits"]
    change(url, "update conversations set waiting_since = now() - interval '12 minutes'")
    assert work.note_silences() == 1
    change(url, "update conversations set waiting_since = null")
    work.work()
    assert noted(url) == ["waits"], "somebody answered before it was looked at"


def test_an_event_of_another_program_carries_its_data(
    url: str, business: Business, rule: Any
) -> None:
    rule({"type": "api_event", "event": "shipped"}, note("Parcel {{event.data.parcel}}"))
    tell = automations.raise_event
    within(business.admin, tell, event="shipped", phone="+491511234567", data={"parcel": "P1"})
    within(business.admin, tell, event="lost", phone="+491511234567")
    work.work()
    assert noted(url) == ["Parcel P1"]


def test_rules_that_lead_to_each_other_are_held(url: str, rule: Any) -> None:
    add, take = {"type": "tag", "add": ["a"]}, {"type": "tag", "remove": ["a"]}
    rule({"type": "tag_removed", "tag": "a"}, add)
    rule({"type": "tag_added", "tag": "a"}, take)
    receive(url, message(1))
    change(url, "update conversations set tags = '{a}'")
    assert work.work() == 4
    assert outcomes(url) == ["done", "done", "done", "held"]


def test_a_rule_that_fires_too_often_in_a_conversation_is_held(
    url: str, rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_IN_A_ROW", 2)
    rule("message", note("x"))
    write(url, 1, 2, 3)
    assert sorted(outcomes(url)) == ["done", "done", "held"]


def test_a_crash_in_the_middle_leaves_nothing_and_the_next_try_does_all_once(
    url: str, rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule("message", note("once"), {"type": "reply", "text": "Hi"})
    receive(url, message(1))
    change(url, "update conversations set last_inbound_at = now()")

    def crash(*_: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setitem(automation_actions._ACTIONS, "reply", crash)
        work.work()
    assert (noted(url), count(url, "automation_runs")) == ([], 0)
    change(url, "update automation_events set next_at = now()")
    work.work()
    assert noted(url) == ["once"]
    assert one(url, "select count(*) as n from messages where direction = 'outgoing'")["n"] == 1


def test_an_event_that_always_fails_is_given_up(
    url: str, rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule("message", note("x"))
    receive(url, message(1))

    def crash(*_: Any) -> None:
        raise RuntimeError("bug")

    monkeypatch.setitem(automation_actions._ACTIONS, "note", crash)
    for _ in range(work.MOST_ATTEMPTS):
        change(url, "update automation_events set next_at = now()")
        work.work()
    assert count(url, "automation_events") == 0


def test_a_conversation_that_somebody_holds_is_looked_at_again(url: str, rule: Any) -> None:
    rule("message", note("later"))
    receive(url, message(1))
    with psycopg.connect(url, options="-c botpe.system=on") as other:
        other.execute("select from conversations for update")
        assert work.work(1) == 1
        assert noted(url) == []
    change(url, "update automation_events set next_at = now()")
    work.work()
    assert noted(url) == ["later"]


def test_without_rules_of_its_kind_nothing_is_noted(
    url: str, business: Business, make_business: Any, rule: Any
) -> None:
    rule("conversation_opened", note("x"))
    other = make_business("Globex", "999")
    fields: Json = {"name": "Theirs", "trigger": "message", "actions": [note("theirs")]}
    within(other.admin, automations.create_rule, **fields)
    receive(url, message(1), message(2))
    assert [row["kind"] for row in rows(url, "select kind from automation_events")] == ["opened"]
    within(business.admin, tags.create_tag, name="vip")


def test_a_trial_shows_what_would_have_fired_and_does_nothing(
    url: str, business: Business, rule: Any
) -> None:
    made = rule({"type": "keyword", "keywords": ["refund"]}, note("x"))
    receive(url, message(1, content={"body": "A refund please"}), message(2))
    work.work()
    change(url, "delete from notes")
    found = within(business.admin, automation_trials.would_fire, made)
    assert (found.looked_at, found.count) == (2, 1)
    assert [match.text for match in found.matches] == ["A refund please"]
    first = within(business.admin, automation_trials.would_fire, made, trigger="first_message")
    assert [match.text for match in first.matches] == ["A refund please"]
    nobody = {"all": [{"field": "name", "op": "eq", "value": "Bob"}]}
    none = within(business.admin, automation_trials.would_fire, made, conditions=nobody)
    assert none.matches == []
    for trigger in (
        "conversation_opened", "tag_added", "field_changed",
        {"type": "no_reply", "minutes": 1}, {"type": "api_event", "event": "x"},
    ):  # fmt: skip
        assert within(business.admin, automation_trials.would_fire, made, trigger=trigger)
    assert noted(url) == []
