import asyncio
from pathlib import Path
from typing import Any

import pytest

from botpe_app.errors import Invalid
from botpe_app.whatsapp.error_table import TABLE
from botpe_app.whatsapp.errors import NotSent, Refused, Sent, Unclear
from botpe_app.whatsapp.messages import build, validate
from botpe_app.whatsapp.sender import Sender
from botpe_app.whatsapp.storable import dumps
from tests.whatsapp.outgoing import BAD, GOOD
from tests.whatsapp.simulated import NUMBER, TOKEN, WABA, Play, code, playing

pytestmark = pytest.mark.anyio


def refusal_for(kind: str, content: Any, _: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        validate(kind, content)
    return refusal.value


async def test_an_accepted_message_answers_with_its_id_and_the_persons_spelling(play: Play):
    await play.say("joao")
    status, answer = await play.send("text", {"body": "Olá"}, to="+55 31 98765-4321")
    assert status == 200
    assert answer["contacts"] == [{"input": "+55 31 98765-4321", "wa_id": "553187654321"}]
    assert answer["messages"][0]["id"].startswith("wamid.")
    assert "message_status" not in answer["messages"][0]


@pytest.mark.parametrize(("kind", "content"), [g for g in GOOD if g[0] != "template"])
async def test_what_our_own_check_lets_through_is_accepted(play: Play, kind: str, content: Any):
    await play.say()
    play.simulator.world.media["1"] = play.simulator.files.add(b"x", "application/x-any")
    body = build(kind, validate(kind, content), to="+34612345678")
    status, answer = await play.graph("POST", f"{NUMBER}/messages", body)
    assert status == 200, answer


# A NUL and a lone surrogate never survive the wire: they arrive as visible characters.
SENDABLE = [b for b in BAD if b[0] != "poll" and "cannot be sent" not in str(refusal_for(*b))]


@pytest.mark.parametrize(("kind", "content", "field"), SENDABLE)
async def test_what_our_own_check_refuses_is_refused(
    play: Play, kind: str, content: Any, field: str
):
    status, answer = await play.send(kind, content)
    assert status == 400
    assert code(answer) in (100, 131008, 131009)
    assert field.split(".")[0] in answer["error"]["error_data"]["details"]


WHATSAPP = {"messaging_product": "whatsapp"}

HELLO = {**WHATSAPP, "to": "+34612345678", "type": "text", "text": {"body": "x"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 100),
        (["x"], 100),
        (WHATSAPP, 131008),
        ({**HELLO, "messaging_product": "x"}, 100),
        ({**HELLO, "to": "Ana"}, 131009),
        ({**HELLO, "to": "+1"}, 131009),
        ({**HELLO, "to": "", "recipient": "Ana"}, 131009),
        ({**HELLO, "to": "+15550783881"}, 131021),
        ({**HELLO, "text": {"body": "x" * 4097}}, 100),
        ({**HELLO, "type": "poll"}, 100),
        ({**HELLO, "type": "image", "image": {"id": "0"}}, 131009),
        ({**HELLO, "recipient_type": "group"}, 131009),
        ({**HELLO, "biz_opaque_callback_data": "x" * 513}, 100),
        ({**WHATSAPP, "status": "read", "message_id": "wamid.none"}, 100),
    ],
)
async def test_a_wrong_request_is_refused_with_its_code(play: Play, body: Any, expected: int):
    status, answer = await play.graph("POST", f"{NUMBER}/messages", body)
    assert (status, code(answer)) == (400, expected)
    assert set(answer["error"]) >= {"message", "type", "code", "fbtrace_id"}


async def test_without_a_token_or_with_another_nothing_is_done(play: Play):
    await play.done("PUT", f"numbers/{NUMBER}", {"token": "right"})
    for token in ("", "wrong"):
        status, answer = await play.graph("GET", f"{NUMBER}?fields=id", token=token)
        assert (status, code(answer)) == (401, 190)
    status, answer = await play.graph("GET", f"{NUMBER}?fields=id", token="right")
    assert (status, answer["display_phone_number"]) == (200, "+15550783881")
    await play.done("PUT", f"numbers/{NUMBER}", {"token_expired": True})
    status, answer = await play.graph("GET", f"{NUMBER}?fields=id", token="right")
    assert (status, answer["error"]["error_subcode"]) == (401, 463)


async def test_any_number_will_do_in_open_mode_and_only_known_ones_otherwise(play: Play):
    status, _ = await play.graph("GET", "777?fields=id")
    assert status == 200
    await play.done("PATCH", "settings", {"open": False})
    for unknown in ("888?fields=id", "888/nonsense", "wa?fields=id"):
        status, answer = await play.graph("GET", unknown)
        assert (status, code(answer)) == (400, 100)
        assert answer["error"]["error_subcode"] == 33


