"""Settings in a real browser: what admins do there, and what others are not offered."""

import base64
import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from botpe_app.core import totp
from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, register, running, visit

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


def test_fields_replies_and_hours_are_kept(visit: Visit):
    name = f"Field {uuid.uuid4().hex[:6]}"
    page = visit("/settings/fields", email=ADMIN)
    page.get_by_role("button", name="Add a field").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Label").fill(name)
    form.get_by_label("Kind").select_option("choice")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("A choice has 1 to 200 options.")).to_be_visible()
    form.get_by_label("The list, a line each").fill("S\n\nM")
    form.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("S, M")
    row.get_by_label(f"Remove {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    page.goto("/settings/replies")
    page.get_by_label("Change hello").click()
    page.get_by_label("Text").fill("Bye {{contact.name}}")
    expect(page.get_by_text("Bye Ana Ruiz")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.goto("/settings/hours")
    page.get_by_label("Another while on Sunday").click()
    page.get_by_label("Sunday until").fill("11:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The hours are saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Sunday until")).to_have_value("11:30")
    page.get_by_label("Not on Sunday from 09:00").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Sunday until")).to_have_count(0)


def test_a_webhook_shows_its_secret_once_and_the_audit_log_who_made_it(visit: Visit):
    page = visit("/settings/webhooks", email=ADMIN)
    address = f"https://example.com/{uuid.uuid4().hex[:8]}"
    page.get_by_role("button", name="Add a webhook").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Address").fill("http://127.0.0.1/")
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_text("This address is not a public one.")).to_be_visible()
    form.get_by_label("Address").fill(address)
    form.get_by_role("button", name="Add it").click()
    expect(form.locator("code")).to_contain_text("whsec_")
    form.get_by_role("button", name="Done").click()
    expect(page.get_by_text("whsec_")).to_have_count(0)
    page.get_by_role("link", name="Log", exact=True).first.click()
    expect(page.get_by_text("Nothing here in the last week.")).to_be_visible()
    page.get_by_label(f"Remove {address}").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.goto(f"/settings/audit?q={address.rsplit('/', 1)[-1]}")
    expect(page.get_by_text("Mara Lindt removed webhook")).to_be_visible()
    page.get_by_text("Mara Lindt made webhook").click()
    expect(page.get_by_role("cell", name=address)).to_be_visible()
    with page.expect_download() as sheet:
        page.get_by_role("link", name="Export as CSV").click()
    assert "webhook.created" in sheet.value.path().read_text()


def test_two_factor_is_turned_on_and_asked_for_at_the_next_sign_in(visit: Visit):
    page = visit("/register", complains=False)
    email = register(page, "Two Factor Co")
    page.goto("/settings/account")
    page.get_by_role("button", name="Turn on").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Your password").fill("correct horse battery")
    form.get_by_role("button", name="Go on").click()
    expect(form.get_by_alt_text("QR code of the secret")).to_be_visible()
    secret = base64.b32decode(form.locator("code").inner_text())
    form.get_by_label("The code it shows").fill(totp.code(secret, int(time.time()) // 30))
    form.get_by_role("button", name="Turn it on").click()
    kept = form.locator("li code").first.inner_text()
    form.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes are left")).to_be_visible()
    expect(page.get_by_text("This browser")).to_be_visible()
    page.get_by_label("Account", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill(kept)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dashboard"))


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
