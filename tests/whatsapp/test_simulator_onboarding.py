"""Signing up with the pretend WhatsApp: codes, tokens, PINs."""

from typing import Any

import pytest

from tests.whatsapp.simulated import APP_SECRET, NUMBER, WABA, Play, code

pytestmark = pytest.mark.anyio


async def token(play: Play, **about: Any) -> tuple[str, str]:
    """The token of somebody who signed up, and their number."""
    went = await play.done("POST", "signups", about)
    number = went["session"]["data"]["phone_number_id"]
    query = f"client_id=77&client_secret={APP_SECRET}&code={went['code']}"
    status, answer = await play.graph("GET", f"oauth/access_token?{query}")
    assert status == 200, answer
    status, again = await play.graph("GET", f"oauth/access_token?{query}")
    assert (status, code(again)) == (400, 100)
    return answer["access_token"], number


async def test_a_code_gives_once_a_token_that_names_what_it_was_granted(play: Play):
    given, number = await token(play, waba_id="55")
    _, answer = await play.graph("GET", f"debug_token?input_token={given}&access_token=77|x")
    assert answer["data"]["is_valid"]
    assert {tuple(s["target_ids"]) for s in answer["data"]["granular_scopes"]} == {("55",)}
    assert given not in str((await play.done("GET", "log"))["calls"])
    (told,) = [u for u in await play.ours.count(1) if u.field == "account_update"]
    assert told.payload["value"]["event"] == "PARTNER_ADDED"
    status, _ = await play.graph("GET", f"{number}?fields=id", token="another")
    assert status == 401


@pytest.mark.parametrize(
    "query", ["", "client_id=77&client_secret=wrong&code=x", f"client_secret={APP_SECRET}&code=x"]
)
async def test_only_the_app_itself_exchanges_codes(play: Play, query: str):
    status, answer = await play.graph("GET", f"oauth/access_token?{query}")
    assert (status, code(answer)) == (400, 1)


async def test_a_pin_must_fit_and_have_six_digits(play: Play):
    given, number = await token(play, pin="424242")

    async def register(pin: Any) -> Any:
        body = {"messaging_product": "whatsapp", "pin": pin}
        status, answer = await play.graph("POST", f"{number}/register", body, token=given)
        return True if status == 200 else code(answer)

    assert [await register(pin) for pin in (None, "12345", "123456", "424242")] == [
        131009, 131009, 133005, True,
    ]  # fmt: skip
    _, answer = await play.graph("GET", f"{number}?fields=status", token=given)
    assert answer["status"] == "CONNECTED"


async def test_a_lost_token_is_told_as_lost(play: Play):
    play.simulator.world.settings.open = False
    await play.done("PUT", f"numbers/{NUMBER}", {"token": "EAAx"})
    _, answer = await play.graph("GET", "debug_token?input_token=EAAx&access_token=a")
    assert answer["data"]["granular_scopes"][0]["target_ids"] == [WABA]
    await play.done("PUT", f"numbers/{NUMBER}", {"token_expired": True})
    for lost in ("EAAx", "nobodys"):
        _, answer = await play.graph("GET", f"debug_token?input_token={lost}&access_token=a")
        assert answer["data"]["is_valid"] is False
