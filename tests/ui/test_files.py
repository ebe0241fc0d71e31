"""Files in bubbles: what is shown, what is only downloaded, and how far it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.ui.messages.contents import content_of
from botpe_app.ui.messages.files import NO_FILE, attachment_of, size_words

READY = {
    "id": "7",
    "kind": "image",
    "state": "ready",
    "mime_type": "image/jpeg",
    "size": 1_234_567,
    "received": 1_234_567,
    "filename": "",
    "width": 1200,
    "height": 900,
    "seconds": None,
    "problem": "",
    "url": "/api/media/7",
    "thumbnail_url": "/api/media/7/thumbnail",
}


def media(**about: Any) -> dict[str, Any]:
    return {"id": "900", "media": {**READY, **about}}


def test_a_photo_is_shown_small_and_opens_large():
    file = attachment_of("image", media())
    assert (file.shown, file.small, file.url) == (
        "image",
        "/api/media/7/thumbnail",
        "/api/media/7",
    )
    assert (file.width, file.height, file.detail) == (1200, 900, "JPEG · 1.2 MB")


def test_a_photo_without_a_small_copy_is_shown_itself():
    assert attachment_of("image", media(thumbnail_url=None)).small == "/api/media/7"


@pytest.mark.parametrize(
    "mime", ["image/svg+xml", "text/html", "application/pdf", "image/heic", ""]
)
def test_what_a_browser_may_not_show_is_a_download_whatever_it_was_sent_as(mime: str):
    for kind in ("image", "video", "audio", "sticker"):
        assert attachment_of(kind, media(mime_type=mime)).shown == "file"


def test_a_document_is_a_download_even_if_it_is_a_picture():
    file = attachment_of("document", media(filename="Plan.png", mime_type="image/png"))
    assert (file.shown, file.name, file.detail) == ("file", "Plan.png", "PNG · 1.2 MB")


def test_a_moving_sticker_is_shown_itself():
    file = attachment_of("sticker", media(mime_type="image/webp"))
    assert (file.shown, file.small) == ("sticker", "/api/media/7")


def test_a_voice_message_says_how_long_it_is():
    assert attachment_of("audio", media(mime_type="audio/ogg", seconds=67.4)).detail == "1:07"


@pytest.mark.parametrize(
    ("received", "size", "percent"),
    [(50, 200, 25), (0, 200, -1), (50, None, -1), (200, 200, 99)],
)
def test_a_file_on_its_way_says_how_far_it_is(received: int, size: int | None, percent: int):
    file = attachment_of(
        "image", media(state="downloading", received=received, size=size, url=None)
    )
    assert (file.state, file.percent, file.url) == ("downloading", percent, "")


def test_a_message_without_a_file_of_ours_shows_none():
    assert attachment_of("image", {"id": "1", "caption": "x"}) is NO_FILE
    assert content_of("text", {"body": "x"}).file is NO_FILE


def test_a_file_in_a_header_is_shown_above_its_words():
    asked = {
        "type": "button",
        "header": {"type": "image", "image": media()},
        "body": {"text": "Which?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Red"}}]},
    }
    content = content_of("interactive", asked)
    assert (content.kind, content.file.url, content.options) == ("image", "/api/media/7", ["Red"])


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, ""), (1, "1 KB"), (340_000, "340 KB"), (999_999, "1000 KB"), (16_500_000, "16.5 MB")],
)
def test_a_size_is_said_as_people_do(size: int, words: str):
    assert size_words(size) == words


@given(
    st.dictionaries(
        st.sampled_from(list(READY)), st.none() | st.booleans() | st.integers() | st.text()
    )
)
def test_nothing_that_may_stand_there_breaks_a_bubble(found: dict[str, Any]):
    for kind in ("image", "video", "audio", "document", "sticker"):
        assert attachment_of(kind, {"media": found}).percent < 100
