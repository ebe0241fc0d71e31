"""What businesses ask the pretend WhatsApp about themselves."""

import pytest
from aiohttp import web

from tests.whatsapp.simulated import NUMBER, WABA, Play, code, serving

pytestmark = pytest.mark.anyio


async def test_an_upload_goes_on_from_where_it_broke_off(play: Play):
    query = "file_name=a.png&file_length=4&file_type=image/png"
    _, opened = await play.graph("POST", f"77/uploads?{query}")
    address, oauth = f"{play.url}/v25.0/{opened['id']}", {"Authorization": "OAuth EAAx"}

    async def put(offset: int, content: bytes) -> dict[str, object]:
        headers = {**oauth, "file_offset": str(offset)}
        async with play.http.post(address, data=content, headers=headers) as response:
            return await response.json()

    await put(0, b"ab")
    assert "error" in await put(0, b"ab")
    async with play.http.get(address, headers=oauth) as response:
        assert (await response.json())["file_offset"] == 2
    assert str((await put(2, b"cd"))["h"]).startswith("4::")
    status, answer = await play.graph("POST", "77/uploads?file_type=text/html&file_length=1")
    assert (status, code(answer)) == (400, 100)


async def test_a_template_is_edited_by_the_rules(play: Play):
    _, listed = await play.graph("GET", f"{WABA}/message_templates")
    template = listed["data"][0]["id"]
    new = [{"type": "BODY", "text": "Thank you for your order."}]
    assert (await play.graph("POST", template, {"components": new}))[0] == 200
    _, found = await play.graph("GET", template)
    assert (found["components"], found["status"]) == (new, "APPROVED")
    for change in (
        {"category": "MARKETING"},
        {"category": "SHOPPING"},
        {"components": [{"type": "BODY", "text": "{{1}} hi"}]},
    ):
        status, answer = await play.graph("POST", template, change)
        assert (status, code(answer)) == (400, 100)
    await play.done("POST", f"templates/{template}", {"status": "REJECTED"})
    assert (await play.graph("POST", template, {"components": new}))[0] == 200
    _, found = await play.graph("GET", template)
    assert found["status"] == "PENDING"


async def test_webhooks_go_where_the_number_or_its_account_says(play: Play):
    taken: list[bytes] = []

    async def challenge(request: web.Request) -> web.Response:
        assert request.query["hub.verify_token"] == "open"
        return web.Response(text=request.query["hub.challenge"])

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.read())
        return web.Response()

    other = web.Application()
    other.add_routes([web.get("/in", challenge), web.post("/in", take)])
    async with serving(other) as url:
        where = {"override_callback_uri": f"{url}/in", "verify_token": "open"}
        await play.graph("POST", f"{WABA}/subscribed_apps", where)
        _, app = await play.graph("GET", f"{WABA}/subscribed_apps")
        assert app["data"][0]["override_callback_uri"] == f"{url}/in"
        await play.graph("POST", NUMBER, {"webhook_configuration": where})
        await play.graph("POST", f"{WABA}/subscribed_apps", {})
        await play.say()
        for path in (f"{WABA}/subscribed_apps", NUMBER):
            asked = {"override_callback_uri": f"{play.url}/nowhere", "verify_token": "open"}
            body = asked if "subscribed" in path else {"webhook_configuration": asked}
            status, answer = await play.graph("POST", path, body)
            assert (status, code(answer)) == (400, 100)
        await play.graph("POST", NUMBER, {"webhook_configuration": {}})
        await play.say()
        await play.ours.count(1)
    assert len(taken) == 1
    assert len(play.ours.updates) == 1


async def test_health_says_what_stands_in_the_way(play: Play):
    for change, state in (
        ({}, "AVAILABLE"),
        ({"quality": "RED"}, "LIMITED"),
        ({"registered": False}, "BLOCKED"),
    ):
        await play.done("PUT", f"numbers/{NUMBER}", change)
        _, told = await play.graph("GET", f"{NUMBER}?fields=health_status")
        assert told["health_status"]["can_send_message"] == state
