"""Settings in a real browser: what admins do there, and what others are not offered."""

import uuid

import pytest
from playwright.sync_api import expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN, _, VIEWER = (person.email for person in SIGN_INS)


def test_an_admin_invites_somebody_and_hands_over_the_link(visit: Visit):
    page = visit("/settings/people", email=ADMIN)
    guest = f"{uuid.uuid4().hex[:8]}@example.com"
    page.get_by_role("button", name="Invite somebody").click()
    form = page.get_by_role("dialog")
    form.get_by_label("E-mail").fill("nobody")
    form.get_by_role("button", name="Invite").click()
    expect(form.get_by_text("This is not an e-mail address.")).to_be_visible()
    form.get_by_label("E-mail").fill(guest)
    form.get_by_role("button", name="Invite").click()
    expect(form.locator("code")).to_contain_text("/invite?token=")
    form.get_by_role("button", name="Done").click()
    line = page.get_by_role("listitem").filter(has_text=guest)
    line.get_by_role("button", name="Withdraw").click()
    expect(line).to_have_count(0)


def test_a_tag_and_a_team_are_made_changed_and_removed(visit: Visit):
    page = visit("/settings/tags", email=ADMIN)
    name = f"tag {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Violet").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    page.get_by_label(f"Remove {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)
    page.get_by_label("Settings", exact=True).get_by_role("link", name="Teams").click()
    page.get_by_role("button", name="Make a team").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Priya Nair").check()
    page.get_by_role("button", name="Save").click()
    line = page.get_by_role("listitem").filter(has_text=name)
    expect(line).to_contain_text("Priya Nair")
    page.get_by_label(f"Dissolve {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Dissolve").click()
    expect(line).to_have_count(0)


def test_a_viewer_sees_the_people_and_is_offered_no_change(visit: Visit):
    page = visit("/settings/people", email=VIEWER, viewport={"width": 390, "height": 800})
    expect(page.get_by_text("Jonas Weber")).to_be_visible()
    expect(page.get_by_role("button", name="Invite somebody")).to_have_count(0)
    expect(page.get_by_role("combobox")).to_have_count(0)
    page.get_by_label("Settings: choose a page").click()
    sheet = page.locator(".settings-chooser .menu-sheet")
    expect(sheet.get_by_role("link", name="API keys")).to_have_count(0)
    sheet.get_by_role("link", name="General").click()
    expect(page.get_by_text("Europe/Berlin")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
