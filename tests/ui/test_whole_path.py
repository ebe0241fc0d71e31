"""From registering to blue ticks, in a real browser against everything that runs."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.ui.running import Visit, connect_number, register, running, visit

__all__ = ["running", "visit"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_customer_writes_is_seen_at_once_is_answered_and_reads_the_answer(visit: Visit):
    staff = visit("/register")
    register(staff, "Path Test")
    number = connect_number(staff, "Path shop")
    staff.goto("/inbox")
    expect(staff.get_by_text("No conversation yet")).to_be_visible()

    phone = visit(f"/simulator?n={number}&p=bilal", like=staff)
    say(phone, "Is the *blue* one back?")
    wait_less_than_a_second_for(staff, "Is the *blue* one back?")

    staff.bring_to_front()
    staff.keyboard.press("j")
    expect(staff.locator(".bubble.in b")).to_have_text("blue")
    staff.keyboard.press("r")
    staff.keyboard.type("Yes, three of them")
    staff.keyboard.press("Enter")

    expect(phone.locator(".phone .bubble.in").last).to_contain_text("Yes, three of them")
    expect(staff.locator(".bubble.out .tick.read")).to_be_visible()
    assert staff.locator(".bubble.out").count() == 1  # shown at once, confirmed in its place


def say(phone: Page, text: str) -> None:
    """Writes as the customer."""
    phone.locator(".phone-write input").fill(text)
    phone.keyboard.press("Enter")
    expect(phone.locator(".phone .bubble.out").last).to_be_visible()


def wait_less_than_a_second_for(page: Page, text: str) -> None:
    """The text appears without anybody touching the page."""
    begin = time.monotonic()
    expect(page.locator(".conversation").filter(has_text=text)).to_be_visible(timeout=1000)
    assert time.monotonic() - begin < 1
