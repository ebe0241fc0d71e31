"""The webhooks lane against a program that listens: told once, signed, again if need be."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import messages, upkeep, webhooks
from jobs import drain as drains
from jobs import tasks, webhook_post
from jobs import webhooks as lane
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import change, one, receive, rows
from tests.services.ingesting import message as customers_message

TEMPLATE = {"name": "hello", "language": {"code": "en"}}


@dataclass
class Program:
    """Listens on this machine; keeps what it was told, and answers as it is set to."""

    status: int = 200
    location: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]


@pytest.fixture
def program(
    services: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Program]:
    """A program that this process may reach. No drain waits for a second try."""
    monkeypatch.setattr(tasks, "_FAR_SECONDS", 0.2)
    configure(BOTPE_WEBHOOK_NETWORKS="127.0.0.0/8")
    found = Program()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append((dict(self.headers), body))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def drain() -> None:
    drains.run(Lane.WEBHOOKS, lane.open_work, idle_seconds=0.05)


def send(business: Business) -> str:
    """A program writes to a customer: their conversation opens."""
    program = replace(business.admin, user_id=None, kind="api")
    what = {"to": "+351910000123", "type": "template", "content": TEMPLATE}
    return within(program, messages.send_to, **what).id


def test_a_customers_message_and_the_conversation_are_told_once_and_signed(
    program: Program, business: Business, services: str
) -> None:
    _, secret = within(business.admin, webhooks.create_webhook, url=program.url)
    receive(services, customers_message(1, "text", {"body": "Olá"}))
    drain()
    drain()
    by_event = {told["event"]: told for told in program.events()}
    assert sorted(told["event"] for told in program.events()) == sorted(by_event)
    told = by_event["message.received"]["data"]
    assert (told["direction"], told["content"]) == ("incoming", {"body": "Olá"})
    assert by_event["conversation.updated"]["data"]["id"] == told["conversation_id"]
    for headers, body in program.heard:
        signed = headers["X-BotPe-Timestamp"].encode() + b"." + body
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["X-BotPe-Signature"] == f"sha256={expected}"


def test_each_status_of_ours_is_told_and_steps_inside_are_not(
    program: Program, business: Business, services: str
) -> None:
    within(business.admin, webhooks.create_webhook, url=program.url, events=["message.status"])
    sent = send(business)
    for status in ("claimed", "sending", "sent", "delivered", "delivered"):
        change(services, "update messages set status = %s where id = %s", status, sent)
    drain()
    assert [told["data"]["status"] for told in program.events()] == ["sent", "delivered"]


def test_nothing_is_told_of_what_was_undone_or_of_another_organization(
    program: Program, business: Business, make_business: Callable[..., Business]
) -> None:
    within(business.admin, webhooks.create_webhook, url=program.url)
    send(make_business("Globex", "999"))
    drain()
    assert program.heard == []


def test_a_refusal_is_tried_again_later_and_given_up_after_a_day(
    program: Program, business: Business, services: str
) -> None:
    made, _ = within(business.admin, webhooks.create_webhook, url=program.url)
    program.status = 500
    send(business)
    waits: list[int] = []
    while True:
        drain()
        row = one(
            services,
            "select state, status_code, attempts,"
            " extract(epoch from next_at - now())::float8 as wait from webhook_deliveries",
        )
        if row["state"] != "pending":
            break
        waits.append(round(row["wait"]))
        change(services, "update webhook_deliveries set next_at = now()")
        change(services, "update webhook_subscriptions set leased_until = null")
    assert (row["state"], row["status_code"], row["attempts"]) == ("failed", 500, len(waits) + 1)
    assert waits == sorted(waits)
    assert 0.9 < sum(waits) / 86_400 < 1.2
    program.status = 204
    (logged,) = within(business.admin, webhooks.list_deliveries, made.id).data
    within(business.admin, webhooks.replay, made.id, logged.id)
    change(services, "update webhook_subscriptions set leased_until = null")
    drain()
    (logged,) = within(business.admin, webhooks.list_deliveries, made.id).data
    assert (logged.state, logged.attempts, logged.next_at) == ("delivered", 1, None)
    assert len({told["id"] for told in program.events()}) == 1  # the same id each time


def test_a_failure_of_one_program_holds_up_no_other(
    program: Program, business: Business, services: str
) -> None:
    within(business.admin, webhooks.create_webhook, url="http://127.0.0.1:1/")
    within(business.admin, webhooks.create_webhook, url=program.url)
    send(business)
    drain()
    assert len(program.heard) == 1
    states = rows(services, "select state from webhook_deliveries order by state")
    assert [row["state"] for row in states] == ["delivered", "pending"]


def test_a_redirect_is_not_followed(program: Program, business: Business) -> None:
    program.status, program.location = 302, program.url
    answer = webhook_post.post(program.url, b"{}", {})
    assert (answer.status_code, answer.good) == (302, False)
    assert len(program.heard) == 1


def test_a_private_address_is_never_spoken_to_whatever_its_name(
    program: Program, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert webhook_post.post(program.url, b"{}", {}).good
    configure(BOTPE_WEBHOOK_NETWORKS="")
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"):
        answer = webhook_post.post(f"http://{host}:{program.port}/", b"{}", {})
        assert answer.status_code is None, host
    found = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(webhook_post.socket, "getaddrinfo", lambda *given, **named: found)
    assert "not a public address" in webhook_post.post("http://x.example/", b"{}", {}).problem
    assert len(program.heard) == 1


def test_the_address_that_was_checked_is_the_one_spoken_to(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve(host: str, *given: Any, **named: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", program.port))]

    monkeypatch.setattr(webhook_post.socket, "getaddrinfo", resolve)
    reached: list[Any] = []
    connect = webhook_post.socket.create_connection
    monkeypatch.setattr(
        webhook_post.socket,
        "create_connection",
        lambda address, *given: reached.append(address[0]) or connect(address, *given),
    )
    assert webhook_post.post(f"http://shop.example:{program.port}/", b"{}", {}).good
    assert reached == ["127.0.0.1"]
    assert asked[0] == "shop.example"
    assert "shop.example" not in asked[1:]
    assert program.heard[0][0]["Host"] == f"shop.example:{program.port}"


def test_what_is_due_wakes_the_lane_and_old_logs_go(
    program: Program, business: Business, services: str
) -> None:
    within(business.admin, webhooks.create_webhook, url=program.url)
    with psycopg.connect(services, autocommit=True, options=db.SYSTEM_OPTIONS) as connection:
        assert Lane.WEBHOOKS not in upkeep.lanes_with_work(connection)
        send(business)
        assert Lane.WEBHOOKS in upkeep.lanes_with_work(connection)
        drain()
        assert Lane.WEBHOOKS not in upkeep.lanes_with_work(connection)
        connection.execute("update webhook_deliveries set created_at = now() - interval '8 days'")
        assert upkeep.prune(connection) == 1
