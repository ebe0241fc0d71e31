import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest

from botpe_app.whatsapp.media import GraphFiles
from botpe_app.whatsapp.payloads import Update, parse_message, parse_status
from tests.whatsapp.simulated import NUMBER, TOKEN, WABA, Play

pytestmark = pytest.mark.anyio

CHAT = f"threads/{NUMBER}/ana"

BUTTONS = {
    "type": "button",
    "body": {"text": "Shall we?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
            {"type": "reply", "reply": {"id": "no", "title": "No"}},
        ]
    },
}

LIST = {
    "type": "list",
    "body": {"text": "Which?"},
    "action": {
        "button": "Open",
        "sections": [{"rows": [{"id": "t", "title": "Tea", "description": "hot"}]}],
    },
}

REMINDER: dict[str, Any] = {
    "name": "appointment_reminder",
    "language": {"code": "en"},
    "components": [
        {
            "type": "body",
            "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "Friday"}],
        }
    ],
}


def last(updates: list[Update]) -> Update:
    return updates[-1]


async def test_a_customers_words_reach_our_webhook_signed(play: Play):
    entry = await play.say("ana", "text", {"body": "¿Abierto?"})
    [update] = await play.ours.count(1)
    incoming = parse_message(update.payload)
    assert (update.waba_id, update.phone_number_id) == (WABA, NUMBER)
    assert incoming.wamid == entry["wamid"]
    assert (incoming.sender.phone, incoming.sender.name) == ("+34612345678", "Ana Ruiz")
    assert (incoming.type, incoming.text) == ("text", "¿Abierto?")


async def test_a_person_with_a_username_is_known_by_user_id_alone(play: Play):
    await play.say("hannah")
    sender = parse_message(last(await play.ours.count(1)).payload).sender
    assert (sender.wa_id, sender.phone) == ("", "")
    assert sender.bsuid == "DE.13491208655302741918"
    assert sender.username == "hannah.schmidt"
    body = {
        "messaging_product": "whatsapp",
        "recipient": sender.bsuid,
        "type": "text",
        "text": {"body": "Hallo"},
    }
    status, answer = await play.graph("POST", f"{NUMBER}/messages", body)
    assert status == 200
    assert answer["contacts"] == [{"input": sender.bsuid, "user_id": sender.bsuid}]
    told = parse_status(last(await play.ours.count(3)).payload)
    assert (told.wa_id, told.bsuid) == ("", sender.bsuid)


def heard(wamid: str) -> Callable[[list[Update]], bool]:
    """Whether an answer to that message has arrived."""

    def answered(updates: list[Update]) -> bool:
        contexts = [parse_message(update.payload).context for update in updates]
        return any(context and context.wamid == wamid for context in contexts)

    return answered


async def test_buttons_list_rows_and_quick_replies_are_tapped(play: Play):
    await play.say()
    offers = [
        (await play.sent("interactive", BUTTONS), "yes", "interactive", "Yes"),
        (await play.sent("interactive", LIST), "Tea", "interactive", "Tea"),
        (await play.sent("template", REMINDER), "I will be there", "button", "I will be there"),
    ]
    for wamid, choice, kind, text in offers:
        await play.done("POST", f"{CHAT}/tap", {"wamid": wamid, "choice": choice})
        answers = [parse_message(u.payload) for u in await play.ours.until(heard(wamid))]
        [answer] = [a for a in answers if a.context and a.context.wamid == wamid]
        assert (answer.type, answer.text) == (kind, text)
    status, answer = await play.control(
        "POST", f"{CHAT}/tap", {"wamid": offers[0][0], "choice": "x"}
    )
    assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("location", {"latitude": 40.4, "longitude": -3.7, "name": "Sol"}),
        ("contacts", [{"name": {"formatted_name": "Bo", "first_name": "Bo"}}]),
        ("reaction", {"message_id": "wamid.1", "emoji": "👍"}),
        ("order", {"catalog_id": "c", "product_items": []}),
        ("revoke", {"original_message_id": "wamid.1"}),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
    ],
)
async def test_any_kind_of_message_can_be_sent(play: Play, kind: str, content: object):
    await play.say("ana", kind, content)
    incoming = parse_message(last(await play.ours.count(1)).payload)
    assert (incoming.type, incoming.understood) == (kind, True)


async def test_an_unknown_and_an_unsupported_kind_arrive_as_such(play: Play):
    await play.say("ana", "hologram", {"a": 1})
    await play.say("ana", "unsupported", {"type": "poll"})
    updates = await play.ours.count(2)
    assert [parse_message(u.payload).understood for u in updates] == [False, False]


async def test_a_customers_file_can_be_fetched_through_the_graph_api(play: Play):
    file = await play.done("POST", "media/samples/image")
    await play.say("ana", "image", {"id": file["id"], "caption": "look"})
    incoming = parse_message(last(await play.ours.count(1)).payload)
    assert incoming.text == "📷 Photo · look"

    def fetch() -> bytes:
        copy = io.BytesIO()
        with GraphFiles(play.url, "v25.0", TOKEN) as files:
            files.download(files.describe(incoming.content["id"]), copy)
        return copy.getvalue()

    content = await asyncio.to_thread(fetch)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    document = await play.done("POST", "media/samples/document")
    assert document["mime_type"] == "application/pdf"


async def test_a_phone_is_added_used_and_taken_away(play: Play):
    new = await play.done("POST", "customers", {"name": "Ravi", "phone": "+91 98765 00000"})
    assert (new["phone"], new["shows_phone"]) == ("+919876500000", True)
    again, _ = await play.control("POST", "customers", {"phone": "+919876500000"})
    assert again == 409
    await play.say(new["id"])
    assert parse_message(last(await play.ours.count(1)).payload).sender.name == "Ravi"
    shy = await play.done("POST", "customers", {"name": "Kim"})
    assert (shy["phone"], shy["shows_phone"]) == ("", False)
    await play.done("DELETE", f"customers/{new['id']}")
    names = [c["name"] for c in (await play.done("GET", "state"))["customers"]]
    assert "Kim" in names
    assert "Ravi" not in names
    assert (await play.control("GET", f"threads/{NUMBER}/{new['id']}"))[0] == 404


async def test_what_was_said_before_can_be_put_on_a_phone(play: Play):
    lines = [
        {"sender": "customer", "type": "text", "content": {"body": "Hi"}, "at": 1.7e9},
        {"sender": "business", "type": "text", "content": {"body": "Hello"}, "at": 1.7e9 + 60},
    ]
    chat = await play.done("PUT", CHAT, {"entries": lines})
    assert [e["text"] for e in chat["entries"]] == ["Hi", "Hello"]
    assert chat["window_closes_at"] == 1.7e9 + 24 * 3600
    assert [e["status"] for e in chat["entries"]] == ["received", "read"]
    await asyncio.sleep(0.05)
    assert play.ours.updates == []
