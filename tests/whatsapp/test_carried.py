"""Finding the files in messages, and only those."""

from typing import Any
from uuid import UUID

import pytest

from botpe_app.whatsapp.messages import best_kind, carried, our_files, validate, with_graph_ids

OURS = "0199c0de-1111-7000-8000-00000000000a"
OTHER = "0199c0de-1111-7000-8000-00000000000b"


def card(index: int, file: dict[str, Any]) -> dict[str, Any]:
    reply = {"type": "quick_reply", "quick_reply": {"id": f"{index}", "title": "Yes"}}
    header = {"type": "image", "image": file}
    return {"card_index": index, "header": header, "action": {"buttons": [reply]}}


CAROUSEL = {
    "type": "carousel",
    "body": {"text": "Look"},
    "action": {"cards": [card(0, {"id": OURS}), card(1, {"id": "123"})]},
}
BUTTONS = {
    "type": "button",
    "header": {"type": "video", "video": {"id": OURS}},
    "body": {"text": "Look"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Yes"}}]},
}
FLOW = {
    "type": "flow",
    "header": {"type": "document", "document": {"id": OURS, "filename": "a.pdf"}},
    "body": {"text": "Look"},
    "action": {
        "name": "flow",
        "parameters": {
            "flow_message_version": "3",
            "flow_id": "1",
            "flow_cta": "Go",
            "flow_action": "navigate",
            "flow_action_payload": {"screen": "A", "data": {"image": {"id": OTHER}}},
        },
    },
}
TEMPLATE = {
    "name": "offer",
    "language": {"code": "en"},
    "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": OURS}}]},
        {
            "type": "button",
            "sub_type": "flow",
            "index": "0",
            "parameters": [
                {"type": "action", "action": {"flow_action_data": {"image": {"id": OTHER}}}}
            ],
        },
    ],
}


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("image", {"id": OURS, "caption": "x"}, [("image", "image")]),
        ("document", {"link": "https://a.example/a.pdf"}, [("document", "document")]),
        ("text", {"body": OURS}, []),
        ("location", {"latitude": 1, "longitude": 2}, []),
        ("interactive", BUTTONS, [("video", "interactive.header.video")]),
        ("interactive", FLOW, [("document", "interactive.header.document")]),
        (
            "interactive",
            CAROUSEL,
            [
                ("image", "interactive.action.cards[0].header.image"),
                ("image", "interactive.action.cards[1].header.image"),
            ],
        ),
        ("template", TEMPLATE, [("image", "template.components[0].parameters[0].image")]),
    ],
)
def test_every_file_is_found_with_its_field(
    kind: str, content: dict[str, Any], found: list[tuple[str, str]]
):
    sendable = validate(kind, content)
    assert [(each.kind, each.field) for each in carried(kind, sendable)] == found


@pytest.mark.parametrize(
    "written", ["1234567890", OURS.replace("-", ""), f" {OURS}", f"{OURS}0", "", None, 7]
)
def test_graphs_own_ids_are_not_taken_for_ours(written: object):
    assert our_files("image", {"id": written}) == set()


def test_graphs_ids_take_the_place_of_ours_and_of_nothing_else():
    ids = {UUID(OURS): "777"}
    sent = with_graph_ids("interactive", CAROUSEL, ids)
    shown = [each["header"]["image"]["id"] for each in sent["action"]["cards"]]
    assert shown == ["777", "123"]
    assert our_files("interactive", CAROUSEL) == {UUID(OURS)}, "the original stays"
    assert with_graph_ids("template", TEMPLATE, {UUID(OTHER): "1"}) == TEMPLATE


@pytest.mark.parametrize(
    ("mime", "size", "kind"),
    [
        ("image/jpeg", 5 * 2**20, "image"),
        ("image/jpeg", 5 * 2**20 + 1, "document"),
        ("image/webp", 1000, "document"),
        ("image/gif", 1000, "document"),
        ("audio/ogg; codecs=opus", 1000, "audio"),
        ("application/pdf", 99 * 2**20, "document"),
    ],
)
def test_a_file_is_sent_as_what_it_fits(mime: str, size: int, kind: str):
    assert best_kind(mime, size) == kind