async def test_a_number_over_its_throughput_is_told_so(play: Play):
    await play.done("PUT", f"numbers/{NUMBER}", {"per_second": 5})
    codes = [(await play.send("text", {"body": "x"}, to=f"+4915{n:08}"))[1] for n in range(8)]
    assert [code(answer) for answer in codes if "error" in answer] == [130429] * 3


async def test_a_person_over_their_rate_is_told_so_and_others_not(play: Play):
    await play.done("PUT", f"numbers/{NUMBER}", {"per_second": 1000})
    answers = [await play.send("text", {"body": "x"}, to="+491500000001") for _ in range(46)]
    assert [status for status, _ in answers] == [200] * 45 + [400]
    assert code(answers[-1][1]) == 131056
    assert (await play.send("text", {"body": "x"}, to="+491500000002"))[0] == 200


async def test_an_unsubscribed_business_hears_nothing(play: Play):
    assert (await play.graph("GET", f"{WABA}/subscribed_apps"))[1]["data"]
    await play.graph("DELETE", f"{WABA}/subscribed_apps")
    assert (await play.graph("GET", f"{WABA}/subscribed_apps"))[1]["data"] == []
    await play.say("ana")
    await play.graph("POST", f"{WABA}/subscribed_apps")
    heard = await play.say("bilal")
    updates = await play.ours.count(1)
    assert [u.payload["message"]["id"] for u in updates] == [heard["wamid"]]


async def test_the_numbers_of_a_business_are_listed(play: Play):
    _, listed = await play.graph("GET", f"{WABA}/phone_numbers")
    assert [number["id"] for number in listed["data"]] == [NUMBER]


BODY = dumps({"messaging_product": "whatsapp", "to": "+34612345678", "text": {"body": "x"}})


@pytest.mark.parametrize(
    ("mishap", "wrong", "arrives"),
    [
        ({"mishap": "http_500"}, Unclear, False),
        ({"mishap": "html_502"}, Unclear, False),
        ({"mishap": "reset"}, Unclear, False),
        ({"mishap": "reset_after"}, Unclear, True),
        ({"mishap": "timeout"}, Unclear, True),
        ({"mishap": "error", "code": 130429}, Refused, False),
        ({"mishap": "error", "code": 190}, Refused, False),
        ({"mishap": "held"}, Sent, True),
        ({"mishap": "fail", "code": 131026}, Sent, True),
    ],
)
async def test_what_is_set_to_go_wrong_goes_wrong_once(
    play: Play, mishap: dict[str, Any], wrong: type, arrives: bool
):
    await play.done("PATCH", "customers/ana", {"read_receipts": False})
    await play.say()
    await play.done("POST", "next", mishap)
    async with Sender(play.url, "v25.0") as sender:
        assert isinstance(await sender.post(NUMBER, TOKEN, BODY, 0.5), wrong)
        assert len((await play.thread())["entries"]) == 1 + arrives
        assert isinstance(await sender.post(NUMBER, TOKEN, BODY, 5.0), Sent)


async def test_every_code_of_the_table_can_be_injected(play: Play):
    async with Sender(play.url, "v25.0") as sender:
        for wanted in TABLE:
            if wanted == 0:
                continue
            await play.done("POST", "next", {"mishap": "error", "code": wanted})
            outcome = await sender.post(NUMBER, TOKEN, BODY)
            assert isinstance(outcome, Refused)
            assert outcome.code == wanted


async def test_a_stopped_simulator_means_not_sent(tmp_path: Path):
    async with playing(tmp_path) as play:
        url = play.url
    async with Sender(url, "v25.0") as sender:
        assert isinstance(await sender.post(NUMBER, TOKEN, BODY), NotSent)


async def test_answers_can_be_slow_and_come_side_by_side(play: Play):
    await play.done("PATCH", "settings", {"graph_delay": 0.3})
    async with Sender(play.url, "v25.0") as sender:
        async with asyncio.timeout(2):
            outcomes = await asyncio.gather(*[sender.post(NUMBER, TOKEN, BODY) for _ in range(20)])
    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_no_token_is_ever_shown_or_kept(play: Play, tmp_path: Path):
    await play.done("PUT", f"numbers/{NUMBER}", {"token": "EAAsecret"})
    await play.graph("GET", f"{NUMBER}?fields=id", token="EAAsecret")
    shown = str([await play.done("GET", "state"), await play.done("GET", "log")])
    play.simulator.store.save(play.simulator.world)
    kept = (tmp_path / "simulator" / "state.json").read_text()
    assert "EAAsecret" not in shown + kept
    assert (tmp_path / "simulator" / "state.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("token", ["", "wrong", "é"])
async def test_the_control_api_needs_its_token(play: Play, token: str):
    status, answer = await play.control("GET", "state", token=token)
    assert (status, answer["error"]["code"]) == (401, "unauthorized")
    status, answer = await play.control("GET", "health", token=token)
    assert (status, answer) == (200, {"ok": True})
