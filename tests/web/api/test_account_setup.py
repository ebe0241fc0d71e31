"""What each step of a number's setup says, and new tokens, with a foreign Graph API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from botpe_app.models.base import utc_now
from tests.conftest import Business
from tests.pretend_graph import Asked, Graph, refused, serving
from tests.services.ingesting import change, message, one, receive
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

SCOPES = ["whatsapp_business_messaging", "whatsapp_business_management"]
PHONE = {
    "id": "106540352242922", "display_phone_number": "+1 555-078-3881", "verified_name": "Acme",
    "quality_rating": "YELLOW", "status": "CONNECTED", "name_status": "APPROVED",
    "platform_type": "CLOUD_API", "throughput": {"level": "HIGH"},
    "whatsapp_business_manager_messaging_limit": "TIER_10K",
}  # fmt: skip


@pytest.fixture
def graph(configure: Callable[..., None], business: Business) -> Iterator[Graph]:
    """The Graph API, in which all is well with the number."""
    with serving() as running:
        configure(WHATSAPP_GRAPH_URL=running.url, WHATSAPP_APP_ID="77")
        running.answer = answering(business)
        yield running


def answering(business: Business, **others: Any) -> Callable[[Asked], tuple[int, Any]]:
    """All is well but for `others`: an answer by the last part of the path."""
    token = {
        "is_valid": True, "app_id": "77", "expires_at": 0, "scopes": SCOPES,
        "granular_scopes": [{"scope": scope, "target_ids": [business.waba_id]} for scope in SCOPES],
    }  # fmt: skip
    well = {
        "debug_token": (200, {"data": token}),
        business.phone_number_id: (200, PHONE),
        "phone_numbers": (200, {"data": [{"id": business.phone_number_id}]}),
        "subscribed_apps": (200, {"data": [{"whatsapp_business_api_data": {"id": "77"}}]}),
    }
    well.update({{"number": business.phone_number_id}.get(k, k): v for k, v in others.items()})
    return lambda asked: well[asked.path.rsplit("/", 1)[1]]


def setup(ask: Browser, business: Business) -> dict[str, Any]:
    response = ask("GET", f"/api/whatsapp/accounts/{business.account_id}/setup")
    assert response.status_code == 200, response.text
    return response.json()


def step(ask: Browser, business: Business, name: str) -> tuple[str, str, str]:
    (found,) = [s for s in setup(ask, business)["steps"] if s["id"] == name]
    return found["state"], found["said"], found["mend"]


def test_each_step_is_told_and_what_meta_says_of_the_number_is_kept(
    admin: Browser, graph: Graph, business: Business
) -> None:
    found = setup(admin, business)
    states = {s["id"]: s["state"] for s in found["steps"]}
    assert states == {
        "token": "ok", "permissions": "ok", "number": "ok", "registered": "ok",
        "subscribed": "ok", "webhook": "warn", "name": "ok", "quality": "warn", "limits": "ok",
        "health": "unknown",
    }  # fmt: skip
    assert all(s["mend"] for s in found["steps"] if s["state"] == "warn")
    assert found["state"] == "warn"
    number = admin("GET", f"/api/whatsapp/accounts/{business.account_id}").json()
    assert (number["quality"], number["messages_per_second"]) == ("YELLOW", 1000)
    assert (number["messaging_limit"], number["verified_name"]) == ("TIER_10K", "Acme")
    asked = graph.asked[0].query
    assert (asked["input_token"], asked["access_token"].split("|")[0]) == (business.token, "77")


def test_looking_twice_at_once_asks_meta_once(
    agent: Browser, graph: Graph, business: Business
) -> None:
    first, many = setup(agent, business), len(graph.asked)
    assert setup(agent, business) == first
    assert len(graph.asked) == many


@pytest.mark.parametrize(
    "case",
    [
        ("token", {"debug_token": (200, {"data": {"is_valid": False}})}, "not valid",
         "Make a token"),
        ("token", {"number": refused(190, 463, 401)}, "does not accept", "Make a token"),
        ("token", {"debug_token": (200, {"data": {"is_valid": True, "expires_at": 1}})},
         "has expired", "Make a token"),
        ("permissions", {"debug_token": (200, {"data": {"scopes": SCOPES[:1]}})},
         "not do everything", SCOPES[1]),
        ("permissions", {"debug_token": (200, {"data": {"granular_scopes": [
            {"scope": SCOPES[1], "target_ids": ["1"]}]}})}, "not granted", "Business Settings"),
        ("number", {"number": refused(100, 33)}, "does not find", "phone number id"),
        ("number", {"phone_numbers": (200, {"data": [{"id": "1"}]})}, "not list", "ids"),
        ("number", {"number": (200, {**PHONE, "display_phone_number": "+44 20 7946 0000"})},
         "+44 20 7946 0000", "anew"),
        ("registered", {"number": (200, {**PHONE, "status": "PENDING"})}, "PENDING", "PIN"),
        ("registered", {"number": (200, {**PHONE, "status": "NEW_WORD"})}, "NEW_WORD", "Manager"),
        ("subscribed", {"subscribed_apps": (200, {"data": []})}, "No app", "Subscribe"),
        ("name", {"number": (200, {**PHONE, "name_status": "DECLINED"})}, "not approved",
         "another"),
        ("quality", {"number": (200, {**PHONE, "quality_rating": "RED"})}, "Low", "Stop campaigns"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_mend(
    admin: Browser,
    graph: Graph,
    business: Business,
    case: tuple[str, dict[str, Any], str, str],
) -> None:
    name, answers, said, mend = case
    graph.answer = answering(business, **answers)
    state, words, advice = step(admin, business, name)
    assert state in ("bad", "warn")
    assert said in words
    assert mend in advice


@pytest.mark.parametrize("body", [{}, [], "no", {"data": 7}, {"data": {"granular_scopes": "x"}}])
def test_whatever_else_meta_answers_is_unknown_and_breaks_nothing(
    admin: Browser, graph: Graph, business: Business, body: Any
) -> None:
    graph.answer = lambda asked: (200, body)
    states = {s["id"]: s["state"] for s in setup(admin, business)["steps"]}
    assert states["token"] == "unknown"
    assert {name for name, state in states.items() if state == "bad"} <= {"subscribed"}


def test_an_app_that_is_not_subscribed_is_subscribed(
    admin: Browser, agent: Browser, graph: Graph, business: Business
) -> None:
    path = f"/api/whatsapp/accounts/{business.account_id}/subscribe"
    assert problem(agent("POST", path))[0] == 403
    steps = admin("POST", path).json()["steps"]
    assert {s["id"]: s["state"] for s in steps}["subscribed"] == "ok"
    assert [a.method for a in graph.asked if a.path.endswith("subscribed_apps")] == ["POST", "GET"]
    graph.answer = lambda asked: refused(200, 0, 403)
    assert problem(admin("POST", path))[:2] == (502, "whatsapp_refused")


def test_a_new_token_is_verified_before_it_takes_the_old_ones_place(
    admin: Browser, graph: Graph, business: Business, services: str
) -> None:
    path = f"/api/whatsapp/accounts/{business.account_id}"
    soon = int(time.time()) + 3 * 86400 + 60
    facts = {"data": {"is_valid": True, "expires_at": soon, "scopes": SCOPES}}
    graph.answer = answering(business, debug_token=(200, facts))
    changed = admin("PATCH", path, {"token": "EAA-the-new-token", "name": "Front desk"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["token_hint"], changed.json()["name"]) == ("oken", "Front desk")
    assert changed.json()["token_expires_at"] is not None
    problems = admin("GET", "/api/problems").json()["data"]
    (expiring,) = [p for p in problems if p["kind"] == "token"]
    assert "expires in 3 days" in expiring["title"]
    graph.answer = answering(business, debug_token=(200, {"data": {"is_valid": False}}))
    asked = admin("PATCH", path, {"token": "EAA-a-dead-token"})
    assert problem(asked) == (422, "invalid", "token")
    assert admin("GET", path).json()["token_hint"] == "oken"
    assert problem(admin("PATCH", path, {"token": "two words"})) == (422, "invalid", "token")


def test_a_new_token_is_taken_unverified_where_meta_does_not_answer(
    admin: Browser, business: Business, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_GRAPH_URL="http://127.0.0.1:9")
    path = f"/api/whatsapp/accounts/{business.account_id}"
    assert admin("PATCH", path, {"token": "EAA-the-new-token"}).json()["token_hint"] == "oken"
    state, said, _ = step(admin, business, "token")
    assert (state, "does not answer" in said) == ("unknown", True)


def test_changing_a_name_asks_meta_nothing(
    admin: Browser, graph: Graph, business: Business
) -> None:
    path = f"/api/whatsapp/accounts/{business.account_id}"
    assert admin("PATCH", path, {"name": "Desk"}).json()["name"] == "Desk"
    assert graph.asked == []


def test_the_last_webhook_is_noted_once_a_minute(
    admin: Browser, graph: Graph, business: Business, services: str
) -> None:
    seen = "select last_webhook_at at from whatsapp_accounts"
    assert one(services, seen)["at"] is None
    receive(services, message(1))
    first = one(services, seen)["at"]
    assert utc_now() - first < timedelta(minutes=1)
    receive(services, message(2))
    assert one(services, seen)["at"] == first
    change(services, "update whatsapp_accounts set last_webhook_at = now() - interval '2 minutes'")
    receive(services, message(3))
    assert one(services, seen)["at"] > first
    assert step(admin, business, "webhook")[:2] == ("ok", "The last one came just now.")


def test_news_of_another_number_is_not_ours(
    services: str, business: Business, make_business: Callable[..., Business]
) -> None:
    make_business("Globex", "999")
    receive(services, message(1))
    seen = "select last_webhook_at at from whatsapp_accounts where phone_number_id = %s"
    assert one(services, seen, "999")["at"] is None
    assert one(services, seen, business.phone_number_id)["at"] is not None
