"""The automations' page, by hand."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)


def test_a_rule_is_written_tried_saved_switched_and_deleted(visit: Visit) -> None:
    page = visit("/automations", email=ADMIN)
    name = f"Refunds {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="New automation").click()
    page.get_by_role("button", name="Send a topic to the right team").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Keywords, with commas").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Trigger: 1 to 50 words")).to_be_visible()
    page.get_by_label("Keywords, with commas").fill("jacket")
    page.get_by_label("Whom").select_option(label="Team Billing")
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("Would have fired on")).to_be_visible()
    expect(page.locator(".trial li").first).to_contain_text("jacket")
    page.get_by_role("button", name="Save").click()
    rule = page.locator(".rule").filter(has_text=name)
    expect(rule).to_contain_text("When a customer uses a keyword: “jacket”")
    expect(rule).to_contain_text("Give it to Billing")
    rule.get_by_role("switch").click()
    expect(rule.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    rule.get_by_label(f"What to do with {name}").click()
    rule.get_by_role("button", name="Delete").click()
    page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(rule).to_have_count(0)


def test_an_agent_sees_the_rules_and_changes_none(visit: Visit) -> None:
    page = visit("/automations", email=AGENT)
    expect(page.locator(".rule").first).to_contain_text("Welcome")
    expect(page.get_by_role("switch").first).to_be_disabled()
    for name in ("New automation", "Edit"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
