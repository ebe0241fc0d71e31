"""Bots calling other programs: answers come back, and no call goes into our own network."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from botpe_app.queue import Lane
from botpe_app.services import bot_secrets
from jobs import bot_calls, conversations
from jobs import drain as drains
from tests.acting import within
from tests.conftest import Business, count
from tests.services.conversing import answer, end, flow, publish, say, transcript
from tests.services.ingesting import change, message, one, receive, rows


class Shop(BaseHTTPRequestHandler):
    """Answers with what `answers` hold, and keeps what it was asked."""

    answers: list[tuple[int, bytes]] = []  # noqa: RUF012 - replaced by each test
    proofs: list[str] = []  # noqa: RUF012
    asked: list[tuple[str, str, bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.proofs.append(self.headers.get("authorization", ""))
        self.asked.append((self.path, self.headers.get("x-key", ""), body))
        status, said = self.answers.pop(0)
        self.send_response(status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    """The address of another program."""
    Shop.answers, Shop.asked, Shop.proofs = [], [], []
    server = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here this machine counts as the open internet."""
    monkeypatch.setattr(bot_calls, "may_reach", lambda address: True)


def calling(url: str, **data: Any) -> dict[str, Any]:
    """A flow that calls, and says what came of it."""
    call = {
        "method": "POST", "url": f"{url}/orders", "headers": [{"name": "x-key", "value": "k"}],
        "query": [{"name": "q", "value": "{{input.text}}"}],
        "body": {"type": "json", "value": {"said": "{{input.text}}"}},
        "mappings": [{"path": "$.state", "variable": "state"}], **data,
    }  # fmt: skip
    return flow(
        [{"id": "c", "type": "api_call", "data": call}, end("ok", "It is {{state}}"),
         end("no", "Sorry")],
        ["start next c", "c next ok", "c error no"],
    )  # fmt: skip


def work() -> None:
    """Until nothing is under way."""
    drains.run(Lane.CONVERSATIONS, conversations.open_work, idle_seconds=0.3)


def test_a_call_goes_out_after_its_turn_and_its_answer_goes_on_with_the_bot(
    services: str, business: Business, shop: str, open_network: None
) -> None:
    Shop.answers = [(200, b'{"state": "sent \\u0000"}')]
    publish(business, calling(shop))
    say(services, 1, "123")
    assert count(services, "bot_calls") == 1
    assert Shop.asked == []
    work()
    (asked,) = Shop.asked
    assert (asked[0], asked[1], json.loads(asked[2])) == ("/orders?q=123", "k", {"said": "123"})
    assert transcript(services)[-1][1].startswith("It is sent")
    assert count(services, "bot_calls") == count(services, "bot_inputs") == 0


PROOFS: dict[str, tuple[dict[str, str], str, str]] = {
    "bearer": ({}, "Bearer s3cret", ""),
    "basic": ({"name": "me"}, "Basic bWU6czNjcmV0", ""),
    "header": ({"name": "Authorization"}, "s3cret", ""),
    "query": ({"name": "key"}, "mine", "&key=s3cret"),
}


@pytest.mark.parametrize("kind", PROOFS)
def test_a_call_proves_itself_with_a_stored_secret_that_flows_only_name(
    services: str, business: Business, shop: str, open_network: None, kind: str
) -> None:
    named, header, query = PROOFS[kind]
    auth = {"type": kind, **named}
    Shop.answers = [(200, b'{"state": "sent"}')]
    within(business.admin, bot_secrets.keep_secret, name="shop", value="old")
    within(business.admin, bot_secrets.keep_secret, name="shop", value="s3cret")
    own = [{"name": "authorization", "value": "mine"}]
    publish(business, calling(shop, auth={**auth, "secret": "shop"}, headers=own))
    say(services, 1, "123")
    assert "s3cret" not in str(rows(services, "select request, state from bot_calls, bot_sessions"))
    work()
    assert (Shop.proofs[-1], Shop.asked[0][0]) == (header, f"/orders?q=123{query}")
    assert transcript(services)[-1] == ("bot", "It is sent")


def test_a_secret_that_was_removed_takes_the_error_branch(
    services: str, business: Business, shop: str, open_network: None
) -> None:
    secret = within(business.admin, bot_secrets.keep_secret, name="shop", value="s3cret")
    publish(business, calling(shop, auth={"type": "bearer", "secret": "shop"}))
    within(business.admin, bot_secrets.forget_secret, secret.id)
    say(services, 1, "123")
    work()
    assert Shop.asked == []
    assert transcript(services)[-1] == ("bot", "Sorry")


@pytest.mark.parametrize("status", [404, 302])
def test_an_answer_that_is_no_success_takes_the_error_branch_and_is_not_followed(
    services: str, business: Business, shop: str, open_network: None, status: int
) -> None:
    Shop.answers = [(status, b"no")]
    publish(business, calling(shop))
    say(services, 1, "123")
    work()
    assert len(Shop.asked) == 1
    assert transcript(services)[-1] == ("bot", "Sorry")


def test_a_busy_program_is_asked_again_as_often_as_the_flow_allows(
    services: str, business: Business, shop: str, open_network: None
) -> None:
    Shop.answers = [(503, b""), (200, b'{"state": "sent"}')]
    publish(business, calling(shop, retries=1))
    say(services, 1, "123")
    work()
    assert transcript(services)[-1] == ("bot", "It is sent")
    Shop.answers = [(503, b""), (503, b""), (200, b'{"state": "sent"}')]
    say(services, 2, "456")
    work()
    assert transcript(services)[-1] == ("bot", "Sorry")
    assert len(Shop.answers) == 1


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:{port}", "http://localhost:{port}", "http://[::1]:{port}",
             "http://0177.1:{port}", "http://[fec0::1]:{port}", "ftp://example.com",
             "http://u:p@example.com"]
)  # fmt: skip
def test_no_call_reaches_our_own_network_whatever_it_is_called(
    services: str, business: Business, shop: str, host: str
) -> None:
    Shop.answers = [(200, b'{"state": "leaked"}')]
    call = {"id": "c", "type": "api_call",
            "data": {"method": "POST", "url": "{{input.text}}"}}  # fmt: skip
    held = flow(
        [call, end("ok", "Leaked"), end("no", "Sorry")],
        ["start next c", "c next ok", "c error no"],
    )
    publish(business, held)
    say(services, 1, host.format(port=shop.rpartition(":")[2]))
    work()
    assert Shop.asked == []
    assert transcript(services)[-1] == ("bot", "Sorry")


def test_a_call_whose_worker_was_killed_is_not_made_twice_unasked(
    services: str, business: Business, shop: str, open_network: None
) -> None:
    publish(business, calling(shop))
    receive(services, message(1))
    answer()
    change(services, "update bot_calls set attempts = 1, next_at = now()")
    work()
    assert Shop.asked == []
    assert transcript(services)[-1] == ("bot", "Sorry")
    assert one(services, "select status from bot_sessions")["status"] == "ended"
