"""One number's page, connecting with the pretended Meta, and the list of problems."""

import re

import pytest
from playwright.sync_api import expect

from botpe_app.services.demo import SIGN_INS
from tests.samples import picture
from tests.ui.running import Visit, register, running, visit
from tests.ui.test_pages import faults

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)


def test_a_business_connects_its_number_and_sees_what_is_right_and_what_is_not(visit: Visit):
    page = visit("/register")
    register(page, "Blumen Kraft")
    page.goto("/settings/numbers")
    page.get_by_role("button", name="Connect with Meta").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Business", exact=True).fill("Blumen Kraft")
    form.get_by_label("Phone number").fill("12")
    form.get_by_role("button", name="Allow and connect").click()
    expect(form.get_by_text("country code")).to_be_visible()
    form.get_by_label("Phone number").fill("+49 30 901820299")
    form.get_by_role("button", name="Allow and connect").click()
    expect(page.get_by_role("heading", name="Write this PIN down")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("link", name="Setup and profile").click()
    steps = page.locator(".mends li")
    expect(steps.filter(has_text="Access token")).to_contain_text("Valid, and never expires.")
    expect(steps.filter(has_text="Webhook")).to_contain_text(re.compile("came|phones"))
    page.get_by_label("About").fill("Flowers, today")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_text("Customers see the new profile")).to_be_visible()
    page.set_input_files("input[type=file]", {
        "name": "shop.png", "mimeType": "image/png", "buffer": picture(),
    })  # fmt: skip
    expect(page.get_by_alt_text("The profile's picture")).to_be_visible()
    page.reload()
    expect(page.get_by_label("About")).to_have_value("Flowers, today")
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto("/settings/problems")
    expect(page.get_by_text("Nothing needs you")).to_be_visible()


def test_a_viewer_reads_a_number_and_is_offered_no_change(visit: Visit):
    page = visit("/settings/numbers", email=VIEWER)
    expect(page.get_by_role("button", name="Connect with Meta")).to_have_count(0)
    page.get_by_role("link", name="Setup and profile").first.click()
    expect(page.get_by_label("About")).to_have_attribute("readonly", "")
    for name in ("Save the profile", "Replace the token", "Override"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_a_number_of_nobody_says_so(visit: Visit):
    page = visit("/settings/numbers/no-such-number", email=ADMIN)
    expect(page.get_by_text("There is no such number")).to_be_visible()
