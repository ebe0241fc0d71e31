"""Flows that are filled in, calls, quality and reviews, as the simulator tells of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.whatsapp.simulated import NUMBER, WABA, Play

pytestmark = pytest.mark.anyio

CHAT = f"threads/{NUMBER}/ana"
FLOW: dict[str, Any] = {
    "type": "flow",
    "body": {"text": "Book a table"},
    "action": {
        "name": "flow",
        "parameters": {
            "flow_message_version": "3",
            "flow_id": "7",
            "flow_cta": "Book",
            "flow_token": "t-1",
            "flow_action_payload": {"screen": "A", "data": {"city": "Berlin"}},
        },
    },
}


def answered(play: Play) -> dict[str, Any]:
    """What the last answer to a Flow holds."""
    reply = play.ours.updates[-1].payload["message"]["interactive"]
    assert (reply["type"], reply["nfm_reply"]["name"]) == ("nfm_reply", "flow")
    return json.loads(reply["nfm_reply"]["response_json"])


async def test_a_flow_comes_back_with_what_was_written_and_what_it_was_opened_with(play: Play):
    await play.say()
    wamid = await play.sent("interactive", FLOW)
    await play.ours.until(lambda _: "delivered" in play.ours.words(wamid))
    many = len(play.ours.updates)
    await play.done("POST", f"{CHAT}/flow", {"wamid": wamid, "answers": {"guests": "4"}})
    await play.ours.count(many + 1)
    assert answered(play) == {"flow_token": "t-1", "city": "Berlin", "guests": "4"}
    status, _ = await play.control("POST", f"{CHAT}/flow", {"wamid": "nobody", "answers": {}})
    assert status == 404


async def test_a_templates_flow_is_filled_in_also_where_nothing_was_sent_for_it(play: Play):
    buttons = [{"type": "FLOW", "text": "Book", "flow_id": "7"}]
    body = {"type": "BODY", "text": "Book a table"}
    made = {"name": "book", "language": "en", "category": "UTILITY",
            "components": [body, {"type": "BUTTONS", "buttons": buttons}]}  # fmt: skip
    status, _ = await play.graph("POST", f"{WABA}/message_templates", made)
    assert status == 200
    await play.ours.count(1)
    wamid = await play.sent("template", {"name": "book", "language": {"code": "en"}})
    await play.ours.until(lambda _: "delivered" in play.ours.words(wamid))
    many = len(play.ours.updates)
    await play.done("POST", f"{CHAT}/flow", {"wamid": wamid, "answers": {"guests": "2"}})
    await play.ours.count(many + 1)
    assert answered(play) == {"flow_token": "unused", "guests": "2"}


async def test_a_call_rings_and_ends_unanswered(play: Play):
    await play.done("POST", f"{CHAT}/call")
    first, second = await play.ours.count(2)
    told = [update.payload["value"]["calls"][0] for update in (first, second)]
    assert {one["event"] for one in told} == {"connect", "terminate"}
    assert {(one["from"], one["direction"]) for one in told} == {("34612345678", "USER_INITIATED")}
    assert told[0]["id"] == told[1]["id"]


async def test_a_number_whose_quality_drops_is_flagged_and_later_no_longer(play: Play):
    for quality in ("RED", "RED", "GREEN"):
        await play.done("PUT", f"numbers/{NUMBER}", {"quality": quality})
    await play.ours.count(2)
    assert {update.payload["value"]["event"] for update in play.ours.updates} == {
        "FLAGGED", "UNFLAGGED"
    }  # fmt: skip


async def test_a_review_waits_and_rejects_as_it_is_set(play: Play):
    await play.done("PATCH", "settings", {"review_after": 0.05, "reject_templates": True})
    made = {"name": "x", "language": "en", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Hello"}]}  # fmt: skip
    _, answer = await play.graph("POST", f"{WABA}/message_templates", made)
    assert answer["status"] == "PENDING"
    (told,) = await play.ours.count(1)
    assert told.payload["value"]["event"] == "REJECTED"
    assert told.payload["value"]["reason"] == "INVALID_FORMAT"
