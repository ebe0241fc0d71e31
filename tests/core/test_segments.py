"""Filters of segments: what is read, and what is refused where."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.segment_rules import holds
from botpe_app.core.segments import of_contacts, parse
from botpe_app.errors import Invalid

SALE, NOW = UUID(int=7), datetime(2026, 1, 4, tzinfo=UTC)
ANA: dict[str, Any] = {
    "phone": "+351910000123", "name": "Ana Ruiz", "email": None, "language": "pt",
    "tags": ["VIP", "order"], "marketing_opt_in": True,
    "created_at": datetime(2026, 1, 2, tzinfo=UTC), "last_inbound_at": None,
    "campaigns.received": [(SALE, datetime(2026, 1, 3, tzinfo=UTC))], "campaigns.read": [],
    "custom_fields": {
        "visits": 3, "size": "M", "born": "1990-05-01", "likes": ["Tea"], "paid": "10.50",
        "due": "2026-01-11",
    },
}  # fmt: skip


def on(field: str, op: object, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    "condition",
    [
        on("phone", "eq", "+351 910 000-123"), on("name", "contains", "RUIZ"),
        on("name", "starts_with", "ana"), on("name", "ne", "Bob"), on("email", "ne", "x@y.z"),
        on("email", "not_exists"), on("email", "not_contains", "x"),
        on("language", "in", ["de", "PT"]), on("tags", "contains", "vip"),
        on("tags", "in", ["a", "order"]), on("tags", "exists"), on("tags", "ne", "vi"),
        on("marketing_opt_in", "eq", True), on("marketing_opt_in", "ne", "false"),
        on("created_at", "after", "2026-01-01"), on("created_at", "before", "2026-01-02T02:00Z"),
        on("created_at", "eq", "2026-01-02T01:00:00+01:00"), on("last_inbound_at", "not_exists"),
        on("custom_fields.visits", "gt", 2), on("custom_fields.visits", "eq", "3.0"),
        on("custom_fields.visits", "lt", "3.5"), on("custom_fields.paid", "in", [10.5]),
        on("custom_fields.born", "before", "1990-05-02"), on("custom_fields.born", "gt", "1990"
        "-04-30"), on("custom_fields.likes", "contains", "tea"), on("custom_fields.no", "ne", 1),
        {"any": [on("name", "eq", "x"), {"all": []}]},
        {"none": [on("name", "eq", "x"), on("name", "eq", "y")]},
        on("created_at", "in_last", 2), on("created_at", "not_in_last", "1"),
        on("last_inbound_at", "not_in_last", 3650), on("custom_fields.due", "in_next", 7),
        on("custom_fields.born", "not_in_last", 30), on("campaigns.received", "eq", str(SALE)),
        on("campaigns.received", "in_last", 1), on("campaigns.read", "not_exists"),
        on("campaigns.read", "ne", str(SALE)), on("campaigns.received", "in", [str(SALE)]),
    ],
)  # fmt: skip
def test_a_condition_that_holds_and_whose_opposite_does_not(condition: dict[str, Any]) -> None:
    assert holds(of_contacts({"all": [condition]}), ANA, NOW)


@pytest.mark.parametrize(
    "condition",
    [
        on("name", "eq", "Ana"), on("email", "contains", "a"), on("tags", "contains", "vi"),
        on("marketing_opt_in", "eq", False), on("last_inbound_at", "before", "2030-01-01"),
        on("custom_fields.size", "gt", 2), on("custom_fields.size", "before", "2030-01-01"),
        on("custom_fields.no", "exists"), on("custom_fields.likes", "contains", "te"),
        {"any": [on("name", "eq", "x"), on("name", "eq", "y")]},
        {"none": [on("name", "eq", "x"), on("name", "starts_with", "ana")]},
        on("created_at", "in_last", 1), on("custom_fields.due", "in_next", 6),
        on("custom_fields.due", "in_last", 30), on("campaigns.received", "ne", str(SALE)),
        on("campaigns.read", "in_last", 30), on("campaigns.received", "eq", str(UUID(int=8))),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_hold(condition: dict[str, Any]) -> None:
    assert not holds(of_contacts({"all": [condition]}), ANA, NOW)


def nested(levels: int) -> dict[str, Any]:
    return {"all": [nested(levels - 1)]} if levels else on("name", "exists")


@pytest.mark.parametrize(
    ("filter", "path"),
    [
        (None, ""), ([], ""), ({}, ".field"), (on("name", "eq", "x"), ""), ({"all": {}}, ".all"),
        ({"any": []}, ".any"), ({"none": []}, ".none"),
        ({"all": [on("created_at", "in_last", 0)]}, ".all.0.value"),
        ({"all": [on("created_at", "in_last", "²")]}, ".all.0.value"),
        ({"all": [on("created_at", "in_next", 3)]}, ".all.0.op"),
        ({"all": [on("name", "in_last", 3)]}, ".all.0.op"),
        ({"all": [on("campaigns.read", "eq", str(SALE))]}, ".all.0.field"),
        ({"all": [], "any": []}, ""), ({"all": [3]}, ".all.0"),
        ({"all": [on("nme", "eq", "x")]}, ".all.0.field"),
        ({"all": [on("custom_fields.", "eq", "x")]}, ".all.0.field"),
        ({"all": [on("name", "gt", 3)]}, ".all.0.op"),
        ({"all": [on("name", [], 3)]}, ".all.0.op"),
        ({"all": [on("tags", "before", "2026-01-01")]}, ".all.0.op"),
        ({"all": [on("name", "eq", None)]}, ".all.0.value"),
        ({"all": [on("name", "contains", " ")]}, ".all.0.value"),
        ({"all": [on("name", "eq", "x" * 501)]}, ".all.0.value"),
        ({"all": [on("name", "exists", False)]}, ".all.0.value"),
        ({"all": [on("name", "in", "x")]}, ".all.0.value"),
        ({"all": [on("name", "in", ["x", {}])]}, ".all.0.value.1"),
        ({"all": [on("marketing_opt_in", "eq", "perhaps")]}, ".all.0.value"),
        ({"all": [on("created_at", "after", "soon")]}, ".all.0.value"),
        ({"all": [on("created_at", "after", "0001-01-01T00:00:00+14:00")]}, ".all.0.value"),
        ({"all": [on("custom_fields.n", "gt", "many")]}, ".all.0.value"),
        ({"all": [on("name", "exists"), {"any": [{"field": "name", "op": "exists", "x": 1}]}]},
         ".all.1.any.0.x"),
        ({"all": [on("name", "exists")] * 201}, ".all"),
        ({"all": [{"all": [on("name", "exists")] * 150}] * 2}, ".all.1.all.50"),
        (nested(11), ".all.0" * 10 + ".all"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_names_its_faulty_part(filter: Any, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(filter)
    assert refused.value.field == "filter" + path


def test_ten_levels_are_read() -> None:
    assert holds(parse(nested(10)), ANA, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "field", "op", "value"]), inner, max_size=3
        )
    ),
)


@given(JSON)
def test_whatever_comes_is_read_or_refused(filter: object) -> None:
    with suppress(Invalid):
        of_contacts(filter)
