"""Every page in both themes and at every width: reachable, readable, nothing sticking out."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)
OPEN = {
    "/login": "Sign in",
    "/register": "Make an organization",
    "/invite": "Join your colleagues",
    "/forgot": "Forgot your password?",
    "/reset": "Choose a new password",
    "/verify": "Is this your address?",
    "/nowhere": "There is nothing",
}
INSIDE = {
    "/dashboard": "Messages by day",
    "/inbox": "Ana Ruiz",
    "/contacts": "Anton Peters",
    "/segments": "Newsletter or hikers",
    "/segments?s=new": "contacts are meant",
    "/analytics": "Messages by day",
    "/analytics?tab=conversations": "When customers write",
    "/campaigns": "Winter sale, first news",
    "/campaigns?c=new": "Who gets it",
    "/templates": "basket_left_behind",
    "/templates?t=library": "Order confirmed",
    "/templates?t=new&from=seasonal_sale": "Passes every check",
    "/bots": "Fittings",
    "/settings/account": "Two-factor",
    "/settings/organization": "Time zone",
    "/settings/people": "Jonas Weber",
    "/settings/teams": "Support",
    "/settings/permissions": "Manage campaigns",
    "/settings/numbers": "Aurora shop",
    "/settings/tags": "returns",
    "/settings/fields": "custom_fields.city",
    "/settings/replies": "/shipping",
    "/settings/hours": "Monday's for Tuesday to Friday",
    "/settings/webhooks": "No webhook yet",
    "/settings/audit": "Export as CSV",
    "/settings/api-keys": "No key yet",
    "/settings/problems": "Open the inbox",
    "/settings/ai": "Runs of the last 30 days",
    "/settings/ai/knowledge": "Returns and repairs",
    "/settings/ai/intents": "Try a text",
    "/simulator": "Ana Ruiz",
    "/simulator?p=ana": "Read receipts",
}
PAGES = [*OPEN.items(), *INSIDE.items()]
SERIOUS = {"serious", "critical"}


def ready(page: Page, words: str) -> None:
    """Waits until the page shows what it is for."""
    expect(page.get_by_text(words).first).to_be_visible()
    page.wait_for_timeout(250)  # the last of the motion


def faults(page: Page) -> list[str]:
    """What axe finds serious, with the first place of each."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [_said(item) for item in found if item["impact"] in SERIOUS]


def _said(item: dict[str, Any]) -> str:
    node = item["nodes"][0]
    return f"{item['id']}: {node['html'][:160]} — {node['failureSummary'][:300]}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("address", "words"), PAGES)
def test_no_page_has_a_serious_barrier(visit: Visit, address: str, words: str, theme: str):
    email = ADMIN if address in INSIDE else ""
    page = visit(address, email=email, color_scheme=theme, complains=address != "/nowhere")
    ready(page, words)
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_open_conversation_has_no_serious_barrier(visit: Visit, theme: str):
    page = visit("/inbox", email=ADMIN, color_scheme=theme)
    page.get_by_text("Ana Ruiz").first.click()
    ready(page, "Perfect, can I still change the address?")
    assert faults(page) == []


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
@pytest.mark.parametrize(("address", "words"), PAGES)
def test_nothing_sticks_out_at_any_width(visit: Visit, address: str, words: str, width: int):
    email = ADMIN if address in INSIDE else ""
    size = {"width": width, "height": 780}
    page = visit(address, email=email, viewport=size, complains=address != "/nowhere")
    if not (width == 360 and "p=" in address):
        ready(page, words)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    out = page.evaluate(
        """width => [...document.querySelectorAll('button, a, input, h1, h2')].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width && getComputedStyle(e).visibility !== 'hidden'
                && !e.closest('.unseen, .skip, .rows, .table, dialog:not([open])')
                && (box.right > width + 1 || box.left < -1);
        }).map(e => e.outerHTML.slice(0, 120))""",
        width,
    )
    assert out == []


def test_a_phone_shows_one_pane_at_a_time_and_finds_the_way_back(visit: Visit):
    page = visit("/inbox", email=ADMIN, viewport={"width": 360, "height": 740}, has_touch=True)
    ready(page, "Ana Ruiz")
    page.locator(".conversation").filter(has_text="Ana Ruiz").click()
    expect(page.locator(".composer textarea")).to_be_visible()
    expect(page.locator(".list-pane")).to_be_hidden()
    page.get_by_title("Show or hide details").click()
    expect(page.get_by_role("complementary").get_by_text("Details")).to_be_visible()
    page.get_by_label("Close details").click()
    page.get_by_label("Back to the list").click()
    expect(page.locator(".list-pane")).to_be_visible()
    expect(page.locator(".thread-pane")).to_be_hidden()


def test_titles_say_where_one_is_and_what_is_unread(visit: Visit):
    page = visit("/dashboard", email=ADMIN)
    expect(page).to_have_title(re.compile(r"^\(\d+\) Dashboard · BotPe$"))
    page.get_by_role("link", name="Settings").click()
    expect(page).to_have_title(re.compile(r"WhatsApp numbers · BotPe$"))
    assert page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize(("system", "chosen"), [("light", "Dark"), ("dark", "Light")])
def test_a_chosen_theme_stays_and_is_there_before_anything_is_painted(
    visit: Visit, system: str, chosen: str
):
    page = visit("/dashboard", email=ADMIN, color_scheme=system)
    ready(page, "Messages by day")
    page.get_by_label("Account").click()
    page.get_by_role("button", name=chosen).click()
    expect(page.locator("html")).to_have_class(re.compile(chosen.lower()))
    page.add_init_script(
        "new MutationObserver((_, o) => document.body && (o.disconnect(),"
        " window.first = document.documentElement.className)).observe(document,"
        " {childList: true, subtree: true})"
    )
    page.reload()
    assert chosen.lower() in page.evaluate("window.first")


def test_a_folded_rail_stays_folded(visit: Visit):
    page = visit("/dashboard", email=ADMIN, viewport={"width": 1280, "height": 800})
    ready(page, "Messages by day")
    wide = page.get_by_label("Pages").bounding_box()
    page.get_by_role("button", name="Collapse").click()
    page.reload()
    ready(page, "Messages by day")
    narrow = page.get_by_label("Pages").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < 80 < wide["width"]


def test_values_of_the_chart_can_be_tabbed_through_and_read(visit: Visit):
    page = visit("/dashboard", email=ADMIN)
    ready(page, "Messages by day")
    page.get_by_role("group", name="Messages by day").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chart-tip")).to_contain_text("Incoming")
    page.get_by_text("As a table").first.click()
    expect(page.get_by_role("columnheader", name="Outgoing")).to_be_visible()


def test_an_address_that_does_not_exist_says_so(visit: Visit):
    page = visit("/nowhere", complains=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    expect(page).to_have_title("Not found · BotPe")


def test_the_first_load_and_a_navigation_are_quick(visit: Visit):
    page = visit("/inbox", email=ADMIN)
    ready(page, "Ana Ruiz")
    page.goto("/inbox")
    expect(page.locator(".conversation").first).to_be_visible()
    shown = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert shown < 1500
    bytes_sent = page.evaluate(
        "performance.getEntriesByType('resource').reduce((sum, e) => sum + e.encodedBodySize, 0)"
    )
    assert bytes_sent < 450_000
