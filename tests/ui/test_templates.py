"""Templates: what the pages draw, over a socket, and in a real browser."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from botpe_app.services import template_drafting, templates
from botpe_app.services.access import Actor
from botpe_app.services.template_items import TemplateItem
from botpe_app.ui.templates import rows
from botpe_app.ui.templates.editor_state import EditorState
from tests.acting import within
from tests.conftest import Business
from tests.ui.running import Visit, connect_number, register, running, visit
from tests.ui.tab import Tab

__all__ = ["running", "visit"]  # fixtures
SignIn = Callable[[Actor], str]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SAID = template_drafting.library()[0].template
ITEM = TemplateItem(
    "x", "y", "sale", "en", "MARKETING", SAID["components"], None, "NAMED", "REJECTED",
    "SCAM", "RED", None, 1, NOW, NOW,
)  # fmt: skip


def test_a_row_says_its_state_and_what_to_do_in_words():
    row = rows.row(ITEM)
    assert (row.state, row.tone, row.quality) == ("Rejected", "bad", "Low quality")
    assert row.why == "Meta takes it for a scam. Mend it and submit it again."
    assert rows.row(replace(ITEM, status="WHATEVER")).state == "Whatever"
    assert rows.row(replace(ITEM, rejection_reason=None)).why.startswith("Meta gave no reason")


def test_what_cannot_be_changed_now_is_fixed_in_the_builder():
    assert not rows.opened(ITEM, may_manage=True).fixed
    assert rows.opened(ITEM, may_manage=False).fixed
    assert rows.opened(replace(ITEM, status="PENDING"), may_manage=True).fixed


def test_the_price_is_said_with_its_list():
    said = rows.price("UTILITY", date(2026, 11, 1))
    assert "Meta's list of 1 October 2026" in said
    assert "free" in said
    assert rows.price("OTHER", date(2026, 11, 1)) == ""


@pytest.mark.parametrize("draft", ["", "3", "[]", "{}", '{"components": 3}', "[" * 90_000])
def test_a_draft_of_any_shape_breaks_nothing(
    web: str, sign_in: SignIn, business: Business, draft: str
):
    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/templates?t=new")
            await tab.until(
                lambda t: t.state("templates___editor_state____editor_state").get("mode") == "new"
            )
            await tab.call(EditorState.write, draft=draft)
            await tab.call(EditorState.write, draft=json.dumps(SAID))
            await tab.until(
                lambda t: t.state("templates___editor_state____editor_state").get("mends") == []
            )
            assert "Reference" not in tab.said()

    asyncio.run(run())


def test_an_agent_sees_templates_and_makes_none_by_any_handler(
    web: str, sign_in: SignIn, business: Business
):
    item = within(business.admin, templates.create_template, **SAID)

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await tab.open(f"/templates?t={item.id}")
            await tab.until(
                lambda t: (
                    t.state("templates___editor_state____editor_state").get("open", {}).get("fixed")
                )
            )
            await tab.call(EditorState.write, draft=json.dumps({**SAID, "name": "evil"}))
            for handler in (EditorState.save, EditorState.submit, EditorState.delete):
                await tab.call(handler)
            await tab.call(EditorState.duplicate, form={"language": "es"})
            await tab.call(EditorState.describe, form={"description": "x"})
            await tab.until(lambda t: t.said().count("role") >= 4)

    asyncio.run(run())
    page = within(business.admin, templates.list_templates)
    assert [(row.name, row.language) for row in page.data] == [(SAID["name"], "en")]


def test_a_template_of_another_organization_is_missing(
    web: str, sign_in: SignIn, business: Business, make_business: Callable[..., Business]
):
    other = make_business("Globex", "206540352242922")
    theirs = within(other.admin, templates.create_template, **{**SAID, "name": "secret_one"})

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(f"/templates?t={theirs.id}")
            await tab.until(
                lambda t: (
                    t.state("templates___editor_state____editor_state").get("mode") == "missing"
                )
            )
            assert "secret_one" not in tab.said()

    asyncio.run(run())


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_template_is_written_checked_while_typing_and_approved_by_meta(visit: Visit):
    page = visit("/register")
    register(page, "Templates Test")
    connect_number(page, "Shop")
    page.goto("/templates")
    page.get_by_role("link", name="Choose one from the library").click()
    page.get_by_role("button", name="Health").click()
    page.get_by_role("link", name="Appointment tomorrow").click()
    expect(page.get_by_label("Body")).to_be_visible()
    phone = page.get_by_role("region", name="How a customer sees it")
    expect(phone).to_contain_text("with Dr. Weiss on 3 March")
    expect(page.get_by_text("Passes every check")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("My appointment")
    page.get_by_label("Body").fill("See you on {{day}}")
    wrong = page.get_by_role("alert").filter(has_text="may not stand at the end")
    expect(wrong).to_be_visible()
    expect(page.get_by_role("button", name="Submit to Meta")).to_be_disabled()
    page.get_by_label("Body").fill("We look forward to seeing you on {{day}} in our practice.")
    expect(page.get_by_text("Passes every check")).to_be_visible()
    expect(phone).to_contain_text("seeing you on 3 March in our practice")
    page.get_by_role("button", name="Submit to Meta").click()
    expect(page.get_by_text("is with Meta; its verdict")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Back to the templates").click()
    expect(page.get_by_role("listitem").filter(has_text="my_appointment")).to_contain_text(
        "Approved", timeout=30_000
    )
