import asyncio
import io
import json
from pathlib import Path

import pytest

from botpe_app.errors import Conflict, Invalid, NotFound, Unavailable
from botpe_app.whatsapp.client import GraphClient, GraphRefused
from botpe_app.whatsapp.media import GraphFiles
from botpe_app.whatsapp.payloads import parse_message
from botpe_app.whatsapp.simulator import SimulatorClient
from tests.whatsapp.simulated import NUMBER, SECRET_KEY, TOKEN, WABA, Play, playing

pytestmark = pytest.mark.anyio

CHAT = f"threads/{NUMBER}/ana"


async def test_a_webhook_is_tried_again_until_it_is_taken(play: Play):
    play.ours.status = 503
    await play.say()
    await asyncio.sleep(0.2)
    assert (play.ours.posts, play.ours.updates) == (1, [])
    play.ours.status = 200
    await play.ours.count(1)
    log = await play.done("GET", "log")
    assert (log["webhooks"][0]["tries"], log["webhooks"][0]["status"]) == (2, 200)


async def test_webhooks_can_be_doubled_batched_and_delayed(play: Play):
    await play.done("PATCH", "settings", {"duplicates": 2})
    await play.say()
    updates = await play.ours.count(3)
    assert len({u.event_key for u in updates}) == 1
    play.ours.updates.clear()
    await play.done("PATCH", "settings", {"duplicates": 0, "batch": 1000})
    posts = play.ours.posts
    for _ in range(5):
        await play.say()
    assert len({u.event_key for u in await play.ours.count(5)}) == 5
    assert play.ours.posts == posts + 1
    await play.done("PATCH", "settings", {"batch": 1, "webhook_delay": 0.3})
    await play.say()
    await asyncio.sleep(0.1)
    assert len(play.ours.updates) == 5
    await play.ours.count(6)


async def test_delivered_can_be_skipped_and_statuses_overtake_each_other(play: Play):
    await play.done("PATCH", "settings", {"skip_delivered": True})
    await play.say()
    await play.done("POST", f"{CHAT}/open")
    wamid = await play.sent("text", {"body": "Sí"})
    await play.ours.until(lambda _: "read" in play.ours.words(wamid))
    assert play.ours.words(wamid) == ["sent", "read"]
    await play.done("PATCH", "settings", {"skip_delivered": False, "reorder": True})
    sent = [await play.sent("text", {"body": str(n)}) for n in range(8)]
    await play.ours.until(lambda _: all(len(play.ours.words(w)) == 3 for w in sent))
    assert any(play.ours.words(w) != ["sent", "delivered", "read"] for w in sent)


async def test_phone_numbers_can_be_hidden_everywhere(play: Play):
    await play.done("PATCH", "settings", {"hide_phones": True})
    await play.say()
    wamid = await play.sent("text", {"body": "Sí"})
    await play.ours.until(lambda _: "delivered" in play.ours.words(wamid))
    assert "34612345678" not in json.dumps([u.payload for u in play.ours.updates])


async def test_settings_go_back_to_honest(play: Play):
    await play.done("PATCH", "settings", {"reorder": True, "batch": 5})
    await play.done("POST", "next", {"mishap": "reset", "count": 3})
    settings = await play.done("DELETE", "settings")
    assert (settings["reorder"], settings["batch"], settings["upcoming"]) == (False, 1, [])


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "settings", {"batch": 1001}, "settings.batch"),
        ("PATCH", "settings", {"colour": 1}, "settings.colour"),
        ("POST", "next", {"mishap": "flood"}, "next.mishap"),
        ("POST", "customers", {"phone": "12"}, "phone"),
        ("PUT", f"numbers/{NUMBER}", {"per_second": 0}, "number.per_second"),
        ("POST", f"{CHAT}/messages", {}, "message.type"),
        ("POST", f"{CHAT}/messages", ["x"], None),
    ],
)
async def test_a_wrong_wish_is_refused_and_its_field_named(
    play: Play, method: str, path: str, body: object, field: str | None
):
    status, answer = await play.control(method, path, body)
    assert (status, answer["error"]["field"]) == (422, field)


async def test_any_webhook_at_all_can_be_sent(play: Play):
    asked = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED"}, "waba_id": WABA}
    await play.done("POST", "webhooks", asked)
    [update] = await play.ours.count(1)
    assert (update.field, update.kind, update.waba_id) == ("account_update", "other", WABA)


