"""Segments: the contacts a filter means, in SQL as in the rule itself."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from botpe_app import db
from botpe_app.core.segments import holds, parse
from botpe_app.errors import Forbidden, Invalid, NotFound
from botpe_app.models import Contact
from botpe_app.services import contacts, demo_bulk, segments
from botpe_app.services.segment_query import condition
from tests.acting import within

VIP = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}
START = datetime(2026, 1, 1, tzinfo=UTC)

WORDS = st.sampled_from(["", "Ana", "ana%", "a_b", "VIP", "vip", "\\", "'; --", "3", "3.0", "-1.5"])
TIMES = st.integers(-3, 3).map(lambda days: START + timedelta(days=days))
DAYS = TIMES.map(lambda moment: moment.date().isoformat())
VALUES = WORDS | DAYS | st.integers(-3, 3) | st.sampled_from([0.5, 3.0, 1e30]) | st.booleans()
KNOWN = st.fixed_dictionaries(
    {
        "name": WORDS,
        "email": st.none() | WORDS,
        "language": st.none() | WORDS,
        "tags": st.lists(WORDS.filter(bool), max_size=3),
        "marketing_opt_in": st.booleans(),
        "last_inbound_at": st.none() | TIMES,
        "created_at": TIMES,
        "custom_fields": st.dictionaries(
            st.sampled_from(["a", "b'"]), VALUES | st.lists(WORDS, max_size=2) | st.just("9" * 41)
        ),
    }
)
KNOWN_NAMES = (
    "name", "email", "language", "tags", "marketing_opt_in", "created_at", "last_inbound_at"
)  # fmt: skip
NAMES = st.sampled_from([*KNOWN_NAMES, "custom_fields.a", "custom_fields.b'"])
OPS = st.sampled_from(
    ["eq", "ne", "contains", "not_contains", "starts_with", "gt", "lt", "before", "after",
     "exists", "not_exists", "in"]
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(OPS)
    one = VALUES | TIMES.map(datetime.isoformat)
    value = draw(st.lists(one, min_size=1, max_size=3) if op == "in" else one)
    return {"field": draw(NAMES), "op": op, "value": None if "exists" in op else value}


def readable(node: dict[str, Any]) -> bool:
    try:
        parse({"all": [node]})
    except Invalid:
        return False
    return True


FILTERS = st.recursive(
    conditions().filter(readable),
    lambda inner: st.builds(
        lambda kind, parts: {kind: parts},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
).map(lambda node: {"all": [node]})


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(KNOWN, min_size=1, max_size=6), FILTERS)
def test_the_database_means_whom_the_rule_means(
    session: Session, business: Any, people: list[dict[str, Any]], filter: dict[str, Any]
) -> None:
    rows = [Contact(organization_id=business.organization_id, **fields) for fields in people]
    session.add_all(rows)
    session.flush()
    node, ids = parse(filter), [row.id for row in rows]
    found = session.exec(select(Contact.id).where(col(Contact.id).in_(ids), condition(node)))
    meant = {row.id for row, fields in zip(rows, people, strict=True)
             if holds(node, {"phone": None, **fields})}  # fmt: skip
    assert set(found) == meant
    session.rollback()
    db.act_as_system(session)


def test_a_segment_is_kept_changed_and_forgotten(services, business):
    made = within(business.agent, segments.create_segment, name=" VIPs ", filter=VIP)
    assert within(business.viewer, segments.get_segment, made.id) == made
    assert (made.name, made.filter) == ("VIPs", VIP)
    renamed = within(business.agent, segments.update_segment, made.id, name="Best")
    assert (renamed.name, renamed.filter) == ("Best", VIP)
    assert [item.name for item in within(business.viewer, segments.list_segments)] == ["Best"]
    within(business.agent, segments.delete_segment, made.id)
    with pytest.raises(NotFound):
        within(business.viewer, segments.get_segment, made.id)


def test_a_filter_that_cannot_be_is_not_kept(services, business):
    bad = {"any": [{"field": "age", "op": "eq", "value": 1}]}
    made = within(business.agent, segments.create_segment, name="VIPs", filter=VIP)
    for verb, arguments in (
        (segments.create_segment, {"name": "Bad", "filter": bad}),
        (segments.preview, {"filter": bad}),
    ):
        with pytest.raises(Invalid) as refused:
            within(business.agent, verb, **arguments)
        assert refused.value.field == "filter.any.0.field"
    with pytest.raises(Invalid):
        within(business.agent, segments.update_segment, made.id, filter=bad)
    assert within(business.viewer, segments.list_segments) == [made]


def test_a_viewer_makes_no_segment_and_another_organization_finds_none(
    services, business, make_business
):
    made = within(business.agent, segments.create_segment, name="VIPs", filter=VIP)
    with pytest.raises(Forbidden):
        within(business.viewer, segments.create_segment, name="VIPs", filter=VIP)
    other = make_business("Other", "999")
    with pytest.raises(NotFound):
        within(other.agent, segments.delete_segment, made.id)


def test_a_preview_counts_ours_and_shows_the_newest(services, business, make_business):
    other = make_business("Other", "999")
    for who, tags in ((business, ["VIP"]), (business, []), (other, ["vip"])):
        for place in range(12):
            phone = f"+4915112345{len(tags)}{place:02}"
            within(who.agent, contacts.create_contact, phone=phone, tags=tags, name=str(place))
    seen = within(business.agent, segments.preview, filter=VIP)
    assert (seen.count, [item.name for item in seen.sample]) == (
        12, [str(place) for place in range(11, 1, -1)]
    )  # fmt: skip
    nobody = within(business.agent, segments.preview, filter={"all": [VIP, {"any": [
        {"field": "name", "op": "eq", "value": "Bob"}]}]})  # fmt: skip
    assert asdict(nobody) == {"count": 0, "sample": []}


def test_a_hundred_thousand_contacts_are_counted_at_once(services, business):
    with db.transaction() as session:
        db.act_as_system(session)
        demo_bulk.add(session, business.organization_id, now=START, messages=0, contacts=100_000)
    filter = {
        "all": [
            {"field": "language", "op": "in", "value": ["de", "fr"]},
            {"field": "name", "op": "contains", "value": "a"},
            {"any": [*VIP["all"], {"field": "custom_fields.n", "op": "gt", "value": 1}]},
        ]
    }
    started = time.perf_counter()
    assert within(business.agent, segments.preview, filter=filter).count > 1_000
    assert time.perf_counter() - started < 5  # a busy machine; a third of a second on a quiet one
