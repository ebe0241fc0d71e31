"""Typing is never lost, a message leaves once, and the keyboard alone will do."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.running import Visit, running, visit

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ADMIN, AGENT, VIEWER = (person.email for person in SIGN_INS)


def open_talk(visit: Visit, name: str = "Ana Ruiz", email: str = ADMIN) -> Page:
    page = visit("/inbox", email=email)
    page.locator(".conversation").filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name).first).to_be_visible()
    expect(page.locator(".thread .bubble").first).to_be_visible()
    return page


def once(text: str) -> str:
    """A text nobody has written before."""
    return f"{text} {uuid.uuid4().hex[:6]}"


def own(page: Page, text: str) -> Locator:
    """Our own messages with this text."""
    return page.locator(".thread .bubble.out").filter(has_text=text)


def test_what_is_typed_survives_a_reload_and_stays_with_its_conversation(visit: Visit):
    page = open_talk(visit)
    page.get_by_label("Write a reply").fill("Half a thou")
    page.locator(".conversation").filter(has_text="Bilal").click()
    expect(page.get_by_label("Write a reply")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Write a reply")).to_have_value("Half a thou")
    page.reload()
    expect(page.get_by_label("Write a reply")).to_have_value("Half a thou")


def test_enter_sends_and_shift_enter_begins_a_line(visit: Visit):
    page = open_talk(visit)
    page.keyboard.press("r")
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    second = once("second line")
    page.keyboard.type(second)
    page.keyboard.press("Enter")
    expect(own(page, second)).to_contain_text(f"first line\n{second}", use_inner_text=True)
    expect(page.get_by_label("Write a reply")).to_have_value("")


def test_pressing_send_twice_sends_once(visit: Visit):
    page = open_talk(visit)
    page.get_by_label("Write a reply").fill(text := once("only once please"))
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(own(page, text)).not_to_have_class(re.compile("pending"))
    page.wait_for_timeout(3500)  # longer than a second try would take
    expect(own(page, text)).to_have_count(1)
    page.reload()
    expect(own(page, text)).to_have_count(1)


def test_a_message_sent_without_a_network_leaves_once_when_it_is_back(visit: Visit):
    page = open_talk(visit)
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("No connection.")).to_be_visible()
    page.get_by_label("Write a reply").fill(text := once("from the tunnel"))
    page.keyboard.press("Enter")
    expect(own(page, text)).to_have_class(re.compile("pending"))
    page.context.set_offline(False)
    expect(own(page, text)).not_to_have_class(re.compile("pending"), timeout=15_000)
    page.reload()
    expect(own(page, text)).to_have_count(1)


def test_a_message_on_its_way_survives_a_reload(visit: Visit):
    page = open_talk(visit)
    page.context.set_offline(True)
    page.get_by_label("Write a reply").fill(text := once("sent, then reloaded"))
    page.keyboard.press("Enter")
    expect(own(page, text)).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".thread .bubble.pending")).to_have_count(0)
    expect(own(page, text)).to_have_count(1)


def test_a_closed_window_says_why_and_still_takes_notes(visit: Visit):
    page = open_talk(visit, "Finn Larsen")
    expect(page.get_by_text("more than 24 hours ago")).to_be_visible()
    expect(page.get_by_label("Write a reply")).to_be_hidden()
    page.get_by_role("button", name="Note").click()
    page.get_by_label("Write a note").fill(text := once("Call him instead"))
    page.keyboard.press("Enter")
    expect(page.locator(".note-bubble").filter(has_text=text)).to_be_visible()
    expect(page.get_by_label("Write a note")).to_have_value("")


def test_a_failed_message_shows_its_reason_and_a_way_to_try_again(visit: Visit):
    page = open_talk(visit, "Finn Larsen")
    failed = page.locator(".bubble.failed").first
    expect(failed).to_contain_text("not on WhatsApp any more")
    expect(failed.get_by_role("button", name="Send again")).to_be_visible()


def test_an_uncertain_message_says_that_it_probably_arrived(visit: Visit):
    page = open_talk(visit, "Esha Patel")
    expect(page.locator(".bubble.uncertain").first).to_contain_text("probably arrived")


def test_a_customer_can_be_answered_with_the_keyboard_alone(visit: Visit):
    page = visit("/inbox", email=AGENT)
    expect(page.locator(".conversation").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("daiki")
    expect(page.locator(".conversation")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Daiki Tanaka").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Me")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".head .chip").filter(has_text="You")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type(answer := once("Osaka it is"))
    page.keyboard.press("Enter")
    expect(own(page, answer)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type(note := once("Asked for the customs form"))
    page.keyboard.press("Enter")
    expect(page.locator(".note-bubble").filter(has_text=note)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("status").filter(has_text="resolved")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()


def test_what_a_customer_writes_is_text_and_never_code(visit: Visit):
    page = open_talk(visit)
    text = '<img src=x onerror="window.hacked=1"> javascript:alert(1) https://ok.example/?a=<b>'
    page.get_by_label("Write a reply").fill(text)
    page.keyboard.press("Enter")
    bubble = own(page, "javascript:alert").last
    expect(bubble).to_contain_text('<img src=x onerror="window.hacked=1">')
    links = bubble.get_by_role("link").evaluate_all("all => all.map(a => a.href)")
    assert links == ["https://ok.example/?a="]
    assert page.evaluate("window.hacked") is None


def test_older_messages_come_without_a_jump_and_new_ones_do_not_pull(visit: Visit):
    page = open_talk(visit, "Bilal Mansoor")
    run = once("line")
    for number in range(60):
        page.get_by_label("Write a reply").fill(f"{run}-{number}-\nand more\nand more")
        page.keyboard.press("Enter")
    expect(own(page, f"{run}-59-")).not_to_have_class(re.compile("pending"), timeout=60_000)
    page = open_talk(visit, "Bilal Mansoor")  # another browser, which begins at the end
    expect(own(page, f"{run}-59-")).to_be_in_viewport()
    oldest = own(page, f"{run}-5-")
    expect(oldest).to_have_count(0)
    page.locator(".thread").evaluate("box => box.scrollTop = 200")
    shown = page.locator(".thread .bubble").filter(has_text=f"{run}-12-")
    before = shown.bounding_box()
    expect(oldest).to_have_count(1)
    after = shown.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3
    expect(page.get_by_label("To the newest message")).to_be_visible()


def test_wrong_sign_ins_are_said_where_they_belong(visit: Visit):
    page = visit("/login?next=/settings/numbers", complains=False)
    page.get_by_label("E-mail").fill(ADMIN)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(ADMIN)
    page.get_by_label("Password").fill(SIGN_INS[0].password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings/numbers$"))


def test_a_next_address_of_another_site_is_not_followed(visit: Visit):
    page = visit("/login?next=//evil.example/x")
    page.get_by_role("button", name=SIGN_INS[1].name).click()
    expect(page).to_have_url(re.compile("/dashboard$"))


def test_a_server_that_cannot_be_reached_keeps_what_was_typed(visit: Visit):
    page = visit("/register", complains=False)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/api/auth/**", refuse)
    page.get_by_label("Organization").fill("Shop")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    expect(page.get_by_label("Organization")).to_have_value("Shop")


def test_signing_out_leaves_nothing_behind(visit: Visit):
    page = visit("/login")
    page.get_by_role("button", name=SIGN_INS[2].name).click()
    page.get_by_label("Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto("/inbox")
    expect(page).to_have_url(re.compile("/login"))
    assert "Ana Ruiz" not in page.content()
