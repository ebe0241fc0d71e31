"""Segments: the contacts a filter means, in SQL as in the rule itself."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from botpe_app import db
from botpe_app.core.segment_rules import holds
from botpe_app.core.segments import BEHAVIOUR, of_contacts
from botpe_app.errors import Forbidden, Invalid, NotFound
from botpe_app.models import Campaign, CampaignRecipient, Contact, Message
from botpe_app.models.base import new_id
from botpe_app.services import contacts, demo_bulk, segments
from botpe_app.services.segment_query import condition
from tests.acting import within
from tests.campaigning import ask, change, customers, template
from tests.conftest import Business

CAMPAIGNS = (UUID(int=1), UUID(int=2))
VIP = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}
START = datetime(2026, 1, 1, tzinfo=UTC)

WORDS = st.sampled_from(["", "Ana", "ana%", "a_b", "VIP", "vip", "\\", "'; --", "3", "3.0", "-1.5"])
TIMES = st.integers(-3, 3).map(lambda days: START + timedelta(days=days))
DAYS = TIMES.map(lambda moment: moment.date().isoformat())
VALUES = WORDS | DAYS | st.integers(-3, 3) | st.sampled_from([0.5, 3.0, 1e30]) | st.booleans()
DEEDS = ("delivered", "read", "clicked", "replied")
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
        "campaigns": st.lists(
            st.fixed_dictionaries(
                {
                    "which": st.integers(0, 1),
                    "status": st.sampled_from(["sent", "delivered", "read", "failed"]),
                    **{f"{did}_at": st.none() | TIMES for did in DEEDS},
                }
            ),
            unique_by=lambda each: each["which"],
            max_size=2,
        ),
    }
)
KNOWN_NAMES = (
    "name", "email", "language", "tags", "marketing_opt_in", "created_at", "last_inbound_at",
    *BEHAVIOUR,
)  # fmt: skip
NAMES = st.sampled_from([*KNOWN_NAMES, "custom_fields.a", "custom_fields.b'"])
OPS = st.sampled_from(
    ["eq", "ne", "contains", "not_contains", "starts_with", "gt", "lt", "before", "after",
     "exists", "not_exists", "in", "in_last", "not_in_last", "in_next"]
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(OPS)
    one = VALUES | TIMES.map(datetime.isoformat) | st.sampled_from([*map(str, CAMPAIGNS), 2])
    value = draw(st.lists(one, min_size=1, max_size=3) if op == "in" else one)
    return {"field": draw(NAMES), "op": op, "value": None if "exists" in op else value}


def readable(node: dict[str, Any]) -> bool:
    try:
        of_contacts({"all": [node]})
    except Invalid:
        return False
    return True


FILTERS = st.recursive(
    conditions().filter(readable),
    lambda inner: st.builds(
        lambda kind, parts: {kind: parts},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
).map(lambda node: {"all": [node]})


@pytest.fixture
def campaigns(business: Business) -> UUID:
    """Two campaigns, CAMPAIGNS; the id of a conversation for their messages."""
    (person,) = customers(business, 1)
    made: dict[str, Any] = {
        "organization_id": business.organization_id,
        "account_id": business.account_id,
        "template_id": UUID(template(business)),
    }
    with db.transaction() as session:
        db.act_as_system(session)
        session.add_all(Campaign(**made, id=key, name="Sale") for key in CAMPAIGNS)
    ((talk,),) = ask("select id from conversations where contact_id = :person", person=person)
    return talk


def recipients(business: Business, talk: UUID, person: Contact, campaigns: Any) -> list[Any]:
    """The person's rows of these campaigns, with their messages."""
    rows: list[Any] = []
    for each in campaigns:
        message = Message(
            organization_id=business.organization_id, conversation_id=talk, contact_id=person.id,
            account_id=business.account_id, direction="outgoing", type="template",
            sent_by_kind="campaign", sent_by_id=CAMPAIGNS[each["which"]], status=each["status"],
            correlation_id=new_id(), delivered_at=each["delivered_at"], read_at=each["read_at"],
        )  # fmt: skip
        row = CampaignRecipient(
            organization_id=business.organization_id, campaign_id=CAMPAIGNS[each["which"]],
            contact_id=person.id, place=1, message_id=message.id, state="queued",
            replied_at=each["replied_at"], clicked_at=each["clicked_at"],
        )  # fmt: skip
        rows += [message, row]
    return rows


