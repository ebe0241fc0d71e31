"""Contacts and segments: what they draw, over a socket, and in a real browser."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from botpe_app.services import contact_table, contacts, segments
from botpe_app.services.access import Actor
from botpe_app.services.demo import SIGN_INS
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import ContactItem
from botpe_app.ui.contacts import profile, rows
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.rows import Query
from botpe_app.ui.contacts.state import ContactsState
from botpe_app.ui.segments import rows as segment_rows
from botpe_app.ui.segments.state import SegmentsState
from tests.acting import within
from tests.conftest import Business
from tests.ui.running import Visit, register, running, visit
from tests.ui.tab import Tab

__all__ = ["running", "visit"]  # fixtures
SignIn = Callable[[Actor], str]
ADMIN = SIGN_INS[0].email
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CITY = CustomFieldItem("1", "city", "City", "text", [], NOW)


def ana(**fields: object) -> ContactItem:
    """A contact."""
    known = {"tags": ["a", "b", "c", "d"], "custom_fields": {"city": "Valencia", "on": True}}
    return ContactItem(
        **{  # pyright: ignore[reportArgumentType]
            "id": "x", "name": "Ana", "phone": "+34612345678", "email": None, "language": "es",
            "marketing_opt_in": False, "last_inbound_at": None, "created_at": NOW,
            **known, **fields,
        }
    )  # fmt: skip


def test_strange_addresses_fall_back_to_the_usual():
    query = Query.of({"sort": "phone; drop", "q": "x" * 900, "c": "y" * 900})
    assert (query.sort, len(query.q), len(query.contact)) == (rows.NEWEST, 200, 64)
    assert Query.of({}).address() == "/contacts"
    assert Query(q="a b", tag="vip").export == "/api/contacts/export?q=a+b&tag=vip"


def test_a_row_has_a_cell_for_each_column_chosen():
    columns = rows.columns("tags,marketing,custom_fields.city,nonsense", [CITY])
    shown = [column for column in columns if column.chosen]
    assert [column.key for column in shown] == ["tags", "marketing", "custom_fields.city"]
    person = rows.person(ana(), shown, Query(q="an"))
    assert (person.cells[0].tags, person.cells[0].more) == (["a", "b", "c"], 1)
    assert [cell.text for cell in person.cells[1:]] == ["Not asked", "Valencia"]
    assert person.href == "/contacts?c=x&q=an"


@pytest.mark.parametrize(
    ("now", "then", "order"),
    [
        ("-created_at", "name", "none"),
        ("name", "-name", "ascending"),
        ("-name", "name", "descending"),
    ],
)
def test_a_head_sorts_and_then_turns_the_order_around(now: str, then: str, order: str):
    name = rows.heads([], Query(sort=now))[0]
    assert (name.href, name.order) == (f"/contacts?sort={then}", order)


def test_a_form_says_what_services_take():
    given = profile.given(
        {"name": " Ana ", "tags": "a, b,", "custom_fields.city": "", "marketing_opt_in": "yes"}
    )
    assert given == {
        "name": "Ana", "tags": ["a", " b"], "custom_fields": {"city": None},
        "marketing_opt_in": True,
    }  # fmt: skip


def test_every_field_and_kind_of_the_grammar_is_in_the_builder():
    fields = segment_rows.fields([CITY], ["vip"], {"c1": "Sale"})
    assert {field.name for field in fields} == {
        *segment_rows.FIELDS, *segment_rows.BEHAVIOUR, "custom_fields.city"
    }  # fmt: skip
    assert all(field.ops and field.label for field in fields)


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        ({"all": []}, "Everybody"),
        ({"all": [{"field": "tags", "op": "contains", "value": "vip"}]}, "Tags include vip"),
        (
            {"all": [
                {"field": "marketing_opt_in", "op": "eq", "value": False},
                {"any": [
                    {"field": "custom_fields.city", "op": "in", "value": ["A", "B"]},
                    {"field": "last_inbound_at", "op": "before", "value": "2026-01-02T00:00:00Z"},
                ]},
            ]},
            "not allowed marketing and (City is one of A, B or Last wrote is before 2026-01-02)",
        ),
        ({"any": [{"field": "email", "op": "not_exists"}]}, "E-mail is not known"),
        (
            {"all": [
                {"field": "last_inbound_at", "op": "in_last", "value": "7"},
                {"none": [
                    {"field": "campaigns.read", "op": "eq", "value": "c1"},
                    {"field": "campaigns.clicked", "op": "exists"},
                ]},
            ]},
            "Last wrote in the last 7 days and none of (Read campaign is Sale or Clicked in "
            "campaign is any)",
        ),
    ],
)  # fmt: skip
def test_a_filter_is_said_in_words(filter: dict[str, object], words: str):
    assert segment_rows.described(filter, segment_rows.labels([CITY], {"c1": "Sale"})) == words


def test_a_viewer_sees_contacts_and_changes_none_by_any_handler(
    web: str, sign_in: SignIn, business: Business
):
    who = within(business.admin, contacts.create_contact, phone="+34612345678", name="Ana").id

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as tab:
            await tab.open(f"/contacts?c={who}")
            await tab.until(lambda t: t.state("person_state").get("person", {}).get("id") == who)
            assert tab.state("contacts_state")["may_manage"] is False
            await tab.call(ContactsState.tick, contact_id=who)
            await tab.call(ContactsState.tag_them, form={"tag": "x"})
            await tab.call(ContactsState.untag, tag="x", ids=[who])
            await tab.call(PersonState.change, form={"name": "Eve"})
            await tab.call(PersonState.add, form={"phone": "+34612345679"})
            await tab.call(PersonState.consent, form={"evidence": "x"})
            await tab.call(PersonState.turn_ai)
            await tab.call(PersonState.erase)
            await tab.call(PersonState.delete)
            await tab.call(SegmentsState.try_filter, filter='{"all": []}')
            await tab.until(lambda t: t.said().count("role") >= 6)

    asyncio.run(run())
    (row,) = within(business.admin, contact_table.table).rows
    assert (row.name, row.tags, row.marketing_opt_in, row.ai_opt_out) == ("Ana", [], False, False)


def test_an_agent_keeps_ai_away_from_a_customer_and_lets_it_come_back(
    web: str, sign_in: SignIn, business: Business
):
    who = within(business.admin, contacts.create_contact, phone="+34612345678", name="Ana").id

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await tab.open(f"/contacts?c={who}")
            await tab.until(lambda t: t.state("person_state").get("person", {}).get("id") == who)
            for refused in (True, False):
                await tab.call(PersonState.turn_ai)
                await tab.until(
                    lambda t, now=refused: t.state("person_state")["person"]["ai_opt_out"] is now
                )
                found = within(business.admin, contacts.get_contact, who)
                assert found.ai_opt_out is refused

    asyncio.run(run())


def test_contacts_of_another_organization_are_nowhere(
    web: str, sign_in: SignIn, business: Business, make_business: Callable[..., Business]
):
    other = make_business("Globex", "206540352242922")
    theirs = within(other.admin, contacts.create_contact, phone="+34612345678", name="Bilal").id

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(f"/contacts?c={theirs}")
            await tab.until(lambda t: t.state("person_state").get("missing"))
            await tab.call(PersonState.find_twin, query="Bil")
            await tab.call(PersonState.choose_twin, contact_id=theirs)
            await tab.call(PersonState.merge)
            await tab.call(ContactsState.untag, tag="x", ids=[theirs])
            await tab.until(lambda t: t.state("toasts").get("shown"))
            assert "Bilal" not in tab.said()

    asyncio.run(run())
    assert within(other.admin, contacts.get_contact, theirs).name == "Bilal"


@pytest.mark.parametrize("filter", ["", "[]", "1", '{"all": 3}', "[" * 100_000, '{"all":[{}]}'])
def test_a_filter_of_any_shape_breaks_nothing(
    web: str, sign_in: SignIn, business: Business, filter: str
):
    within(business.admin, segments.create_segment, name="All", filter={"all": []})

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/segments?s=new")
            await tab.until(lambda t: t.state("segments_state").get("open") == "new")
            await tab.call(SegmentsState.try_filter, filter=filter)
            await tab.call(SegmentsState.try_filter, filter='{"all": []}')
            await tab.until(lambda t: t.state("segments_state").get("count") == 0)
            assert "Reference" not in tab.said()

    asyncio.run(run())


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_sheet_comes_in_and_a_segment_of_it_is_counted_as_it_is_built(
    visit: Visit, tmp_path: Path
):
    page = visit("/register")
    register(page, "Contacts Test")
    page.goto("/contacts")
    page.get_by_role("button", name="Import", exact=True).click()
    sheet = tmp_path / "people.csv"
    sheet.write_text(
        'Mobile;Full name;City;Tags\n+34612345678;"Ruiz, Ana";Valencia;vip\n12;Bob;;\n'
        "+34612345679;Bea;Madrid;\n"
    )
    page.get_by_label("File with contacts").set_input_files(sheet)
    expect(page.get_by_label("What Mobile becomes")).to_have_value("phone")
    page.get_by_role("button", name="Import 3").click()
    expect(page.get_by_role("cell", name=re.compile("phone"))).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download this row").click()
    saved.value.save_as(tmp_path / "back.csv")
    assert "Bob" in (tmp_path / "back.csv").read_text()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("link", name="Ruiz, Ana")).to_be_visible()

    page.get_by_role("link", name="Ruiz, Ana").click()
    drawer = page.get_by_role("dialog", name="Ruiz, Ana")
    drawer.get_by_label("Add a tag").fill("hiker")
    page.keyboard.press("Enter")
    expect(drawer.get_by_label("Remove the tag hiker")).to_be_visible()
    drawer.get_by_role("button", name="Close").click()

    page.get_by_label("Choose Bea").click()
    page.get_by_label("Tag for those chosen").fill("hiker")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 contact tagged hiker")).to_be_visible()

    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="New segment").click()
    page.get_by_label("Name", exact=True).fill("Hikers")
    page.get_by_label("Value of Tags").fill("hiker")
    expect(page.get_by_role("status").filter(has_text="contacts are meant")).to_contain_text("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Tags include hiker")).to_be_visible()
    expect(page.get_by_text("2 contacts", exact=True)).to_be_visible()
