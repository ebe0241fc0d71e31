"""Connecting numbers by Meta's dialog, with the simulator as Meta."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from botpe_app.errors import Invalid
from botpe_app.services import signups
from tests.acting import within
from tests.conftest import APP_SECRET, Business
from tests.pretend_whatsapp import Pretended, pretending
from tests.services.ingesting import change, one, rows
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

PATH = "/api/whatsapp/embedded-signup"
APP = {"WHATSAPP_APP_ID": "77", "WHATSAPP_APP_SECRET": APP_SECRET}


@pytest.fixture
def meta(configure: Callable[..., None], business: Business, tmp_path: Path) -> Iterator[Pretended]:
    """Meta, which looks at tokens."""
    with pretending(tmp_path / "meta") as running:
        configure(WHATSAPP_GRAPH_URL=running.url, **APP)
        running.simulator.world.settings.open = False
        yield running


def signed(meta: Pretended, **about: Any) -> dict[str, Any]:
    """What the dialog of a new business gives the browser."""
    went = meta.phones.sign_up(phone="+49 1512 3456789", name="Acme Two", **about)
    data = went["session"]["data"]
    return {
        "code": went["code"],
        "waba_id": data["waba_id"],
        "phone_number_id": data["phone_number_id"],
    }


def test_a_business_connects_its_number_and_the_same_code_again_changes_nothing(
    admin: Browser, meta: Pretended
) -> None:
    said = signed(meta)
    response = admin("POST", PATH, said)
    assert response.status_code == 201, response.text
    made = response.json()
    account, pin = made["account"], made["pin"]
    assert (account["phone"], account["name"]) == ("+4915123456789", "Acme Two")
    assert (account["quality"], account["messaging_limit"]) == ("GREEN", "TIER_2K")
    assert len(pin) == 6
    number = meta.simulator.world.numbers[said["phone_number_id"]]
    assert (number.registered, number.pin) == (True, pin)
    before = meta.paths
    again = admin("POST", PATH, said)
    assert again.status_code == 201
    assert (again.json()["account"]["id"], again.json()["pin"]) == (account["id"], None)
    assert meta.paths == before
    setup = admin("GET", f"/api/whatsapp/accounts/{account['id']}/setup").json()
    states = {step["id"]: step["state"] for step in setup["steps"]}
    assert {
        states[name] for name in ("token", "permissions", "number", "registered", "subscribed")
    } == {"ok"}
    assert "EAA" not in response.text + again.text


def test_what_the_dialog_did_not_say_is_found_if_there_is_only_one(
    admin: Browser, meta: Pretended
) -> None:
    said = signed(meta)
    made = admin("POST", PATH, {"code": said["code"]}).json()["account"]
    assert (made["waba_id"], made["phone_number_id"]) == (said["waba_id"], said["phone_number_id"])


def test_a_business_account_that_the_token_was_not_granted_is_refused(
    admin: Browser, meta: Pretended
) -> None:
    theirs = signed(meta)
    response = admin("POST", PATH, {**signed(meta), "waba_id": theirs["waba_id"]})
    assert problem(response) == (422, "invalid", "waba_id")
    assert "Step 2 of 5" in response.json()["error"]["message"]
    assert not [path for path in meta.paths if "subscribed_apps" in path]


@pytest.mark.parametrize(
    ("change_of", "field", "words"),
    [
        ({"code": "made-up"}, "code", "Step 1 of 5, exchanging the code"),
        ({"phone_number_id": "1"}, "phone_number_id", "Step 4 of 5"),
        ({"code": ""}, "code", "dialog"),
        ({"code": None}, "code", ""),
        ({"code": "schlüssel"}, "code", "dialog"),
        ({"pin": "12345"}, "pin", "six digits"),
        ({"pin": "١٢٣٤٥٦"}, "pin", "six digits"),
        ({"waba_id": "x" * 65}, "waba_id", "id"),
        ({"coexistence": "perhaps"}, "coexistence", ""),
    ],
)
def test_what_cannot_be_used_is_refused_naming_field_and_step(
    admin: Browser, meta: Pretended, change_of: dict[str, Any], field: str, words: str
) -> None:
    response = admin("POST", PATH, {**signed(meta), **change_of})
    assert problem(response) == (422, "invalid", field)
    assert words in response.json()["error"]["message"]


def test_a_wrong_pin_is_asked_for_and_the_same_code_goes_on_there(
    admin: Browser, meta: Pretended, services: str
) -> None:
    said = signed(meta, pin="424242")
    key = {"Idempotency-Key": "signup-1"}
    response = admin("POST", PATH, said, headers=key)
    assert problem(response) == (422, "invalid", "pin")
    assert "Step 5 of 5" in response.json()["error"]["message"]
    assert not rows(services, "select 1 from whatsapp_accounts where waba_id = %s", said["waba_id"])
    kept = one(services, "select token_sealed from whatsapp_signups")
    assert "EAA" not in kept["token_sealed"]
    made = admin("POST", PATH, {**said, "pin": "424242"}, headers={"Idempotency-Key": "signup-2"})
    assert (made.status_code, made.json()["pin"]) == (201, None)
    assert [path for path in meta.paths if "oauth" in path] == ["GET /oauth/access_token"]


def test_a_code_is_too_old_after_thirty_seconds(admin: Browser, meta: Pretended) -> None:
    said = signed(meta)
    meta.simulator.world.signups[said["code"]].at = time.time() - 31
    response = admin("POST", PATH, said)
    assert problem(response) == (422, "invalid", "code")
    assert "expired" in response.json()["error"]["message"]


def test_a_number_of_the_business_app_stays_there_and_is_slow(
    admin: Browser, meta: Pretended
) -> None:
    said = signed(meta, coexistence=True)
    made = admin("POST", PATH, {**said, "coexistence": True}).json()
    assert (made["account"]["coexistence"], made["account"]["messages_per_second"]) == (True, 20)
    assert (made["pin"], made["notes"]) == (None, [])
    asked = [path.rsplit("/", 1)[1] for path in meta.paths]
    assert "register" not in asked
    assert asked.count("smb_app_data") == 2


def test_a_number_that_is_connected_already_gets_the_new_token(
    admin: Browser, meta: Pretended, services: str
) -> None:
    said = signed(meta)
    first = admin("POST", PATH, said).json()["account"]
    change(services, "update whatsapp_accounts set status = 'paused', paused_reason = 'x'")
    went = meta.phones.sign_up(waba_id=said["waba_id"], phone_number_id=said["phone_number_id"])
    second = admin("POST", PATH, {**said, "code": went["code"]}).json()["account"]
    assert second["id"] == first["id"]
    assert second["token_hint"] != first["token_hint"]
    assert second["status"] == "connected"


def test_a_number_that_another_organization_has_is_refused(
    admin: Browser,
    meta: Pretended,
    make_business: Callable[..., Business],
    with_key: Callable[..., Browser],
) -> None:
    other = with_key(make_business("Globex", "999").admin)
    said = signed(meta)
    assert other("POST", PATH, said).status_code == 201
    went = meta.phones.sign_up(waba_id=said["waba_id"], phone_number_id=said["phone_number_id"])
    assert problem(admin("POST", PATH, {**said, "code": went["code"]}))[0] == 409
    assert problem(admin("POST", PATH, said)) == (422, "invalid", "code")


def test_agents_may_not_and_without_an_app_of_metas_nobody_can(
    admin: Browser, agent: Browser, meta: Pretended, configure: Callable[..., None]
) -> None:
    assert problem(agent("POST", PATH, {"code": "x"}))[0] == 403
    configure(WHATSAPP_APP_ID="")
    response = admin("POST", PATH, {"code": "x"})
    assert problem(response)[:2] == (409, "conflict")
    assert "WHATSAPP_APP_ID" in response.json()["error"]["message"]


def test_nobody_answering_is_said_with_the_step(
    admin: Browser, meta: Pretended, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_GRAPH_URL="http://127.0.0.1:9")
    response = admin("POST", PATH, {"code": "x"})
    assert problem(response) == (503, "unavailable", None)
    assert "Step 1 of 5" in response.json()["error"]["message"]


def test_the_dialog_for_a_number_that_stays_in_the_app_comes_back_as_such(
    configure: Callable[..., None], business: Business
) -> None:
    configure(**APP, WHATSAPP_CONFIG_ID="9")

    def opened(coexistence: bool) -> dict[str, str]:
        address = within(business.admin, signups.dialog, coexistence=coexistence)
        return dict(parse_qsl(urlsplit(address).query))

    usual, shared = opened(False), opened(True)
    assert "extras" not in usual
    extras = json.loads(shared["extras"])
    assert extras["featureType"] == "whatsapp_business_app_onboarding"
    for asked, stays in ((usual, False), (shared, True)):
        back = within(business.admin, signups.prepare_return, code="c", state=asked["state"])
        assert back.coexistence is stays
        assert back.redirect_uri == asked["redirect_uri"]
    with pytest.raises(Invalid):
        within(business.admin, signups.prepare_return, code="c", state="another's")
