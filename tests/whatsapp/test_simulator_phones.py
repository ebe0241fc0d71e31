import asyncio
from typing import Any

import pytest

from botpe_app.whatsapp.client import GraphClient
from botpe_app.whatsapp.payloads import Update, parse_status
from tests.whatsapp.simulated import NUMBER, TOKEN, Play

pytestmark = pytest.mark.anyio

CHAT = f"threads/{NUMBER}/ana"

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

SALE: dict[str, Any] = {
    "name": "season_sale",
    "language": {"code": "en"},
    "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.y/a"}}]},
        *REMINDER["components"],
    ],
}


def last(updates: list[Update]) -> Update:
    return updates[-1]


async def test_a_message_is_sent_delivered_and_read_once_the_chat_is_open(play: Play):
    await play.say()
    wamid = await play.sent("text", {"body": "Sí"}, biz_opaque_callback_data="try:1")
    updates = await play.ours.count(3)
    assert play.ours.words(wamid) == ["sent", "delivered"]
    told = parse_status(last(updates).payload)
    assert (told.callback_data, told.pricing["category"]) == ("try:1", "service")
    chat = await play.thread()
    assert (chat["unread"], chat["entries"][-1]["status"]) == (1, "delivered")
    assert (await play.done("POST", f"{CHAT}/open"))["unread"] == 0
    await play.ours.count(4)
    again = await play.sent("text", {"body": "?"})
    await play.ours.count(7)
    assert play.ours.words(again) == ["sent", "delivered", "read"]
    await play.done("POST", f"{CHAT}/close")
    third = await play.sent("text", {"body": "!"})
    await play.ours.count(9)
    await asyncio.sleep(0.1)
    assert play.ours.words(third) == ["sent", "delivered"]


async def test_without_read_receipts_reading_is_not_told(play: Play):
    await play.done("PATCH", "customers/ana", {"read_receipts": False})
    await play.say()
    wamid = await play.sent("text", {"body": "Sí"})
    await play.ours.count(3)
    await play.done("POST", f"{CHAT}/open")
    await asyncio.sleep(0.1)
    assert play.ours.words(wamid) == ["sent", "delivered"]
    assert (await play.thread())["entries"][-1]["status"] == "read"


async def test_an_offline_phone_gets_its_messages_when_it_is_back(play: Play):
    await play.say()
    await play.done("PATCH", "customers/ana", {"online": False})
    wamid = await play.sent("text", {"body": "Sí"})
    await play.ours.count(2)
    await asyncio.sleep(0.1)
    assert play.ours.words(wamid) == ["sent"]
    status, answer = await play.control("POST", f"{CHAT}/messages", {"type": "text"})
    assert (status, answer["error"]["code"]) == (409, "conflict")
    await play.done("PATCH", "customers/ana", {"online": True})
    await play.ours.count(3)
    assert play.ours.words(wamid) == ["sent", "delivered"]


async def failure(play: Play, wamid: str) -> int:
    """The code under which the message failed; nothing else may be told of it."""
    await play.ours.until(lambda _: "failed" in play.ours.words(wamid))
    await asyncio.sleep(0.05)
    assert play.ours.words(wamid) == ["failed"]
    failed = [u for u in play.ours.updates if u.kind == "status"]
    return parse_status(failed[-1].payload).errors[0].code


async def test_outside_the_window_only_a_template_arrives(play: Play):
    assert await failure(play, await play.sent("text", {"body": "Hola"})) == 131047
    template = await play.sent("template", REMINDER)
    await play.ours.until(lambda _: play.ours.words(template) == ["sent", "delivered"])
    await play.say()
    inside = await play.sent("text", {"body": "Hola"})
    await play.ours.until(lambda _: play.ours.words(inside) == ["sent", "delivered"])


async def test_a_window_closes_after_24_hours(play: Play):
    await play.say()
    thread = play.simulator.world.thread(NUMBER, "ana")
    assert thread.last_inbound_at is not None
    thread.last_inbound_at -= 24 * 3600
    assert await failure(play, await play.sent("text", {"body": "Hola"})) == 131047


async def test_who_stopped_marketing_gets_none_but_other_templates(play: Play):
    await play.done("POST", f"{CHAT}/marketing", {"wanted": False})
    [told] = await play.ours.count(1)
    assert (told.field, told.contact_key) == ("user_preferences", "ES.10482039571836402915")
    assert told.payload["value"]["user_preferences"][0]["value"] == "stop"
    assert await failure(play, await play.sent("template", SALE)) == 131050
    reminder = await play.sent("template", REMINDER)
    await play.ours.until(lambda _: "delivered" in play.ours.words(reminder))
    await play.done("POST", f"{CHAT}/marketing", {"wanted": True})
    sale = await play.sent("template", SALE)
    await play.ours.until(lambda _: "delivered" in play.ours.words(sale))


async def test_who_blocked_the_business_gets_nothing(play: Play):
    await play.say()
    await play.done("PATCH", "customers/ana", {"blocked": True})
    assert await failure(play, await play.sent("text", {"body": "Hola"})) == 131026


async def test_whom_the_business_has_blocked_gets_nothing_from_it(play: Play):
    await play.say()
    wamid = await play.sent("text", {"body": "Hola"})
    await play.ours.until(lambda _: "delivered" in play.ours.words(wamid))
    play.simulator.world.numbers[NUMBER].blocked.append("34612345678")
    assert await failure(play, await play.sent("text", {"body": "Hola"})) == 131026


async def test_a_stranger_takes_everything_and_never_reads(play: Play):
    wamid = await play.sent("text", {"body": "Hi"}, to="+447911123456")
    await play.ours.count(2)
    assert play.ours.words(wamid) == ["sent", "delivered"]
    assert parse_status(play.ours.updates[0].payload).wa_id == "447911123456"


async def test_reading_and_typing_of_the_business_show_on_the_phone(play: Play):
    first, second = await play.say(), await play.say()

    def tell() -> None:
        with GraphClient(play.url, "v25.0", TOKEN) as graph:
            graph.mark_read(NUMBER, second["wamid"], typing=True)

    assert not (await play.thread())["typing"]
    await asyncio.to_thread(tell)
    chat = await play.thread()
    assert chat["typing"]
    assert [(e["wamid"], e["status"]) for e in chat["entries"]] == [
        (first["wamid"], "read"),
        (second["wamid"], "read"),
    ]
    await play.sent("text", {"body": "Sí"})
    assert not (await play.thread())["typing"]
