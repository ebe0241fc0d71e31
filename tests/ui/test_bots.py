"""The list of bots, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, register, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)


def card(page: Page, name: str) -> Locator:
    """The card of the bot with exactly this name."""
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator(".bot-card").filter(has=heading)


def choose(page: Page, name: str, act: str) -> None:
    """Does something of a card's menu."""
    page.get_by_label(f"What to do with {name}", exact=True).click()
    card(page, name).get_by_text(act, exact=True).click()


def test_bots_are_made_copied_carried_elsewhere_and_deleted(visit: Visit, tmp_path: Path):
    page = visit("/register")
    register(page, "Bots Test")
    page.goto("/bots")
    expect(page.get_by_text("No bot yet")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Survey")).click()
    expect(page.locator(".step[data-type=start]")).to_be_visible()
    page.get_by_label("Back to the bots").click()
    expect(card(page, "Survey")).to_contain_text("Draft")

    choose(page, "Survey", "Clone")
    expect(card(page, "Survey (copy)")).to_be_visible()

    page.get_by_label("What to do with Survey", exact=True).click()
    with page.expect_download() as saved:
        card(page, "Survey").get_by_text("Export").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    held = json.loads(file.read_text())
    assert file.name == "survey.bot.json"
    assert {node["type"] for node in held["flow"]["nodes"]} >= {"start", "question"}

    file.write_text(json.dumps({**held, "name": "Carried over"}))
    page.get_by_label("File with a bot").set_input_files(file)
    expect(card(page, "Carried over")).to_be_visible()
    carried = next(
        one for one in page.request.get("/api/bots").json()["data"] if one["name"] == "Carried over"
    )
    assert carried["dialogues"] == held["dialogues"] != []
    file.write_text("not a flow")
    page.get_by_label("File with a bot").set_input_files(file)
    expect(page.get_by_text("This file holds no bot")).to_be_visible()

    choose(page, "Survey (copy)", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(card(page, "Survey (copy)")).to_be_visible()
    choose(page, "Survey (copy)", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(card(page, "Survey (copy)")).to_have_count(0)
    expect(card(page, "Survey")).to_be_visible()


def test_a_viewer_sees_bots_and_is_offered_no_change(visit: Visit):
    page = visit("/bots", email=VIEWER)
    expect(card(page, "Shop")).to_contain_text("Live v1")
    expect(page.get_by_role("button", name="New bot")).to_have_count(0)
    page.get_by_label("What to do with Shop").click()
    expect(card(page, "Shop").locator(".menu-item")).to_have_text(["Export"])
