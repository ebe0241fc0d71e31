"""A bot is built on its canvas, in a real browser, until customers are answered."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, connect_number, register, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN, VIEWER = SIGN_INS[0].email, SIGN_INS[2].email


def step(page: Page, kind: str) -> Locator:
    """The steps of a kind on the canvas."""
    return page.locator(f".step[data-type={kind}]")


def field(page: Page, label: str) -> Locator:
    """The first field of that label in the form beside the canvas."""
    return page.locator(".builder-side").get_by_label(label, exact=True).first


def put(page: Page, kind: str, x: int, y: int) -> None:
    """Drags a kind of step from the palette onto the canvas."""
    page.locator(f"[data-kind={kind}]").drag_to(
        page.locator(".canvas .react-flow"), target_position={"x": x, "y": y}
    )
    expect(step(page, kind)).to_be_visible()


def join(page: Page, source: str, target: str, handle: str = "next") -> None:
    """Drags an edge from a handle of one step to another."""
    begin = step(page, source).locator(f"[data-handleid={handle}]")
    begin.drag_to(step(page, target).locator("[data-handleid=in]"))


def saved(page: Page) -> None:
    """Waits until the server has the draft."""
    expect(page.locator(".saved")).to_contain_text("Draft saved")


def open_blank(page: Page) -> None:
    """Makes an empty bot and opens it."""
    page.goto("/bots")
    page.get_by_role("button", name=re.compile("^Blank")).click()
    expect(step(page, "start")).to_be_visible()


def test_three_steps_are_dragged_talked_to_published_and_answer_a_customer(visit: Visit):
    page = visit("/register", viewport={"width": 1440, "height": 900})
    register(page, "Canvas Test")
    number = connect_number(page, "Canvas shop")
    open_blank(page)
    put(page, "question", 60, 80)
    field(page, "Question").fill("What is your name?")
    page.get_by_label("Save the answer as").fill("name")
    put(page, "message", 420, 120)
    field(page, "Text").fill("Nice to meet you, {{na")
    page.get_by_role("option", name="name", exact=True).get_by_role("button").click()
    expect(field(page, "Text")).to_have_value("Nice to meet you, {{name}}")
    join(page, "start", "question")
    join(page, "question", "message")
    expect(page.locator(".react-flow__edge")).to_have_count(2)

    page.get_by_role("button", name="Try it").click()
    talk(page, "Hello", "What is your name?")
    talk(page, "Ana", "Nice to meet you, Ana")
    expect(page.locator(".step.lit")).to_have_count(3)
    expect(page.locator(".react-flow__edge.lit")).to_have_count(2)
    expect(page.get_by_label("Variables")).to_contain_text("Ana")

    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Live v1")).to_be_visible()

    phone = visit(f"/simulator?n={number}&p=bilal", like=page)
    for said, answer in (("Hi", "What is your name?"), ("Bilal", "Nice to meet you, Bilal")):
        phone.locator(".phone-write input").fill(said)
        phone.keyboard.press("Enter")
        expect(phone.locator(".phone .bubble.in").last).to_contain_text(answer)


def talk(page: Page, said: str, answer: str) -> None:
    """Writes to the draft and waits for what it says."""
    page.get_by_label("Write to the draft").fill(said)
    page.keyboard.press("Enter")
    expect(page.locator(".try-phone .bubble.in").last).to_contain_text(answer)


def test_two_people_edit_and_nothing_is_overwritten_silently(visit: Visit):
    size = {"width": 1440, "height": 900}
    mine = visit("/register", complains=False, viewport=size)  # lost connections are logged
    register(mine, "Two Test")
    open_blank(mine)
    theirs = visit(mine.url, like=mine, complains=False)
    expect(step(theirs, "start")).to_be_visible()
    put(mine, "message", 420, 90)
    saved(mine)
    expect(theirs.get_by_text("A colleague changed this bot")).to_be_visible()
    expect(step(theirs, "message")).to_be_visible()

    theirs.context.set_offline(True)  # both go on without hearing of each other
    field(mine, "Text").fill("Mine")
    theirs.locator("[data-kind=end]").click()
    expect(theirs.get_by_text("Not saved yet")).to_be_visible()
    mine.context.set_offline(False)
    conflicted = first_conflict(mine, theirs)
    conflicted.get_by_role("button", name="Take theirs").click()
    expect(conflicted.locator(".banner.bad")).to_have_count(0)
    saved(conflicted)
    conflicted.get_by_label("Undo").click()  # what was given up can be had back
    saved(conflicted)


def first_conflict(*pages: Page) -> Page:
    """The page that was told that somebody else saved."""
    for _ in range(100):
        for page in pages:
            if page.locator(".banner.bad").count():
                return page
        pages[0].wait_for_timeout(100)
    raise AssertionError("Nobody was told.")


def test_the_keyboard_builds_takes_back_copies_and_finds(visit: Visit):
    page = visit("/register", viewport={"width": 1440, "height": 900})
    register(page, "Keys Test")
    open_blank(page)
    step(page, "start").click()
    page.locator("[data-kind=buttons]").press("Enter")  # behind the chosen step, and connected
    expect(step(page, "buttons")).to_be_visible()
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    field(page, "Text").fill("Tea or coffee?")
    field(page, "Title").fill("x" * 21)
    expect(page.locator(".counter.over")).to_have_text("21/20 characters")
    expect(page.locator(".field-problems .error").first).to_contain_text("20")
    field(page, "Title").fill("Tea")

    page.locator(".canvas-foot").get_by_text("Fit").focus()
    page.keyboard.press("Control+d")
    expect(step(page, "buttons")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(step(page, "buttons")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(step(page, "buttons")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(step(page, "buttons")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(step(page, "buttons")).to_have_count(2)
    page.get_by_label("Tidy up").click()

    page.keyboard.press("/")
    page.keyboard.type("coffee")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the step")).to_have_attribute("placeholder", "Buttons")
    page.get_by_role("button", name=re.compile("problem")).click()
    page.locator(".problem-row").filter(has_text="Yes").or_(
        page.locator(".problem-row").filter(has_text="No")
    ).first.click()
    expect(page.get_by_label("Where it leads")).to_contain_text("leads nowhere")
    saved(page)
    page.reload()
    expect(step(page, "buttons")).to_have_count(2)


def test_a_viewer_looks_and_cannot_change(visit: Visit):
    page = visit("/bots", email=VIEWER)
    page.get_by_role("link", name="Shop").click()
    expect(step(page, "list")).to_be_visible()
    expect(page.locator(".palette")).to_have_count(0)
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    step(page, "list").click()
    expect(page.get_by_label("Button that opens the list")).to_be_disabled()
    page.keyboard.press("Delete")
    expect(step(page, "list")).to_be_visible()


def test_who_else_is_at_a_bot_is_told_by_name(visit: Visit):
    mara, viewer = visit("/bots", email=ADMIN), visit("/bots", email=VIEWER)
    for page in (mara, viewer):
        page.get_by_role("link", name="Shop").click()
        expect(step(page, "list")).to_be_visible()
    expect(mara.get_by_text("Priya Nair is looking at this too")).to_be_visible()
    step(mara, "list").click()
    mara.get_by_label("Name of the step").fill(name := f"Range {uuid4().hex[:6]}")
    expect(viewer.get_by_text("Mara Lindt is changing this bot")).to_be_visible()
    expect(step(viewer, "list")).to_contain_text(name)
    mara.get_by_label("Back to the bots").click()
    expect(viewer.locator(".presence.shown")).to_have_count(0)


def test_a_bot_of_nobody_says_so(visit: Visit):
    page = visit("/bots/00000000-0000-0000-0000-000000000000", email=ADMIN, complains=False)
    expect(page.get_by_text("This bot is not here")).to_be_visible()
