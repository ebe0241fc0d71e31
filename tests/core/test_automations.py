"""Automation rules as they are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from botpe_app.core.automations import (
    Happened,
    holds,
    read_actions,
    read_conditions,
    read_trigger,
    starts,
)
from botpe_app.errors import Invalid

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def said(text: str, **others: Any) -> Happened:
    return Happened("message", text=text, **others)


@pytest.mark.parametrize(
    ("match", "text", "expected"),
    [
        ("contains", "What is the PRICE?", True),
        ("contains", "priceless", False),
        ("contains", "priceless, but what price", True),
        ("contains", "the  opening   hours please", True),
        ("exact", "Price", True),
        ("exact", "price please", False),
        ("starts_with", "price of a shirt", True),
        ("starts_with", "the price", False),
        ("starts_with", "prices", False),
    ],
)
def test_keywords_are_whole_words_in_any_case(match: str, text: str, expected: bool) -> None:
    trigger = read_trigger(
        {"type": "keyword", "keywords": ["price", "opening hours"], "match": match}
    )
    assert starts(trigger, said(text)) is expected


def test_each_trigger_starts_at_its_own_events_only() -> None:
    assert starts(read_trigger("new_message"), said("x"))
    assert not starts(read_trigger("message"), Happened("opened"))
    assert starts(read_trigger("first_message"), said("x", is_first=True))
    assert not starts(read_trigger("first_message"), said("x"))
    assert starts(read_trigger("outside_hours"), said("x", is_open=False))
    assert not starts(read_trigger("outside_hours"), said("x"))
    vip = read_trigger({"type": "tag_added", "tag": "vip"})
    assert starts(vip, Happened("tagged", data={"added": ["vip"]}))
    assert not starts(vip, Happened("tagged", data={"added": ["new"], "removed": ["vip"]}))
    assert starts(read_trigger("tag_added"), Happened("tagged", data={"added": ["new"]}))
    assert not starts(read_trigger("tag_added"), Happened("tagged", data={"removed": ["new"]}))
    paid = read_trigger({"type": "api_event", "event": "paid"})
    assert starts(paid, Happened("api", data={"event": "paid"}))
    assert not starts(paid, Happened("api", data={"event": "shipped"}))


def test_conditions_test_the_contact_and_what_is_around() -> None:
    around = {"tags": ["vip"], "conversation.status": "open", "open_now": False}
    mixed = [
        {"field": "tags", "op": "contains", "value": "VIP"},
        {"field": "conversation.status", "op": "eq", "value": "open"},
        {"field": "open_now", "op": "eq", "value": False},
    ]
    assert holds(read_conditions({"all": mixed}), around, NOW)
    assert not holds(read_conditions({"all": mixed}), {**around, "open_now": True}, NOW)
    assert holds(read_conditions(None), around, NOW)


@pytest.mark.parametrize(
    ("read", "raw", "field"),
    [
        (read_trigger, None, "trigger"),
        (read_trigger, "sunrise", "trigger.type"),
        (read_trigger, {"type": ["message"]}, "trigger.type"),
        (read_trigger, "keyword", "trigger.keywords"),
        (read_trigger, {"type": "keyword", "keywords": [" "]}, "trigger.keywords"),
        (read_trigger, {"type": "keyword", "keywords": "a", "match": "x"}, "trigger.match"),
        (read_trigger, {"type": "no_reply", "minutes": 0}, "trigger.minutes"),
        (read_trigger, {"type": "no_reply", "minutes": True}, "trigger.minutes"),
        (read_conditions, [1], "conditions"),
        (read_conditions, {"all": [{"field": "moon"}]}, "conditions.all.0.field"),
        (read_actions, [], "actions"),
        (read_actions, "reply", "actions"),
        (read_actions, [{"type": "reply"}] * 21, "actions"),
        (read_actions, ["dance"], "actions.0.type"),
        (read_actions, [{"type": "reply", "text": " "}], "actions.0.text"),
        (read_actions, [{"type": "tag"}], "actions.0.add"),
        (read_actions, [{"type": "assign", "user_id": "me"}], "actions.0.user_id"),
        (read_actions, [{"type": "field", "field": "id", "value": ""}], "actions.0.field"),
        (read_actions, [{"type": "status", "status": "gone"}], "actions.0.status"),
    ],
)
def test_what_cannot_be_names_its_field(read: Any, raw: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(raw)
    assert refused.value.field == field
