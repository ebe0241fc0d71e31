"""Files in the inbox, both ways, in a real browser."""

import io
import re
import uuid

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests import samples
from tests.ui.running import Visit, running, visit
from tests.ui.test_writing import AGENT, VIEWER, once, open_talk, own

__all__ = ["running", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def photo(name: str = "beach.jpg") -> FilePayload:
    """A picture no test has sent before."""
    file = io.BytesIO()
    colour = tuple(uuid.uuid4().bytes[:3])
    Image.new("RGB", (800, 500), colour).save(file, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}


def document(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": samples.PDF}


def attach(page: Page, *files: FilePayload) -> Locator:
    """Chooses files; gives them as they wait."""
    page.locator(".composer input[type=file]").set_input_files(list(files))
    return page.locator(".tray-file")


def troubled(visit: Visit) -> Page:
    """Ana's chat in a browser that may log errors: a request of it is going to fail."""
    page = visit("/inbox", email=AGENT, complains=False)
    page.locator(".conversation").filter(has_text="Ana Ruiz").click()
    expect(page.locator(".thread .bubble").first).to_be_visible()
    return page


def drawn(picture: Locator) -> None:
    """The browser has loaded and shows it."""
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0


# Daiki has no phone in the simulator, which takes anything to such a number: nobody had to write
# to it first for the window to be open there.


def test_a_photo_goes_out_with_its_caption_and_opens_large(visit: Visit):
    page = open_talk(visit, "Daiki Tanaka")
    waiting = attach(page, photo())
    expect(waiting).to_have_class(re.compile("ready"))
    page.get_by_label("Write a reply").fill(text := once("the blue one"))
    page.keyboard.press("Enter")
    expect(waiting).to_have_count(0)
    bubble = own(page, text)
    drawn(bubble.locator(".picture img"))
    expect(bubble.locator(".tick")).to_have_class(re.compile("sent|delivered|read"), timeout=15_000)
    bubble.locator(".picture").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    drawn(page.get_by_role("dialog").locator("img"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_several_files_leave_in_order_each_in_a_message(visit: Visit):
    page = open_talk(visit, "Daiki Tanaka")
    names = [f"{once('list')}.pdf", f"{once('prices')}.pdf"]
    expect(attach(page, *(document(name) for name in names))).to_have_count(2)
    expect(page.locator(".tray-file.ready")).to_have_count(2)
    page.get_by_role("button", name="Send", exact=True).click()
    for name in names:
        expect(own(page, name).locator(".tick")).to_have_class(
            re.compile("sent|delivered|read"), timeout=15_000
        )
    places = [own(page, name).bounding_box() for name in names]
    assert places[0] and places[1]  # noqa: PT018
    assert places[0]["y"] < places[1]["y"]
    with page.expect_download() as download:
        own(page, names[0]).get_by_role("link").click()
    assert download.value.suggested_filename == names[0]


PUT = """([name, type, bytes, event]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const given = event === "paste" ? { clipboardData: files } : { dataTransfer: files };
  const Kind = event === "paste" ? ClipboardEvent : DragEvent;
  document.querySelector(".composer textarea").dispatchEvent(
    new Kind(event, { bubbles: true, cancelable: true, ...given }),
  );
}"""


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_can_be_pasted_and_dropped(visit: Visit, way: str):
    page = open_talk(visit, email=AGENT)
    given = photo(f"{way}.jpg")
    page.evaluate(PUT, [given["name"], given["mimeType"], list(given["buffer"]), way])
    expect(page.locator(".tray-file.ready")).to_contain_text(f"{way}.jpg")
    drawn(page.locator(".tray-file img"))
    page.get_by_label(f"Remove {way}.jpg").click()
    expect(page.locator(".tray-file")).to_have_count(0)


def test_a_file_stays_with_its_conversation_and_over_a_reload(visit: Visit):
    page = open_talk(visit, email=AGENT)
    expect(attach(page, document("plan.pdf"))).to_have_class(re.compile("ready"))
    page.locator(".conversation").filter(has_text="Bilal").click()
    expect(page.locator(".tray-file")).to_have_count(0)
    page.go_back()
    expect(page.locator(".tray-file.ready")).to_contain_text("plan.pdf")
    page.reload()
    expect(page.locator(".tray-file.ready")).to_contain_text("plan.pdf")


def test_a_file_that_does_not_get_through_says_so_and_can_be_tried_again(visit: Visit):
    page = troubled(visit)
    broken: list[Route] = []
    page.route("**/api/media", lambda route: (broken.append(route), route.abort()))
    waiting = attach(page, photo())
    expect(waiting).to_contain_text("cannot be reached")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.unroute("**/api/media")
    waiting.get_by_role("button", name="Try again").click()
    expect(waiting).to_have_class(re.compile("ready"))
    assert broken


def test_an_empty_file_is_refused_in_words(visit: Visit):
    page = troubled(visit)
    empty: FilePayload = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    expect(attach(page, empty)).to_contain_text("The file is empty")


def test_who_may_not_write_cannot_attach(visit: Visit):
    page = open_talk(visit, email=VIEWER)
    expect(page.get_by_label("Attach files")).to_be_disabled()


def test_a_note_takes_no_files(visit: Visit):
    page = open_talk(visit, email=AGENT)
    page.get_by_role("button", name="Note").click()
    expect(page.get_by_label("Attach files")).to_be_disabled()


def test_what_a_customer_sends_is_seen(visit: Visit):
    page = open_talk(visit)
    before = page.locator(".thread .bubble.in .picture").count()
    phone = visit("/simulator?p=ana", like=page)
    phone.get_by_role("button", name="Photo").click()
    shown = page.locator(".thread .bubble.in .picture img")
    expect(shown).to_have_count(before + 1, timeout=20_000)
    drawn(shown.last)
