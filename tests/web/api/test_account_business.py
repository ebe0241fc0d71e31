"""Profiles, blocks, costs and samples for review, with the simulator as Meta."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.campaigning import change
from tests.conftest import APP_SECRET, Business
from tests.pretend_whatsapp import Pretended, pretending
from tests.samples import picture
from tests.web.api.conftest import problem
from tests.web.api.uploading import send
from tests.web.conftest import Browser


@pytest.fixture
def meta(configure: Callable[..., None], business: Business, tmp_path: Path) -> Iterator[Pretended]:
    """Meta, which knows the number."""
    with pretending(tmp_path / "meta") as running:
        configure(
            WHATSAPP_GRAPH_URL=running.url, WHATSAPP_APP_ID="77", WHATSAPP_APP_SECRET=APP_SECRET
        )
        running.phones.put_number(
            business.phone_number_id, waba_id=business.waba_id, token=business.token
        )
        yield running


@pytest.fixture
def path(business: Business) -> str:
    """Where the number is."""
    return f"/api/whatsapp/accounts/{business.account_id}"


def test_a_profile_is_read_and_changed_field_by_field(
    admin: Browser, agent: Browser, meta: Pretended, path: str
) -> None:
    assert admin("GET", f"{path}/profile").json()["about"] == ""
    said = {"about": "Open 9 to 5", "websites": ["https://acme.example"], "vertical": "RETAIL"}
    changed = admin("PATCH", f"{path}/profile", said)
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in said} == said
    admin("PATCH", f"{path}/profile", {"email": "Hi@Acme.example"})
    found = agent("GET", f"{path}/profile").json()
    assert (found["about"], found["email"]) == ("Open 9 to 5", "hi@acme.example")
    assert problem(agent("PATCH", f"{path}/profile", said))[0] == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("about", ""),
        ("about", "x" * 140),
        ("about", None),
        ("about", 7),
        ("address", "x" * 257),
        ("description", "x" * 513),
        ("email", "nobody"),
        ("websites", ["https://a.example"] * 3),
        ("websites", ["acme.example"]),
        ("websites", "https://a.example"),
        ("vertical", "SHOPS"),
    ],
)
def test_what_a_profile_cannot_hold_is_refused_before_meta_is_asked(
    admin: Browser, meta: Pretended, path: str, field: str, value: Any
) -> None:
    status, code, named = problem(admin("PATCH", f"{path}/profile", {field: value}))
    assert (status, code) == (422, "invalid")
    assert named == field
    assert meta.paths == []


def test_a_picture_of_ours_becomes_the_profiles(admin: Browser, meta: Pretended, path: str) -> None:
    file = send(admin, picture()).json()["id"]
    changed = admin("PATCH", f"{path}/profile", {"picture": file})
    assert changed.json()["picture_url"].startswith("https://pps.whatsapp.net/")
    text = send(admin, b"plain words", "a.txt").json()["id"]
    assert problem(admin("PATCH", f"{path}/profile", {"picture": text}))[2] == "picture"


def test_somebody_who_wrote_is_blocked_listed_and_let_in_again(
    agent: Browser, admin: Browser, meta: Pretended, business: Business, path: str
) -> None:
    ana = admin("POST", "/api/contacts", {"phone": "+34612345678", "name": "Ana"}).json()["id"]
    at = {"account_id": str(business.account_id)}
    block = f"/api/contacts/{ana}/block"
    assert problem(agent("POST", block))[:2] == (409, "conflict")
    refused = agent("POST", block, at)
    assert problem(refused)[:2] == (409, "conflict")
    assert "24 hours" in refused.json()["error"]["message"]
    meta.phones.say(business.phone_number_id, "ana", "text", {"body": "hi"})
    assert agent("POST", block, at).json() == {**at, "contact_id": ana, "blocked": True}
    (listed,) = agent("GET", f"{path}/blocked").json()["data"]
    assert listed == {"id": "34612345678", "contact_id": ana, "name": "Ana"}
    unheard = meta.phones.say(business.phone_number_id, "ana", "text", {"body": "hello?"})
    assert meta.simulator.world.numbers[business.phone_number_id].blocked == ["34612345678"]
    assert unheard["status"] == "received"
    assert agent("DELETE", block, at).json()["blocked"] is False
    assert agent("GET", f"{path}/blocked").json()["data"] == []


def test_only_those_who_manage_contacts_block(
    meta: Pretended, business: Business, admin: Browser, with_key: Callable[..., Browser]
) -> None:
    ana = admin("POST", "/api/contacts", {"phone": "+34612345678"}).json()["id"]
    viewer = with_key(business.admin, "VIEWER")
    assert problem(viewer("POST", f"/api/contacts/{ana}/block"))[0] == 403


def test_costs_are_told_by_day_country_and_kind(
    admin: Browser, meta: Pretended, business: Business, path: str
) -> None:
    assert admin("GET", f"{path}/spending").json() == {"data": [], "next": None}
    entry = {"sender": "business", "type": "text", "content": {"body": "x"}, "status": "read"}
    lately = {**entry, "at": time.time() - 5 * 86400}
    meta.phones.put_history(business.phone_number_id, "ana", [lately])
    (told,) = admin("GET", f"{path}/spending").json()["data"]
    assert (told["country"], told["volume"], told["category"]) == ("ES", 1, "SERVICE")
    today = datetime.now(UTC).date()
    span = f"start={today - timedelta(days=3)}&end={today}"
    assert admin("GET", f"{path}/spending?{span}").json()["data"] == []
    wrong = {"start=x": "start", "end=0001-01-01": "end", "start=2001-01-01": "start"}
    for query, field in {**wrong, f"start={today}&end={today}": "end"}.items():
        assert problem(admin("GET", f"{path}/spending?{query}"))[2] == field


def test_a_sample_of_ours_is_handed_to_meta_with_the_template(
    admin: Browser, meta: Pretended, business: Business
) -> None:
    file = send(admin, picture()).json()["id"]
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [file]}}
    body = {"type": "BODY", "text": "Our sale has begun."}
    new = {"name": "sale", "language": "en", "category": "MARKETING", "components": [header, body]}
    made = admin("POST", "/api/templates", new).json()
    sent = admin("POST", f"/api/templates/{made['id']}/submit")
    assert sent.status_code == 200, sent.text
    assert sent.json()["components"] == [header, body]
    (theirs,) = [t for t in meta.simulator.world.templates[business.waba_id] if t.name == "sale"]
    assert theirs.components[0]["example"]["header_handle"][0].startswith("4::")
    wrong = {"type": "HEADER", "format": "VIDEO", "example": {"header_handle": [file]}}
    other = {**new, "name": "other", "components": [wrong, body]}
    made = admin("POST", "/api/templates", other).json()
    assert problem(admin("POST", f"/api/templates/{made['id']}/submit"))[2] == "components"


def test_a_numbers_webhooks_go_to_an_address_of_its_own(
    admin: Browser, agent: Browser, meta: Pretended, path: str
) -> None:
    assert admin("GET", f"{path}/webhook").json()["number"] == ""
    other = {"callback_url": f"{meta.url}/nowhere", "verify_token": "x"}
    refused = admin("PUT", f"{path}/webhook", other)
    assert problem(refused) == (422, "invalid", "callback_url")
    assert "challenge" in refused.json()["error"]["message"]
    assert admin("PUT", f"{path}/webhook", {}).json()["number"] == ""
    for wrong, field in (
        ({"callback_url": "ftp://a.example", "verify_token": "x"}, "callback_url"),
        ({"callback_url": "https://a.example/" + "x" * 200, "verify_token": "x"}, "callback_url"),
        ({"callback_url": "https://[", "verify_token": "x"}, "callback_url"),
        ({"callback_url": "https://a.example"}, "verify_token"),
    ):
        assert problem(admin("PUT", f"{path}/webhook", wrong))[2] == field
    assert problem(agent("GET", f"{path}/webhook"))[0] == 403


def test_whom_a_number_has_blocked_is_kept_shown_and_not_written_to(
    agent: Browser, admin: Browser, meta: Pretended, business: Business, path: str
) -> None:
    ana = admin("POST", "/api/contacts", {"phone": "+34612345678"}).json()["id"]
    template = {"name": "hello", "language": {"code": "en"}}
    to_ana = {"to": "+34612345678", "type": "template", "template": template}
    talk = admin("POST", "/api/messages", to_ana).json()["conversation_id"]
    meta.phones.say(business.phone_number_id, "ana", "text", {"body": "hi"})
    assert agent("POST", f"/api/contacts/{ana}/block").status_code == 200
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is True
    assert problem(admin("POST", "/api/messages", to_ana))[:2] == (409, "conflict")
    assert agent("DELETE", f"/api/contacts/{ana}/block").status_code == 200
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is False
    assert admin("POST", "/api/messages", to_ana).status_code == 202
    # Somebody blocked them in WhatsApp Manager: Meta's list is the truth.
    meta.simulator.world.numbers[business.phone_number_id].blocked.append("34612345678")
    assert agent("GET", f"{path}/blocked").json()["data"][0]["contact_id"] == ana
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is True
    meta.simulator.world.numbers[business.phone_number_id].blocked.clear()
    agent("GET", f"{path}/blocked")
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is False


def test_an_override_is_a_step_of_the_setup_to_look_at(
    agent: Browser, business: Business, path: str
) -> None:
    # Looked at a moment ago, so Meta is not asked anew.
    found = '{"override": "https://else.example/in?k=1"}'
    change("update whatsapp_accounts set checked_at = now(), found = (:found)::jsonb", found=found)
    steps = agent("GET", f"{path}/setup").json()["steps"]
    (step,) = [step for step in steps if step["id"] == "webhook"]
    assert (step["state"], step["said"]) == ("warn", "This number's go to else.example instead.")


def test_somebody_who_hides_their_number_is_blocked_by_their_user_id(
    agent: Browser, admin: Browser, meta: Pretended, business: Business, path: str
) -> None:
    hannah = "DE.13491208655302741918"
    template = {"name": "hello", "language": {"code": "en"}}
    sent = admin("POST", "/api/messages", {"to": hannah, "type": "template", "template": template})
    talk = sent.json()["conversation_id"]
    contact = admin("GET", f"/api/conversations/{talk}").json()["contact"]["id"]
    meta.phones.say(business.phone_number_id, "hannah", "text", {"body": "hi"})
    blocked = agent("POST", f"/api/contacts/{contact}/block")
    assert blocked.status_code == 200, blocked.text
    assert agent("GET", f"{path}/blocked").json()["data"][0]["contact_id"] == contact
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is True
    # A list that names somebody by an id we do not know lets nobody in.
    meta.simulator.world.numbers[business.phone_number_id].blocked[:] = ["4915112345678"]
    assert agent("GET", f"{path}/blocked").json()["data"][0]["contact_id"] is None
    assert agent("GET", f"/api/conversations/{talk}").json()["blocked"] is True
