"""The table of customers, the story of one, and tags for many at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from botpe_app.errors import Forbidden, Invalid, NotFound
from botpe_app.services import contact_table, contacts, notes
from botpe_app.services.contact_story import story
from tests.acting import within
from tests.conftest import Business
from tests.ui.test_sockets import talk


def people(business: Business, *names: str, **fields: Any) -> list[str]:
    """Contacts of these names; gives their ids."""
    return [
        within(
            business.admin, contacts.create_contact, phone=f"+4930901820{n:03}", name=name, **fields
        ).id
        for n, name in enumerate(names)
    ]


def walked(business: Business, **asked: Any) -> list[str]:
    """The names on all pages, two to a page."""
    names: list[str] = []
    cursor = None
    while True:
        page = within(business.viewer, contact_table.table, limit=2, cursor=cursor, **asked)
        names += [row.name for row in page.rows]
        if page.next is None:
            return names
        cursor = page.next


@pytest.mark.parametrize("sort", contact_table.SORTS)
def test_the_pages_of_every_order_hold_everybody_once(business: Business, sort: str):
    people(business, "bea", "Ana", "Bea", "", "cem", "Ána", "ana")
    names = walked(business, sort=sort)
    assert sorted(names) == sorted(["bea", "Ana", "Bea", "", "cem", "Ána", "ana"])
    if sort == "name":
        assert [name.lower() for name in names][:3] == ["", "ana", "ana"]
    if sort == "-created_at":
        assert names[0] == "ana"


def test_who_wrote_last_comes_first_and_who_never_wrote_comes_last(business: Business):
    people(business, "Never")
    talk(business, "Wrote")
    page = within(business.viewer, contact_table.table, sort="-last_inbound_at")
    assert {row.name for row in page.rows} == {"Never", "Wrote"}
    assert page.total == 2


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"sort": "phone"}, "sort"),
        ({"sort": "--name"}, "sort"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10="}, "cursor"),
        ({"cursor": "WyJhIiwiYiJd", "sort": "name"}, "cursor"),
    ],
)
def test_what_is_no_order_or_no_place_is_named(
    business: Business, asked: dict[str, Any], field: str
):
    with pytest.raises(Invalid) as refused:
        within(business.viewer, contact_table.table, **asked)
    assert refused.value.field == field


def test_the_table_and_its_count_are_of_the_search_and_of_ones_own(
    business: Business, make_business: Any
):
    other = make_business("Globex", "206540352242922")
    people(business, "Ana", "Bea", tags=["vip"])
    people(other, "Ana")
    page = within(business.viewer, contact_table.table, q="an", tag="vip")
    assert ([row.name for row in page.rows], page.total) == (["Ana"], 1)
    assert within(other.viewer, contact_table.tags_in_use) == []
    assert within(business.viewer, contact_table.tags_in_use) == ["vip"]


def test_a_tag_reaches_those_chosen_and_can_be_taken_back(business: Business, make_business: Any):
    other = make_business("Globex", "206540352242922")
    ana, bea, cem = people(business, "Ana", "Bea", "Cem")
    theirs = people(other, "Dan")
    changed = within(
        business.agent,
        contact_table.tag_contacts,
        tag=" VIP ",
        on=True,
        ids=[ana, bea, *theirs, "x"],
    )
    assert sorted(changed) == sorted([ana, bea])
    again = within(
        business.agent, contact_table.tag_contacts, tag="VIP", on=True, ids=[ana, bea, cem]
    )
    assert again == [cem]
    within(business.agent, contact_table.tag_contacts, tag="VIP", on=False, ids=changed)
    tags = [within(business.viewer, contacts.get_contact, who).tags for who in (ana, bea, cem)]
    assert tags == [[], [], ["VIP"]]
    assert within(other.viewer, contacts.get_contact, theirs[0]).tags == []


def test_a_tag_reaches_all_that_a_search_finds(business: Business):
    people(business, "Ana", "Anabel", "Cem")
    changed = within(business.agent, contact_table.tag_contacts, tag="a", on=True, q="ana")
    assert len(changed) == 2


def test_nobody_bears_more_tags_than_there_may_be(business: Business):
    (full,) = people(business, "Full", tags=[f"t{n}" for n in range(contacts.MOST_TAGS)])
    assert within(business.agent, contact_table.tag_contacts, tag="x", on=True, ids=[full]) == []


def test_a_viewer_tags_nobody(business: Business):
    with pytest.raises(Forbidden):
        within(business.viewer, contact_table.tag_contacts, tag="x", on=True, ids=[])
    with pytest.raises(Invalid):
        within(business.agent, contact_table.tag_contacts, tag=" ", on=True, ids=[])


def test_the_story_of_a_customer_tells_what_happened_newest_first(
    business: Business, make_business: Any
):
    conversation = talk(business)
    within(business.agent, notes.add_note, conversation, "Prefers mornings")
    (row,) = within(business.viewer, contact_table.table).rows
    within(business.agent, contacts.update_contact, row.id, marketing_opt_in=True)
    told = within(business.viewer, story, row.id)
    assert [h.kind for h in told.happenings[:2]] == ["consent", "note"]
    assert told.happenings[1].words.endswith("noted: Prefers mornings")
    assert {h.kind for h in told.happenings} == {"added", "conversation", "note", "consent"}
    assert [item.id for item in told.conversations] == [str(conversation)]
    assert told.consents[0].granted
    assert all(h.at <= datetime.now(UTC) + timedelta(seconds=5) for h in told.happenings)
    with pytest.raises(NotFound):
        within(make_business("Globex", "206540352242922").admin, story, row.id)