async def test_phones_and_untold_news_survive_a_restart(tmp_path: Path):
    async with playing(tmp_path) as play:
        await play.say("bilal")
        await play.ours.count(1)
        play.ours.status = 503
        untold = await play.say("ana")
        wamid = await play.sent("text", {"body": "Sí"})
        play.simulator.world.settings.sent_after = 60
        late = await play.sent("text", {"body": "later"})
        doomed = await play.sent("text", {"body": "no"}, to="+33612345678")
        await asyncio.sleep(0.1)
    async with playing(tmp_path) as play:
        await play.ours.until(lambda _: "delivered" in play.ours.words(late))
        await play.ours.until(lambda _: play.ours.words(doomed) == ["failed"])
        await play.ours.until(lambda _: "delivered" in play.ours.words(wamid))
        messages = [u for u in play.ours.updates if u.kind == "message"]
        assert [parse_message(u.payload).wamid for u in messages] == [untold["wamid"]]
        chat = await play.thread("ana")
        assert [e["text"] for e in chat["entries"]] == ["hi", "Sí", "later"]


async def test_a_broken_journal_is_a_new_start(tmp_path: Path):
    (tmp_path / "state.json").write_text('{"customers": {"ana"')
    async with playing(tmp_path) as play:
        assert len((await play.done("GET", "state"))["customers"]) == 6


async def test_the_log_shows_calls_and_webhooks_newest_first(play: Play):
    await play.say()
    await play.sent("text", {"body": "Sí"})
    await play.ours.count(3)
    log = await play.done("GET", "log")
    assert log["calls"][0]["path"] == f"/v25.0/{NUMBER}/messages"
    assert log["calls"][0]["status"] == 200
    assert "wamid" in log["calls"][0]["answered"]
    assert len(log["webhooks"]) == 3
    assert log["webhooks"][-1]["body"]["entry"][0]["changes"][0]["value"]["messages"]


async def test_the_product_plays_on_it_through_its_client(play: Play):
    def act() -> list[str]:
        with SimulatorClient(play.url, SECRET_KEY) as client:
            client.change_settings(batch=1)
            client.put_number(NUMBER, name="Aurora")
            kim = client.add_customer(name="Kim", phone="+4915112340000")["id"]
            client.say(NUMBER, kim, "text", {"body": "Hi"})
            client.say(NUMBER, kim, "text", {"body": "there"}, reply_to="wamid.1")
            client.change_customer(kim, read_receipts=False)
            client.open_chat(NUMBER, kim)
            client.close_chat(NUMBER, kim)
            client.marketing(NUMBER, kim, wanted=False)
            file = client.add_media(b"PNG", "image/png", "a.png")["id"]
            assert client.media(file) == (b"PNG", "image/png")
            assert client.sample("document")["size"] > 100
            assert client.next_sends("reset")["upcoming"][0]["mishap"] == "reset"
            assert client.reset_settings()["upcoming"] == []
            assert client.log()["calls"] == []
            client.webhook("security", {"event": "PIN_CHANGED"})
            client.put_history(NUMBER, "chloe", [])
            said = [entry["text"] for entry in client.thread(NUMBER, kim)["entries"]]
            with pytest.raises(NotFound):
                client.tap(NUMBER, kim, "wamid.none", "yes")
            with pytest.raises(Conflict):
                client.add_customer(phone="+4915112340000")
            with pytest.raises(Invalid) as refusal:
                client.change_settings(batch=0)
            assert refusal.value.field == "settings.batch"
            client.remove_customer(kim)
            assert [n["name"] for n in client.state()["numbers"]] == ["Aurora"]
        return said

    assert await asyncio.to_thread(act) == ["Hi", "there"]


async def test_a_client_of_a_simulator_that_does_not_run_says_so(tmp_path: Path):
    async with playing(tmp_path) as play:
        url = play.url

    def ask() -> None:
        with SimulatorClient(url, SECRET_KEY) as client, pytest.raises(Unavailable):
            client.state()

    await asyncio.to_thread(ask)


async def test_graphs_other_questions_are_answered(play: Play):
    def ask() -> None:
        with GraphClient(play.url, "v25.0", TOKEN) as graph:
            number = graph.phone_number(NUMBER)
            assert (number.quality_rating, number.messages_per_second) == ("GREEN", 80)
            assert graph.phone_numbers(WABA) == [NUMBER]
            graph.subscribe(WABA)
            assert graph.is_subscribed(WABA)
            assert {t.status for t in graph.templates(WABA)} == {"APPROVED"}
            made = graph.create_template(
                WABA,
                {
                    "name": "thanks",
                    "language": "en",
                    "category": "UTILITY",
                    "components": [{"type": "BODY", "text": "Thank you."}],
                },
            )
            assert made[1:] == ("PENDING", "UTILITY")
        with GraphFiles(play.url, "v25.0", TOKEN) as files:
            file, copy = files.upload(NUMBER, "a.pdf", "application/pdf", b"%PDF"), io.BytesIO()
            files.download(files.describe(file), copy)
            assert copy.getvalue() == b"%PDF"
            files.delete(file)
            with pytest.raises(GraphRefused):
                files.describe(file)

    await asyncio.to_thread(ask)
