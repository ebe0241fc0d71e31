"""The doctor: what it calls well, and each thing it must not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import psycopg
import pytest

from botpe_app import db
from botpe_app.embedded.postgres import Postgres
from botpe_app.models.base import utc_now
from botpe_app.services import demo, doctor
from botpe_app.services.findings import Finding
from tests.conftest import Business

Configure = Callable[..., None]


def found(check: str, *, ask_graph: bool = False, running: bool = False) -> list[Finding]:
    report = doctor.examine(running=running, ask_graph=ask_graph)
    return [finding for finding in report.findings if finding.check == check]


def states(check: str, **how: bool) -> set[str]:
    return {finding.state for finding in found(check, **how)}


def alter(url: str, *statements: str) -> None:
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def graph() -> Iterator[Callable[[int, dict[str, Any]], str]]:
    """Makes a Graph API that gives every request the same answer; returns its address."""
    servers: list[HTTPServer] = []

    def make(status: int, answer: dict[str, Any]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_fresh_installation_is_healthy(services: str, business: Business) -> None:
    report = doctor.examine(running=False, ask_graph=False)
    assert report.healthy, report.findings
    assert {finding.check for finding in report.findings} >= {
        "settings", "redis", "database", "migrations", "isolation", "webhooks", "outbox",
        "ledger", "numbers",
    }  # fmt: skip
    assert all(finding.mend for finding in report.findings if finding.state != "ok")


def test_a_missing_secret_is_named(services: str, configure: Configure) -> None:
    configure(WHATSAPP_APP_SECRET="")
    assert "WHATSAPP_APP_SECRET" in found("settings")[0].message
    assert not doctor.examine(running=False).healthy


def test_a_public_address_without_https_is_a_warning(services: str, configure: Configure) -> None:
    configure(BOTPE_BASE_URL="http://chat.example.com")
    assert states("settings") == {"ok", "warn"}
    configure(BOTPE_BASE_URL="https://chat.example.com")
    assert states("settings") == {"ok"}


def test_a_database_that_is_away_is_bad_and_not_a_crash(
    services: str, configure: Configure
) -> None:
    configure(DATABASE_URL="postgresql://u:p@127.0.0.1:9/none")
    assert states("database") == {"bad"}
    assert states("redis") == {"ok"}


def test_a_redis_that_is_away_is_bad_and_the_rest_is_looked_at(
    services: str, configure: Configure
) -> None:
    configure(REDIS_URL="redis://127.0.0.1:9/0")
    assert states("redis") == {"bad"}
    assert states("database") == {"ok"}


def test_workers_are_missed_only_where_they_should_be(services: str) -> None:
    assert states("workers", running=True) == {"bad"}
    assert states("workers", running=False) == set()


def test_a_schema_behind_is_bad(services: str, cluster: Postgres, configure: Configure) -> None:
    configure(DATABASE_URL=cluster.create_database("behind"))
    assert states("migrations") == {"bad"}
    db.engine().dispose()
    cluster.drop_database("behind")


def test_a_role_that_passes_the_wall_is_bad(
    services: str, cluster: Postgres, configure: Configure
) -> None:
    assert states("isolation") == {"ok"}
    configure(DATABASE_URL=cluster.superuser_url(services.rpartition("/")[2]))
    assert states("isolation") == {"bad"}


def test_a_tenant_table_without_the_wall_is_named(services: str) -> None:
    alter(services, "create table leaky (organization_id uuid)")
    try:
        assert "leaky" in found("isolation")[0].message
    finally:
        alter(services, "drop table leaky")


def test_webhooks_that_wait_too_long_or_failed_are_told(services: str) -> None:
    event = (
        "insert into webhook_events (event_key, field, kind, waba_id, phone_number_id,"
        " contact_key, payload, correlation_id, state, received_at) values"
        " ('{0}', 'messages', 'message', '', '', '', '{{}}', gen_random_uuid(), '{1}',"
        " now() - interval '{2}')"
    )
    alter(services, event.format("fresh", "new", "1 second"))
    assert states("webhooks") == {"ok"}
    alter(services, event.format("given up", "failed", "1 hour"))
    assert states("webhooks") == {"ok", "warn"}
    alter(services, event.format("old", "new", "5 minutes"))
    assert "bad" in states("webhooks")


def test_a_message_nothing_could_settle_breaks_the_ledger(services: str) -> None:
    assert states("ledger") == {"ok"}
    with db.transaction() as session:
        demo.seed(session, now=utc_now())  # one of its sends got no answer
    assert states("ledger") == {"ok", "warn"}
    alter(services, "update messages set attempt_id = null where status = 'uncertain'")
    assert states("ledger") == {"bad", "warn"}


def test_a_token_whose_key_is_gone_is_bad(
    services: str, business: Business, configure: Configure
) -> None:
    assert states("numbers") == {"ok"}
    configure(BOTPE_ENCRYPTION_KEYS="another key")
    assert "bad" in states("numbers")


def test_a_paused_number_is_a_warning(services: str, business: Business) -> None:
    alter(services, "update whatsapp_accounts set status = 'paused', paused_reason = 'Token'")
    assert states("numbers") == {"ok", "warn"}


def test_a_token_is_tried_against_graph(
    services: str,
    business: Business,
    configure: Configure,
    graph: Callable[[int, dict[str, Any]], str],
) -> None:
    level = {"throughput": {"level": "STANDARD"}, "id": business.phone_number_id}
    configure(WHATSAPP_GRAPH_URL=graph(200, level))
    assert states("numbers", ask_graph=True) == {"ok"}
    configure(WHATSAPP_GRAPH_URL=graph(200, {"id": business.phone_number_id}))
    assert states("numbers", ask_graph=True) == {"ok", "warn"}
    expired = {"error": {"code": 190, "message": "Session has expired", "type": "OAuthException"}}
    configure(WHATSAPP_GRAPH_URL=graph(401, expired))
    assert states("numbers", ask_graph=True) == {"bad"}
    configure(WHATSAPP_GRAPH_URL="http://127.0.0.1:9")
    assert states("numbers", ask_graph=True) == {"warn"}
