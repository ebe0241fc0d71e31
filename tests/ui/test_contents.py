from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.ui.messages.contents import MEDIA, content_of


def test_a_text_is_its_body():
    assert content_of("text", {"body": "Hi *you*"}).text == "Hi *you*"


@pytest.mark.parametrize("kind", ["image", "video", "document", "sticker"])
def test_media_show_a_name_and_their_caption(kind: str):
    content = content_of(kind, {"id": "1", "mime_type": "x/y; codecs=z", "caption": "here"})
    assert (content.kind, content.label, content.detail, content.text) == (
        kind,
        MEDIA[kind][0],
        "x/y",
        "here",
    )


def test_a_document_goes_by_its_file_name():
    assert content_of("document", {"id": "1", "filename": "offer.pdf"}).label == "offer.pdf"


def test_a_voice_message_is_told_from_music():
    assert content_of("audio", {"id": "1", "voice": True}).kind == "voice"
    assert content_of("audio", {"id": "1"}).kind == "audio"


def test_a_location_leads_to_a_map():
    content = content_of("location", {"latitude": 40.4, "longitude": -3.7, "name": "Sol"})
    assert content.label == "Sol"
    assert content.href.startswith("https://www.openstreetmap.org/?mlat=40.4&mlon=-3.7")


def test_a_contact_card_lists_its_numbers():
    person = {"name": {"formatted_name": "Lena"}, "phones": [{"phone": "+491"}, {"phone": "+492"}]}
    content = content_of("contacts", {"contacts": [person]})
    assert content.label == "1 contact card"
    assert [(line.label, line.value) for line in content.lines] == [("Lena", "+491"), ("", "+492")]


def test_a_tapped_button_and_a_picked_row_are_choices():
    for kind in ("button_reply", "list_reply"):
        reply = {"type": kind, kind: {"id": "1", "title": "Red", "description": "in stock"}}
        assert content_of("interactive", reply).choice == "Red"
    assert content_of("button", {"text": "Stop", "payload": "s"}).choice == "Stop"


def test_our_own_buttons_and_rows_are_options():
    asked = {
        "type": "button",
        "body": {"text": "Which?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Red"}}]},
    }
    rows = {
        "type": "list",
        "body": {"text": "Which?"},
        "action": {"button": "See", "sections": [{"rows": [{"id": "1", "title": "Blue"}]}]},
    }
    assert (content_of("interactive", asked).text, content_of("interactive", asked).options) == (
        "Which?",
        ["Red"],
    )
    assert content_of("interactive", rows).options == ["Blue"]


def test_the_answers_of_a_form_are_lines():
    form = {"type": "nfm_reply", "nfm_reply": {"name": "address", "response": {"post_code": "10"}}}
    (line,) = content_of("interactive", form).lines
    assert (line.label, line.value) == ("Post code", "10")


def test_an_order_lists_its_products():
    item = {"product_retailer_id": "x", "quantity": 2, "item_price": 9.5, "currency": "EUR"}
    content = content_of("order", {"catalog_id": "1", "product_items": [item], "text": "soon"})
    assert (content.label, content.text) == ("Order, 1 product", "soon")
    assert (content.lines[0].label, content.lines[0].value) == ("2 × x", "9.5 EUR")


def test_what_cannot_be_shown_is_named():
    assert "poll" in content_of("unsupported", {"unsupported": "poll", "raw": {}}).quiet
    assert "hologram" in content_of("hologram", {}).quiet


KINDS = [*MEDIA, "text", "location", "contacts", "interactive", "order", "template", "edit", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "contacts", "action", "sections", "rows", "name", "body", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(kind=st.sampled_from(KINDS), content=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_no_content_whatever_breaks_the_page(kind: str, content: dict[str, Any]):
    assert content_of(kind, content) is not None