def facts(fields: dict[str, Any]) -> dict[str, Any]:
    """A contact as the rule sees it."""

    def did(*names: str, arrived: bool = False) -> list[tuple[UUID, datetime]]:
        return [
            (CAMPAIGNS[each["which"]], at)
            for each in fields["campaigns"]
            if (at := next((each[name] for name in names if each[name]), None))
            and (not arrived or each["status"] in ("delivered", "read"))
        ]

    return {
        "phone": None, **fields,
        "campaigns.received": did("delivered_at", "read_at", arrived=True),
        "campaigns.read": did("read_at", arrived=True),
        "campaigns.clicked": did("clicked_at"), "campaigns.answered": did("replied_at"),
    }  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(KNOWN, min_size=1, max_size=6), FILTERS)
def test_the_database_means_whom_the_rule_means(
    session: Session,
    business: Business,
    campaigns: UUID,
    people: list[dict[str, Any]],
    filter: dict[str, Any],
) -> None:
    plain = [{k: v for k, v in fields.items() if k != "campaigns"} for fields in people]
    rows = [Contact(organization_id=business.organization_id, **fields) for fields in plain]
    session.add_all(rows)
    for row, fields in zip(rows, people, strict=True):
        session.add_all(recipients(business, campaigns, row, fields["campaigns"]))
    session.flush()
    node, ids = of_contacts(filter), [row.id for row in rows]
    asked = condition(node, START)
    found = session.exec(select(Contact.id).where(col(Contact.id).in_(ids), asked))
    meant = {row.id for row, fields in zip(rows, people, strict=True)
             if holds(node, facts(fields), START)}  # fmt: skip
    assert set(found) == meant
    session.rollback()
    db.act_as_system(session)


def test_who_got_read_or_answered_a_campaign_is_found_and_who_did_not_is_left(
    services: Any, business: Business, campaigns: UUID
) -> None:
    people = [
        within(business.agent, contacts.create_contact, phone=f"+3491512345{n}") for n in range(3)
    ]
    read = {"which": 0, "status": "read", "delivered_at": START, "read_at": START,
            "clicked_at": None, "replied_at": None}  # fmt: skip
    with db.transaction() as session:
        db.act_as_system(session)
        for person, status in ((people[0], "read"), (people[1], "delivered")):
            row = session.get_one(Contact, (business.organization_id, UUID(person.id)))
            what = {**read, "status": status, "read_at": START if status == "read" else None}
            session.add_all(recipients(business, campaigns, row, [what]))

    def count(*parts: dict[str, Any]) -> int:
        return within(business.agent, segments.preview, filter={"all": list(parts)}).count

    sale = str(CAMPAIGNS[0])
    received = {"field": "campaigns.received", "op": "eq", "value": sale}
    unread = {"field": "campaigns.read", "op": "ne", "value": sale}
    assert (count(received), count(received, unread)) == (2, 1)
    assert count({"none": [received]}) == 2  # the third, and the one the campaign was made with
    assert count({"field": "campaigns.received", "op": "in_last", "value": 1}) == 0
    ago = (datetime.now(UTC) - START).days + 1
    assert count({"field": "campaigns.received", "op": "in_last", "value": ago}) == 2
    assert count({"field": "created_at", "op": "in_last", "value": 1}) == 4
    assert count({**received, "value": str(CAMPAIGNS[1])}) == 0


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


def test_a_hundred_thousand_contacts_are_counted_at_once(services, business, campaigns):
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

    change(
        "insert into messages (organization_id, id, conversation_id, account_id, contact_id,"
        " direction, type, content, text, status, sent_by_kind, sent_by_id, correlation_id,"
        " delivered_at, read_at, priority, attempts)"
        " select k.organization_id, gen_random_uuid(), :talk, :account, k.id, 'outgoing',"
        " 'template', '{}', '', 'read', 'campaign', :sale, gen_random_uuid(), now(), now(), 10, 0"
        " from contacts k",
        talk=campaigns, account=business.account_id, sale=CAMPAIGNS[0],
    )  # fmt: skip
    change(
        "insert into campaign_recipients (organization_id, campaign_id, contact_id, place, state,"
        " message_id) select organization_id, sent_by_id, contact_id, 1, 'queued', id from messages"
        " where sent_by_kind = 'campaign'"
    )
    change("analyze contacts, messages, campaign_recipients")
    sale = str(CAMPAIGNS[0])
    did: list[Any] = [
        {"field": f"campaigns.{what}", "op": "eq", "value": sale} for what in ("read", "answered")
    ]
    for filter in ({"any": did}, {"all": [did[0], {"none": did[1:]}]}):
        started = time.perf_counter()
        assert within(business.agent, segments.preview, filter=filter).count > 100_000
        assert time.perf_counter() - started < 5
