"""Rules in words, and in the editor and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from botpe_app.core import automations as grammar
from botpe_app.services.automation_views import RuleItem
from botpe_app.ui.automations import drafts, words

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACTIONS: list[dict[str, Any]] = [
    {"type": "reply", "text": "Hello"},
    {"type": "assign", "user_id": None, "team_id": "0198c0de-0000-7000-8000-000000000000"},
    {"type": "tag", "add": ["a", "b"], "remove": [], "on": "contact"},
    {"type": "field", "field": "custom_fields.size", "value": "M"},
    {"type": "note", "text": "Look"},
    {"type": "bot", "do": "pause"},
    {"type": "bot", "do": "start", "bot_id": "0198c0de-0000-7000-8000-000000000003"},
    {"type": "webhook", "webhook_id": "0198c0de-0000-7000-8000-000000000001"},
    {"type": "email", "to": "a@b.example", "subject": "Hi", "text": "Text"},
    {"type": "status", "status": "pending"},
    {
        "type": "template",
        "template_id": "0198c0de-0000-7000-8000-000000000002",
        "values": {"body.1": "{{contact.name|there}}", "body.2": "a: b"},
    },
]
LINES = [
    {"field": "tags", "op": "contains", "value": "vip"},
    {"field": "open_now", "op": "eq", "value": "false"},
    {"field": "email", "op": "exists"},
]
TRIGGERS: list[dict[str, Any]] = [
    {"type": "message"},
    {"type": "keyword", "keywords": ["price", "offer"], "match": "exact"},
    {"type": "no_reply", "minutes": 90},
    {"type": "tag_added", "tag": "vip"},
    {"type": "field_changed", "field": "custom_fields.size"},
    {"type": "api_event", "event": "paid"},
]


def rule(**changes: Any) -> RuleItem:
    held: dict[str, Any] = {
        "trigger": {"type": "message"}, "conditions": {"any": LINES}, "actions": ACTIONS,
        "rest_minutes": 60, "stops": True,
    }  # fmt: skip
    return RuleItem("r1", "Rule", True, 0, **(held | changes), fired=0, last_fired_at=None,
                    created_at=NOW, updated_at=NOW)  # fmt: skip


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_the_editor_opens_it_saves_unchanged(trigger: dict[str, Any]) -> None:
    body = drafts.body(drafts.of(rule(trigger=trigger)))
    assert grammar.read_trigger(body["trigger"]) == trigger
    assert grammar.read_actions(body["actions"]) == grammar.read_actions(ACTIONS)
    assert grammar.read_conditions(body["conditions"]) == {"any": LINES}
    assert (body["name"], body["rest_minutes"], body["stops"]) == ("Rule", 60, True)


def test_conditions_that_the_editor_cannot_show_are_left_alone() -> None:
    nested = {"all": [{"any": LINES}]}
    assert "conditions" not in drafts.body(drafts.of(rule(conditions=nested)))


@pytest.mark.parametrize("start", drafts.STARTS)
def test_every_start_is_a_rule_that_can_be_saved(start: str) -> None:
    body = drafts.body(drafts.STARTS[start][3])
    grammar.read_trigger(body["trigger"])
    grammar.read_conditions(body["conditions"])
    assert grammar.read_actions(body["actions"])


def test_a_rule_is_told_in_plain_words() -> None:
    assert words.trigger(TRIGGERS[1]) == "A customer uses a keyword: “price”, “offer”"
    assert words.trigger(TRIGGERS[2]) == "Nobody answers for 90 minutes"
    assert words.trigger({"type": "no_reply", "minutes": 120}) == "Nobody answers for 2 hours"
    assert words.trigger(TRIGGERS[3]) == "The tag “vip” is added"
    assert words.conditions({"any": LINES}) == (
        "Contact's tags contains vip or not open now or E-mail is filled"
    )
    names = {ACTIONS[1]["team_id"]: "Billing"}
    said = [words.deed(action, names) for action in ACTIONS]
    assert said[:4] == ["Reply “Hello”", "Give it to Billing", "+a +b", "size = M"]
    assert said[5] == "Stop the bot"


def test_what_is_wrong_is_said_at_its_action() -> None:
    draft = drafts.of(rule())
    marked = drafts.with_problem(draft, "actions.1.user_id", "Gone.")
    assert marked is not None
    assert [deed.problem for deed in marked.deeds].index("Gone.") == 1
    assert drafts.with_problem(draft, "trigger.keywords", "x") is None
    assert drafts.with_problem(draft, "actions.99.text", "x") is None
    assert drafts.whole("x") == drafts.whole("-1") == drafts.whole("9" * 30) == -1
