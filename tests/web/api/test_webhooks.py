"""/api/webhooks: making them, refusing what leads inside, and their log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.api.conftest import CUSTOMER, problem
from tests.web.conftest import Browser

HOOK = {"url": "https://example.com/hook", "events": ["message.received"]}


def test_a_webhook_is_made_with_a_secret_shown_once_listed_and_removed(admin: Browser) -> None:
    made = admin("POST", "/api/webhooks", HOOK)
    assert made.status_code == 201, made.text
    secret = made.json().pop("secret")
    assert secret.startswith("whsec_")
    address = f"/api/webhooks/{made.json()['id']}"
    listed = admin("GET", "/api/webhooks")
    assert secret not in listed.text + admin("GET", address).text
    assert listed.json()["data"] == [admin("GET", address).json()]
    assert admin("GET", f"{address}/deliveries").json() == {"data": [], "next": None}
    assert admin("DELETE", address).status_code == 204
    assert admin("GET", "/api/webhooks").json()["data"] == []


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "ftp://example.com/", "https://", "https://user:pass@example.com/",
        "http://localhost/", "http://a.localhost:3000/", "http://127.0.0.1/", "http://127.1/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1]/",
        "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://169.254.169.254/latest/meta-data", "http://10.0.0.1:99999/", "http://[x]/",
        "https://example.com/" + "x" * 2000, "https://ex ample.com/", "http://\u2460.example/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_leads_inside_is_refused(admin: Browser, url: str) -> None:
    assert problem(admin("POST", "/api/webhooks", {"url": url})) == (422, "invalid", "url")


@pytest.mark.parametrize("events", [[], ["message.deleted"], "message.received", [None]])
def test_events_that_there_are_not_are_refused(admin: Browser, events: Any) -> None:
    refused = admin("POST", "/api/webhooks", {**HOOK, "events": events})
    assert refused.status_code == 422
    assert refused.json()["error"]["field"].startswith("events")


def test_what_happened_is_in_the_log_and_a_pending_one_is_not_told_twice(
    admin: Browser, agent: Browser
) -> None:
    hook = admin("POST", "/api/webhooks", {"url": HOOK["url"]}).json()["id"]
    template = {"name": "hello", "language": {"code": "en"}}
    admin("POST", "/api/messages", {"to": CUSTOMER, "type": "template", "template": template})
    address = f"/api/webhooks/{hook}/deliveries"
    (logged,) = admin("GET", address).json()["data"]
    assert (logged["event"], logged["state"]) == ("conversation.updated", "pending")
    assert problem(admin("POST", f"{address}/{logged['id']}/replay"))[:2] == (409, "conflict")
    other = admin("POST", "/api/webhooks", HOOK).json()["id"]
    assert (
        admin("POST", f"/api/webhooks/{other}/deliveries/{logged['id']}/replay").status_code == 404
    )
    assert agent("GET", address).status_code == 403
