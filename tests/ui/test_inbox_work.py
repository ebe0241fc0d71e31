"""Two people at one inbox, and the tools of the composer, in real browsers."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)
WITHIN = 1000  # milliseconds


def open_talk(page: Page, name: str) -> None:
    page.locator(".conversation").filter(has_text=name).click()
    expect(page.locator(".thread .bubble").first).to_be_visible()


def test_two_people_see_each_other_and_only_one_gets_it(visit: Visit) -> None:
    mara, jonas = visit("/inbox", email=ADMIN), visit("/inbox", email=AGENT)
    for page in (mara, jonas):
        open_talk(page, "Bilal Mansoor")
    expect(mara.get_by_text("Jonas Weber is looking at this too")).to_be_visible()
    expect(jonas.get_by_text("Mara Lindt is looking at this too")).to_be_visible()
    jonas.get_by_label("Write a reply").press_sequentially("Let me ")
    expect(mara.get_by_text("Jonas Weber is replying")).to_be_visible(timeout=WITHIN)
    mara.get_by_role("button", name="Take it").click()
    expect(jonas.locator(".head .whose").filter(has_text="Mara")).to_be_visible(timeout=WITHIN)
    expect(jonas.get_by_role("button", name="Take it")).to_have_count(0)
    text = f"Hello {uuid.uuid4().hex[:6]}"
    mara.get_by_label("Write a reply").fill(text)
    mara.keyboard.press("Enter")
    expect(jonas.locator(".bubble.out").filter(has_text=text)).to_be_visible(timeout=WITHIN)
    mara.locator(".conversation").filter(has_text="Esha").click()
    expect(jonas.locator(".presence.shown")).to_have_count(0, timeout=WITHIN)


def test_saved_replies_quotes_reactions_and_suggestions(visit: Visit) -> None:
    page = visit("/inbox", email=ADMIN)
    open_talk(page, "Ana Ruiz")
    area = page.get_by_label("Write a reply")
    area.press_sequentially("/hel")
    expect(page.get_by_role("option")).to_have_count(1)
    area.press("Tab")
    expect(area).to_have_value("Hi Ana Ruiz, this is Mara Lindt from Aurora Outdoor.")
    area.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_text("Suggested from")).to_be_visible(timeout=15_000)
    area.press("Tab")
    expect(area).not_to_have_value("")
    area.fill(text := f"Quoting {uuid.uuid4().hex[:6]}")
    first = page.locator(".bubble.in").first
    first.hover()
    first.get_by_label("Quote it").click()
    expect(page.locator(".quoting")).to_contain_text("blue Fjell jacket")
    area.press("Enter")
    sent = page.locator(".bubble.out").filter(has_text=text)
    expect(sent.locator(".bubble-quote")).to_contain_text("blue Fjell jacket")
    first.hover()
    first.get_by_label("React", exact=True).click()
    first.get_by_label("React with 👍").click()
    expect(first.locator(".reactions")).to_contain_text("👍")


def test_many_are_marked_ranked_snoozed_and_found_by_what_was_said(visit: Visit) -> None:
    page = visit("/inbox", email=ADMIN)
    row = page.locator(".row-box").filter(has_text="Hannah")
    row.hover()
    row.get_by_role("checkbox").click()
    page.get_by_label("Snooze until tomorrow").click()
    expect(page.locator(".conversation").filter(has_text="Hannah")).to_have_count(0)
    page.goto("/inbox?status=snoozed")
    open_talk(page, "Hannah")
    page.get_by_label("More", exact=True).click()
    page.get_by_role("button", name="Urgent").click()
    expect(page.locator(".conversation").filter(has_text="Hannah")).to_contain_text("urgent")
    page.goto("/inbox?status=any&priority=urgent")
    expect(page.locator(".conversation")).to_have_count(1)
    page.get_by_label("Take off the filter priority").click()
    page.get_by_label("Search people and messages").fill("reserve one")
    expect(page.locator(".preview mark").first).to_have_text("reserve")


def test_a_customer_is_blocked_after_a_question_and_let_in_again(visit: Visit) -> None:
    page = visit("/inbox", email=AGENT)
    open_talk(page, "Ana Ruiz")
    page.locator(".head").get_by_label("More").click()
    page.get_by_role("button", name="Block…").click()
    page.get_by_role("dialog").get_by_role("button", name="Block", exact=True).click()
    expect(page.locator(".head .chip.bad")).to_have_text("Blocked")
    expect(page.get_by_text("The number has blocked this customer")).to_be_visible()
    page.locator(".head").get_by_label("More").click()
    page.get_by_role("button", name="Let them in again").click()
    expect(page.locator(".head .chip.bad")).to_have_count(0)
    expect(page.get_by_label("Write a reply")).to_be_enabled()
