"""The canvas at its limits: many steps, small windows, both themes; and what proves a bot."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, connect_number, register, running, visit
from tests.ui.test_canvas import saved, step
from tests.ui.test_pages import faults

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN = SIGN_INS[0].email
MANY = 300


def make(page: Page, flow: dict[str, Any]) -> str:
    """Makes a bot by the API, as whoever is signed in; gives its address."""
    made = page.request.post("/api/bots", data={"name": "Made", "flow": flow})
    assert made.ok, made.text()
    return f"/bots/{made.json()['id']}"


def chain(count: int) -> dict[str, Any]:
    """A flow of so many questions, one behind the other."""
    ids = ["start", *(f"q{n}" for n in range(count - 1))]
    nodes = [
        {
            "id": one,
            "type": "question" if n else "start",
            "position": {"x": n % 20 * 300, "y": n // 20 * 200},
            "data": {"text": f"Question {n}?"} if n else {},
        }
        for n, one in enumerate(ids)
    ]
    edges = [
        {"id": f"e{n}", "source": one, "source_handle": "next", "target": ids[n + 1]}
        for n, one in enumerate(ids[:-1])
    ]
    triggers = [{"id": "hi", "type": "keyword", "keywords": ["hi"]}]
    return {"triggers": triggers, "nodes": nodes, "edges": edges}


def test_three_hundred_steps_are_dragged_smoothly_and_found(visit: Visit):
    page = visit("/bots", email=ADMIN, viewport={"width": 1440, "height": 900})
    page.goto(make(page, chain(MANY)))
    expect(step(page, "start")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(500)
    assert step(page, "question").count() < MANY / 3  # only what is in sight is drawn
    box = step(page, "question").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 15)
    page.mouse.down()
    page.evaluate(
        "() => { window.frames_ = []; let last = performance.now(); const tick = now => {"
        " window.frames_.push(now - last); last = now; requestAnimationFrame(tick) };"
        " requestAnimationFrame(tick) }"
    )
    for n in range(40):
        page.mouse.move(box["x"] + 40 + n * 3, box["y"] + 15 + n * 3)
    page.mouse.up()
    frames = sorted(page.evaluate("window.frames_"))
    assert frames[len(frames) // 2] < 50  # milliseconds; a busy machine's median
    saved(page)
    page.keyboard.press("/")
    page.keyboard.type("Question 287?")
    page.keyboard.press("Enter")
    expect(page.locator(".builder-side").get_by_label("Question", exact=True)).to_have_value(
        "Question 287?"
    )
    page.request.delete(f"/api/bots/{page.url.rsplit('/', 1)[-1]}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_canvas_and_what_lies_beside_it_have_no_serious_barrier(visit: Visit, theme: str):
    page = visit("/bots", email=ADMIN, color_scheme=theme, viewport={"width": 1440, "height": 900})
    page.get_by_role("link", name="Shop", exact=True).click()
    expect(step(page, "condition")).to_be_visible()
    step(page, "condition").click()
    expect(page.get_by_text("All of these hold").first).to_be_attached()
    page.wait_for_timeout(300)
    assert faults(page) == []
    page.get_by_role("button", name="Try it").click()
    page.get_by_label("Write to the draft").fill("shop")
    page.keyboard.press("Enter")
    expect(page.locator(".try-phone .option").first).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("width", [360, 768])
def test_the_canvas_fits_a_small_window_and_can_be_used_there(visit: Visit, width: int):
    page = visit("/bots", email=ADMIN, viewport={"width": width, "height": 740})
    page.get_by_role("link", name="Fittings").click()
    expect(step(page, "start")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    step(page, "start").click()
    expect(page.get_by_label("Name of the step")).to_be_visible()
    page.get_by_label("Close details").click()
    page.get_by_role("button", name="Try it").click()
    page.get_by_label("Write to the draft").fill("book")
    page.keyboard.press("Enter")
    expect(page.locator(".try-phone .bubble.in").first).to_be_visible()


def test_a_description_becomes_a_draft_that_says_what_is_open(visit: Visit):
    page = visit("/register", viewport={"width": 1440, "height": 900})
    register(page, "Words Test")
    page.goto("/bots")
    page.get_by_role("button", name="New bot").click()
    page.get_by_label("Describe it").fill("Let people book an appointment for a haircut")
    page.get_by_role("button", name="Build it").click()
    said = page.get_by_label("About this draft")
    expect(said).to_contain_text("What you have to say yet", timeout=15_000)
    expect(step(page, "start")).to_be_visible()
    said.get_by_label("Put away").click()
    page.reload()
    expect(step(page, "start")).to_be_visible()
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Describe a change").click()
    page.get_by_label("What should change?").fill("Ask for the colour too")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("dialog")).to_contain_text("needs Claude")
    expect(page.get_by_role("button", name="Take it")).to_be_disabled()


HELLO: dict[str, Any] = {
    "triggers": [{"id": "any", "type": "any_message"}],
    "nodes": [
        {"id": "start", "type": "start"},
        {
            "id": "ask",
            "type": "question",
            "position": {"x": 320, "y": 0},
            "data": {"text": "Your name?", "save_to": "name"},
        },
        {
            "id": "bye",
            "type": "end",
            "position": {"x": 640, "y": 0},
            "data": {"text": "Bye, {{name}}."},
        },
    ],
    "edges": [
        {"id": "e1", "source": "start", "source_handle": "next", "target": "ask"},
        {"id": "e2", "source": "ask", "source_handle": "next", "target": "bye"},
    ],
}


def test_tests_replays_and_figures_prove_a_bot_before_and_after_it_is_published(visit: Visit):
    page = visit("/register", complains=False, viewport={"width": 1440, "height": 900})
    register(page, "Proof Test")
    number = connect_number(page, "Proof shop")
    page.goto(make(page, json.loads(json.dumps(HELLO))))
    page.get_by_role("button", name="Try it").click()
    for said in ("Hello", "Ana"):
        page.get_by_label("Write to the draft").fill(said)
        page.keyboard.press("Enter")
        expect(page.locator(".try-phone .bubble.out").last).to_contain_text(said)
    expect(page.locator(".try-phone .bubble.in").last).to_contain_text("Bye, Ana.")
    page.get_by_role("button", name="Save as test").click()
    expect(page.get_by_text("1 of 1 pass")).to_be_visible()
    publish(page)
    expect(page.get_by_text("Live v1")).to_be_visible()

    phone = visit(f"/simulator?n={number}&p=bilal", like=page)
    for said, answer in (("Hi", "Your name?"), ("Bilal", "Bye, Bilal.")):
        phone.locator(".phone-write input").fill(said)
        phone.keyboard.press("Enter")
        expect(phone.locator(".phone .bubble.in").last).to_contain_text(answer)

    page.bring_to_front()
    page.get_by_role("button", name="Figures").click()
    expect(page.locator(".bot-figures")).to_contain_text("Finished")
    expect(step(page, "end")).to_contain_text("1")

    step(page, "end").click()
    page.get_by_role("button", name="Whole bot").click()
    step(page, "end").click()
    page.get_by_role("textbox", name="Last words").fill("See you, {{name}}!")
    expect(page.get_by_role("button", name="Tests 0/1")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Publish")).click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("0 of 1")
    sheet.get_by_role("button", name="Publish", exact=True).click()
    expect(sheet).to_contain_text("The dialogue “Hello” fails")
    sheet.get_by_role("button", name="See the 1 that differ").click()
    expect(page.get_by_label("As it was")).to_contain_text("Bye, Bilal.")
    expect(page.get_by_label("With the draft").locator(".differs")).to_contain_text(
        "See you, Bilal!"
    )


def publish(page: Page) -> None:
    """Publishes what is on the canvas."""
    page.get_by_role("button", name=re.compile("^Publish")).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()


def test_calls_are_answered_on_the_phone_and_in_the_test_that_is_kept(visit: Visit):
    page = visit("/bots", email=ADMIN, viewport={"width": 1440, "height": 900})
    call = {
        "url": "https://crm.example.com/orders",
        "auth": {"type": "bearer"},
        "mappings": [{"path": "$.order.state", "variable": "state"}],
    }
    kinds = {
        "start": {},
        "api_call": call,
        "message": {"messages": [{"type": "text", "text": {"body": "It is {{state}}."}}]},
    }
    nodes = [
        {"id": one, "type": one, "position": {"x": 320 * n, "y": 0}, "data": data}
        for n, (one, data) in enumerate(kinds.items())
    ]
    edges = [
        {"id": "e1", "source": "start", "target": "api_call"},
        {"id": "e2", "source": "api_call", "target": "message"},
    ]
    triggers = [{"id": "t", "type": "tag", "tags": ["vip"]}]
    page.goto(make(page, {"triggers": triggers, "nodes": nodes, "edges": edges}))
    step(page, "api_call").click()
    page.get_by_role("button", name="Secrets").click()
    page.get_by_role("dialog").get_by_label("Name").fill("crm key")
    page.get_by_role("dialog").get_by_label("Secret", exact=True).fill("s3cret")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_label("Stored secret")).to_have_value("crm key")

    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Gets the tag vip").click()
    page.get_by_label("Body").fill('{"order": {"state": "on its way"}}')
    page.get_by_role("button", name="Answer so").click()
    expect(page.locator(".try-phone .bubble.in")).to_have_text("It is on its way.")
    page.get_by_role("button", name="Save as test").click()
    expect(page.get_by_text("1 of 1 pass")).to_be_visible()

    page.get_by_role("button", name="Whole bot").click()
    page.get_by_label("Keeps business hours").check()
    page.get_by_role("button", name="Set its own").click()
    page.get_by_label("Friday until").fill("13:00")
    page.get_by_label("Closed on").fill("Christmas")
    expect(page.get_by_text("Christmas is no date")).to_be_visible()
    page.get_by_label("Closed on").fill("2026-12-25")
    expect(page.get_by_text("Christmas is no date")).to_have_count(0)
    saved(page)
    held = page.request.get(f"/api{page.url[page.url.index('/bots') :]}").json()
    hours = held["flow"]["settings"]["business_hours"]
    assert (hours["days"]["fri"], hours["holidays"]) == ([["09:00", "13:00"]], ["2026-12-25"])


def test_an_older_version_is_compared_and_brought_back(visit: Visit):
    page = visit("/register", viewport={"width": 1440, "height": 900})
    register(page, "Versions Test")
    connect_number(page, "Versions shop")
    page.goto(make(page, json.loads(json.dumps(HELLO))))
    publish(page)
    expect(page.get_by_text("Live v1")).to_be_visible()
    step(page, "end").click()
    page.get_by_role("textbox", name="Last words").fill("Farewell.")
    publish(page)
    expect(page.get_by_text("Live v2")).to_be_visible()
    page.get_by_label("Versions").click()
    sheet = page.get_by_role("dialog")
    first = sheet.locator(".versions > li").filter(has_text="Version 1")
    first.get_by_role("button", name="Compare").click()
    expect(first).to_contain_text("End (bye)")
    first.get_by_role("button", name="Bring back").click()
    first.get_by_role("alert").get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("Live v3")).to_be_visible()
    expect(step(page, "end")).to_contain_text("Bye, {{name}}.")
