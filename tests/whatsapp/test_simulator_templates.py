from typing import Any

import aiohttp
import pytest

from tests.whatsapp.simulated import NUMBER, TOKEN, WABA, Play, code

pytestmark = pytest.mark.anyio

SHIPPED: dict[str, Any] = {
    "name": "order_shipped",
    "language": {"code": "en_US"},
    "components": [
        {
            "type": "body",
            "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-1042"}],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "0",
            "parameters": [{"type": "text", "text": "A-1042"}],
        },
    ],
}


async def test_a_template_is_sent_filled_in(play: Play):
    status, answer = await play.send("template", SHIPPED)
    assert status == 200
    assert answer["messages"][0]["message_status"] == "accepted"
    [entry] = (await play.thread())["entries"]
    assert entry["shown"]["body"] == "Hi Ana, your order A-1042 is on its way."
    assert entry["shown"]["buttons"][0]["url"] == "https://shop.example.com/track/A-1042"
    assert entry["text"] == entry["shown"]["body"]


@pytest.mark.parametrize(
    ("changed", "status", "expected"),
    [
        ({"name": "nobody_knows"}, 404, 132001),
        ({"language": {"code": "fr"}}, 404, 132001),
        ({"components": SHIPPED["components"][:1]}, 400, 131008),
        ({"components": []}, 400, 132000),
        ({"name": "Order-1"}, 400, 100),
    ],
)
async def test_a_template_that_does_not_fit_is_refused(
    play: Play, changed: dict[str, Any], status: int, expected: int
):
    answered, answer = await play.send("template", {**SHIPPED, **changed})
    assert (answered, code(answer)) == (status, expected)


async def test_a_paused_template_is_refused_until_it_is_approved_again(play: Play):
    _, listed = await play.graph("GET", f"{WABA}/message_templates?name=order_shipped")
    template = listed["data"][0]["id"]
    await play.done("POST", f"templates/{template}", {"status": "PAUSED"})
    assert code((await play.send("template", SHIPPED))[1]) == 132015
    await play.done("POST", f"templates/{template}", {"status": "APPROVED"})
    assert (await play.send("template", SHIPPED))[0] == 200
    events = [u.payload["value"]["event"] for u in await play.ours.count(2) if u.kind == "other"]
    assert events[:2] == ["PAUSED", "APPROVED"]


async def test_templates_are_listed_in_pages_and_filtered(play: Play):
    _, first = await play.graph("GET", f"{WABA}/message_templates?limit=2")
    assert len(first["data"]) == 2
    after = first["paging"]["cursors"]["after"]
    _, rest = await play.graph("GET", f"{WABA}/message_templates?limit=20&after={after}")
    names = {(t["name"], t["language"]) for t in first["data"] + rest["data"]}
    assert len(names) == 5
    assert "next" in first["paging"]
    assert "next" not in rest["paging"]


async def test_a_new_template_is_reviewed_and_then_approved(play: Play):
    play.simulator.world.settings.review_after = 0.01
    new = {
        "name": "thanks",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Thanks, {{1}}, for coming."}],
    }
    status, made = await play.graph("POST", f"{WABA}/message_templates", new)
    assert (status, made["status"]) == (200, "PENDING")
    [told] = await play.ours.count(1)
    assert told.field == "message_template_status_update"
    assert told.payload["value"]["event"] == "APPROVED"
    assert told.waba_id == WABA
    _, again = await play.graph("POST", f"{WABA}/message_templates", new)
    assert again["error"]["error_subcode"] == 2388024
    edge = {**new, "name": "edge", "components": [{"type": "BODY", "text": "{{1}} hi"}]}
    _, refused = await play.graph("POST", f"{WABA}/message_templates", edge)
    assert refused["error"]["error_subcode"] == 2388299
    _, named = await play.graph("POST", f"{WABA}/message_templates", {**new, "name": "No-Name"})
    assert code(named) == 100


async def test_a_file_is_uploaded_described_fetched_and_deleted(play: Play):
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", "image/png")
    form.add_field("file", b"PNG", filename="a.png", content_type="image/png")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    address = f"{play.url}/v25.0/{NUMBER}/media"
    async with play.http.post(address, data=form, headers=headers) as response:
        media = (await response.json())["id"]
    _, about = await play.graph("GET", media)
    assert (about["mime_type"], about["file_size"]) == ("image/png", 3)
    async with play.http.get(about["url"]) as refused:
        assert refused.status == 401
    async with play.http.get(about["url"], headers=headers) as response:
        assert await response.read() == b"PNG"
    late = about["url"].split("?")[0] + "?until=1"
    async with play.http.get(late, headers=headers) as expired:
        assert expired.status == 404
    await play.say()
    assert (await play.send("image", {"id": media}))[0] == 200
    assert (await play.graph("DELETE", media))[1] == {"success": True}
    assert (await play.graph("GET", media))[0] == 400


async def test_a_file_whatsapp_does_not_take_is_refused(play: Play):
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("file", b"", filename="a.png", content_type="image/png")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    address = f"{play.url}/v25.0/{NUMBER}/media"
    async with play.http.post(address, data=form, headers=headers) as response:
        assert code(await response.json()) == 100
