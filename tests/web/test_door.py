"""The front door: who answers which path, and what goes with every answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Scope

from botpe_app.web import headers
from botpe_app.web.asgi import mount
from tests.web.conftest import BASE, Browser, browser, pages


def test_pages_answer_what_nobody_else_does(anonymous: Browser) -> None:
    assert anonymous("GET", "/inbox").text == "<html>pages</html>"
    assert anonymous("GET", "/apiary").text == "<html>pages</html>"


def test_an_unknown_api_path_is_refused_in_the_envelope_and_not_by_the_pages(
    anonymous: Browser,
) -> None:
    for path in ("/api/nothing", "/api", "/api/contacts/"):
        response = anonymous("GET", path)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"


def test_a_method_that_a_route_does_not_take_is_405_in_the_envelope(anonymous: Browser) -> None:
    response = anonymous("PATCH", "/api/contacts")
    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_the_webhook_answers_outside_of_the_layers_of_the_rest(anonymous: Browser) -> None:
    response = anonymous("POST", "/webhooks/whatsapp", content=b"{}")
    assert response.status_code == 401
    assert "x-request-id" not in response.headers


@pytest.mark.parametrize("path", ["/", "/api/users/me", "/healthz", "/api/docs", "/broken"])
def test_every_answer_has_the_security_headers(anonymous: Browser, path: str) -> None:
    found = anonymous("GET", path).headers
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "same-origin"
    assert "camera=()" in found["permissions-policy"]
    assert "strict-transport-security" not in found


def test_an_answer_that_is_no_page_may_load_nothing(anonymous: Browser) -> None:
    for path in ("/api/users/me", "/healthz", "/api/openapi.json"):
        policy = anonymous("GET", path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")


def test_an_unchanged_page_keeps_the_policy_of_a_page(anonymous: Browser) -> None:
    policy = anonymous("GET", "/unchanged").headers["content-security-policy"]
    assert policy == anonymous("GET", "/").headers["content-security-policy"]
    assert "script-src 'self'" in policy


def test_https_is_insisted_on_when_the_public_address_has_it(
    services: str, configure: Callable[..., None]
) -> None:
    configure(BOTPE_BASE_URL="https://bot.example.com")
    response = browser(mount(pages))("GET", "/healthz")
    assert response.headers["strict-transport-security"].startswith("max-age=")


def test_scripts_in_the_built_pages_may_run_by_their_hash_and_others_may_not(
    services: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(
        '<script type="module">start()</script><script src="/a.js"></script>'
    )
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "index.html").write_text("<script>other()</script>")
    policy = browser(mount(pages, tmp_path))("GET", "/").headers["content-security-policy"]
    assert policy.count("'sha256-") == 2
    # base64 of SHA-256 of "start()", taken with openssl
    assert "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='" in policy
    script_rule = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in script_rule


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/assets/root-B7sK_x1-.js", "immutable"),
        ("/assets/logo.svg", "no-cache"),
        ("/inbox", "no-cache"),
        ("/api/docs", "no-store"),
    ],
)
def test_only_files_named_by_their_content_are_kept_for_good(
    anonymous: Browser, path: str, expected: str
) -> None:
    assert expected in anonymous("GET", path).headers["cache-control"]


def test_a_missing_asset_is_not_kept() -> None:
    assert headers._caching("/assets/root-B7sK_x1-.js", 404) == "no-cache"


def test_a_long_answer_is_compressed_for_who_takes_it_and_not_for_others(
    anonymous: Browser,
) -> None:
    small = anonymous("GET", "/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    large = anonymous("GET", "/api/openapi.json", headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in large.headers
    assert small.json() == large.json()


def test_our_own_origins_may_read_answers_and_others_may_not(anonymous: Browser) -> None:
    for origin in (BASE, "http://127.0.0.1:3000"):
        response = anonymous("GET", "/healthz", headers={"Origin": origin})
        assert response.headers["access-control-allow-origin"] == origin
    for origin in ("http://evil.example", "http://localhost:3001", "null", "*"):
        response = anonymous("GET", "/healthz", headers={"Origin": origin})
        assert "access-control-allow-origin" not in response.headers


def test_a_preflight_of_another_site_is_refused(anonymous: Browser) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    ours = anonymous("OPTIONS", "/api/messages", headers={**asked, "Origin": BASE})
    theirs = anonymous(
        "OPTIONS", "/api/messages", headers={**asked, "Origin": "https://evil.example"}
    )
    assert ours.status_code == 200
    assert theirs.status_code == 400
    assert "access-control-allow-origin" not in theirs.headers


def socket(app: ASGIApp, **given: str) -> list[Message]:
    """What the server sends to a socket opened with these headers."""
    sent: list[Message] = []
    scope: Scope = {
        "type": "websocket",
        "path": "/_event",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    async def visit() -> None:
        await app(scope, receive, send)

    asyncio.run(visit())
    return sent


def test_a_socket_from_our_own_page_is_opened(app: ASGIApp) -> None:
    assert socket(app, origin=BASE)[0]["type"] == "websocket.accept"


def test_a_socket_from_a_program_without_origin_is_opened(app: ASGIApp) -> None:
    assert socket(app)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3001", "null"])
def test_a_socket_from_another_site_is_refused_before_it_is_one(app: ASGIApp, origin: str) -> None:
    assert [message["type"] for message in socket(app, origin=origin)] == ["websocket.close"]


def test_a_request_id_goes_in_and_out_and_a_bad_one_is_replaced(anonymous: Browser) -> None:
    kept = anonymous("GET", "/healthz", headers={"X-Request-Id": "trace-42"})
    assert kept.headers["x-request-id"] == "trace-42"
    for bad in ("a b", "x" * 65, 'a"b', ""):
        made = anonymous("GET", "/healthz", headers={"X-Request-Id": bad})
        assert made.headers["x-request-id"] != bad
        assert len(made.headers["x-request-id"]) == 36


def test_a_crash_shows_a_page_with_the_id_that_the_log_has(
    anonymous: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    response = anonymous("GET", "/broken", headers={"X-Request-Id": "crash-1"})
    assert response.status_code == 500
    assert response.headers["content-type"].startswith("text/html")
    assert "crash-1" in response.text
    assert "planted" not in response.text
    assert "planted" in caplog.text


def test_a_crash_of_the_api_answers_in_the_envelope(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("botpe_app.web.api.callers.require_own_page", broken)
    response = anonymous("POST", "/api/auth/sign-out", headers={"X-Request-Id": "crash-2"})
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "internal"
    assert "crash-2" in error["message"]
    assert "planted" not in response.text


def test_a_request_leaves_one_line_with_its_outcome_and_without_its_query(
    anonymous: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    anonymous("GET", "/api/contacts?q=351910000123")
    (line,) = [record for record in caplog.records if record.message == "request"]
    told = vars(line)
    assert (told["method"], told["path"], told["status"]) == ("GET", "/api/contacts", 401)
    assert told["ms"] >= 0
    assert "351910000123" not in json.dumps(told, default=str)
