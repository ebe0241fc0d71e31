"""What others change between a bot's turns is found again and put in place."""

from __future__ import annotations

from typing import Any

from botpe_app.core.engine.belongings import changed_since, marks_of, with_changes

ANA: dict[str, Any] = {"name": "Ana", "tags": ["a", "b"], "custom_fields": {"city": "Porto"}}


def test_only_what_others_changed_is_named_and_put_in_place() -> None:
    marks = marks_of(ANA, {"motto": "x", "rate": 2})
    assert changed_since(marks, ANA, {"motto": "x", "rate": 2}) == {}
    later = {"name": "Ana", "tags": ["b", "c"], "custom_fields": {"age": 3}}
    changes = changed_since(marks, later, {"motto": "x", "rate": 3})
    assert changes == {
        "tags.a": None, "tags.c": True, "custom_fields.city": None, "custom_fields.age": 3,
        "variables.rate": 3,
    }  # fmt: skip
    contact, variables = with_changes(ANA, {"motto": "mine"}, changes)
    assert (contact, variables) == (later, {"motto": "mine", "rate": 3})
    assert with_changes(ANA, {}, {}) == (ANA, {})
    assert with_changes(ANA, {}, {"nonsense": 1, "tags.": None}) == (ANA, {})
