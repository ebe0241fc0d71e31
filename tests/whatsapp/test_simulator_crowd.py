"""A crowd without phones on screen, and forms that are filled in."""

import json
import tracemalloc

import pytest

from botpe_app.whatsapp.payloads import parse_message
from tests.whatsapp.simulated import NUMBER, Play

pytestmark = pytest.mark.anyio


async def test_a_hundred_thousand_customers_cost_what_one_does(play: Play):
    tracemalloc.start()
    try:
        await play.done("PUT", "crowd", {"size": 100_000, "first": "+491600000000"})
        said = {"number": NUMBER, "count": 300, "start": 99_700}
        await play.done("POST", "crowd/messages", said)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 8 * 2**20
    assert len(play.simulator.world.customers) == 6
    told = [parse_message(update.payload) for update in await play.ours.count(300)]
    assert {incoming.sender.wa_id for incoming in told} == {
        str(491600000000 + place) for place in range(99_700, 100_000)
    }
    assert play.simulator.world.threads == {}


async def test_the_crowd_reads_and_answers_and_others_do_not(play: Play):
    habits = {"size": 10, "first": "+491600000000", "reads": 1, "replies": 1, "text": "Yes"}
    await play.done("PUT", "crowd", habits)
    inside = await play.sent("text", {"body": "?"}, to="+491600000009")
    outside = await play.sent("text", {"body": "?"}, to="+491600000010")
    updates = await play.ours.until(lambda found: any(u.kind == "message" for u in found))
    answer = parse_message(next(u for u in updates if u.kind == "message").payload)
    assert (answer.sender.wa_id, answer.text) == ("491600000009", "Yes")
    assert answer.context is not None
    assert answer.context.wamid == inside
    assert play.ours.words(inside)[-1] == "read"
    assert "read" not in play.ours.words(outside)


@pytest.mark.parametrize(
    ("method", "path", "asked", "status"),
    [
        ("PUT", "crowd", {"size": -1}, 422),
        ("PUT", "crowd", {"size": 10, "first": "12"}, 422),
        ("PUT", "crowd", {"size": 1_000_000, "first": "+999999999999999"}, 422),
        ("PUT", "crowd", {"size": 1, "reads": 2}, 422),
        ("POST", "crowd/messages", {"number": NUMBER, "count": 5}, 409),
    ],
)
async def test_a_crowd_that_cannot_be_is_refused(play: Play, method, path, asked, status):
    assert (await play.control(method, path, asked))[0] == status


async def test_the_form_of_a_flow_is_filled_in_on_the_phone(play: Play):
    await play.say()
    parameters = {
        "flow_message_version": "3", "flow_id": "77", "flow_cta": "Book", "flow_token": "tok-1",
        "flow_action": "navigate",
        "flow_action_payload": {"screen": "A", "data": {"shop": "Berlin"}},
    }  # fmt: skip
    action = {"name": "flow", "parameters": parameters}
    flow = {"type": "flow", "body": {"text": "Choose a day"}, "action": action}
    wamid = await play.sent("interactive", flow)
    path = f"threads/{NUMBER}/ana"
    asked = {"wamid": wamid, "answers": {"day": "Friday"}}
    filled = await play.done("POST", f"{path}/flow", asked)
    response = filled["content"]["nfm_reply"]["response"]
    assert response == {"flow_token": "tok-1", "shop": "Berlin", "day": "Friday"}
    tapped = await play.done("POST", f"{path}/tap", {"wamid": wamid, "choice": "Book"})
    assert tapped["content"]["nfm_reply"]["response"]["name"] == "Ana Ruiz"
    sent = (await play.thread())["entries"]
    assert sent[-1]["answers"] == wamid
    plain = await play.sent("text", {"body": "hi"})
    status, _ = await play.control("POST", f"{path}/flow", {"wamid": plain})
    assert status == 404
    assert json.dumps(sent)
