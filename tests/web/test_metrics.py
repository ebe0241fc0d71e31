"""Prometheus' page: every state, also at 0, counted where all processes see it."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from botpe_app import db, queue
from botpe_app.services import gauges, metrics
from tests.conftest import Business
from tests.web.conftest import Browser

SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? (NaN|[-+0-9.e]+)$')


def read(ask: Browser) -> dict[str, float]:
    """Every sample by its name and labels."""
    lines = ask("GET", "/metrics").text.splitlines()
    samples = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def add_events(states: list[str]) -> None:
    """Stores one webhook event in each of these states."""
    with db.transaction() as session:
        db.act_as_system(session)
        for place, state in enumerate(states):
            session.connection().execute(
                text(
                    "insert into webhook_events (event_key, field, kind, waba_id, phone_number_id,"
                    " contact_key, correlation_id, state)"
                    " values (:key, 'messages', 'message', '', '', '', gen_random_uuid(), :state)"
                ),
                {"key": f"k{place}", "state": state},
            )


def test_every_state_is_there_also_at_zero(anonymous: Browser) -> None:
    found = read(anonymous)
    for state in ("new", "handled", "ignored", "failed"):
        assert found[f'botpe_webhook_events{{state="{state}"}}'] == 0
    for status in ("queued", "sending", "held", "sent", "delivered", "read", "failed", "uncertain"):
        assert found[f'botpe_messages{{direction="outgoing",status="{status}"}}'] == 0
    assert found['botpe_messages{direction="incoming",status="received"}'] == 0
    for lane in queue.Lane:
        assert found[f'botpe_queue_depth{{queue="{lane.value}"}}'] == 0
    for name in ("botpe_send_seconds", "botpe_reply_seconds"):
        assert found[f"{name}_count"] == found[f"{name}_sum"] == 0
        assert found[f'{name}_bucket{{le="+Inf"}}'] == 0


def test_the_page_is_in_prometheus_text_format(anonymous: Browser) -> None:
    response = anonymous("GET", "/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert response.text.endswith("\n")
    for line in response.text.splitlines():
        assert line.startswith(("# HELP botpe_", "# TYPE botpe_")) or SAMPLE.match(line), line


def test_rows_are_counted_by_state_over_all_organizations(
    anonymous: Browser,
    business: Business,
    make_business: Callable[..., Business],
    with_key: Callable[..., Browser],
) -> None:
    add_events(["new", "handled", "handled", "failed"])
    body = {"to": "+351910000123", "type": "template"}
    body["template"] = {"name": "hello", "language": {"code": "en"}}  # pyright: ignore
    for tenant in (business, make_business("Globex", "999")):
        with_key(tenant.admin)("POST", "/api/messages", body)
    found = read(anonymous)
    assert found['botpe_webhook_events{state="handled"}'] == 2
    assert found['botpe_webhook_events{state="failed"}'] == 1
    assert found['botpe_messages{direction="outgoing",status="queued"}'] == 2
    assert found['botpe_queue_depth{queue="ingest"}'] == 1
    assert found['botpe_queue_depth{queue="outbox"}'] == 2
    assert found['botpe_queue_oldest_seconds{queue="outbox"}'] > 0


def test_a_claimed_message_counts_as_queued(
    anonymous: Browser, business: Business, with_key: Callable[..., Browser], database: str
) -> None:
    body = {"to": "+351910000123", "type": "template"}
    body["template"] = {"name": "hello", "language": {"code": "en"}}  # pyright: ignore
    with_key(business.admin)("POST", "/api/messages", body)
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute("update messages set status = 'claimed'")
    assert read(anonymous)['botpe_messages{direction="outgoing",status="queued"}'] == 1


def test_a_histogram_counts_everything_up_to_each_bound(anonymous: Browser, database: str) -> None:
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        metrics.observe(connection, metrics.SEND_SECONDS, [0.001, 0.3, 0.3, 9999.0])
    found = read(anonymous)
    assert found['botpe_send_seconds_bucket{le="0.005"}'] == 1
    assert found['botpe_send_seconds_bucket{le="0.5"}'] == 3
    assert found['botpe_send_seconds_bucket{le="+Inf"}'] == found["botpe_send_seconds_count"] == 4
    assert found["botpe_send_seconds_sum"] == pytest.approx(9999.601)


def test_with_a_token_only_its_bearer_may_read(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    configure(BOTPE_METRICS_TOKEN="s3cret")
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": b"Bearer \xff"}):
        assert anonymous("GET", "/metrics", headers=header).status_code == 401
    good = {"Authorization": "Bearer s3cret"}
    assert anonymous("GET", "/metrics", headers=good).status_code == 200


def test_without_redis_the_counts_are_still_told(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    add_events(["handled"])
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    assert read(anonymous)['botpe_webhook_events{state="handled"}'] == 1


def test_without_the_database_it_says_so(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql://botpe@127.0.0.1:1/none")
    response = anonymous("GET", "/metrics")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "unavailable"


def test_while_counting_is_quick_the_counts_are_of_this_moment(anonymous: Browser) -> None:
    add_events(["handled"])
    assert read(anonymous)['botpe_webhook_events{state="handled"}'] == 1
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(text("update webhook_events set state = 'failed'"))
    found = read(anonymous)
    assert found['botpe_webhook_events{state="handled"}'] == 0
    assert found['botpe_webhook_events{state="failed"}'] == 1


def test_once_counting_is_costly_a_scraper_gets_the_last_counts_and_new_ones_are_taken(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "_COSTLY_SECONDS", 0.0)
    monkeypatch.setattr(gauges.Counts, "due", property(lambda self: True))
    handled = 'botpe_webhook_events{state="handled"}'
    assert read(anonymous)[handled] == 0
    add_events(["handled"])
    stale = read(anonymous)
    assert stale[handled] == 0
    assert stale["botpe_counts_age_seconds"] > 0
    assert read(anonymous)[handled] == 1


def test_costly_counting_keeps_to_a_twentieth_of_the_time() -> None:
    now = gauges.time.time()
    assert not gauges.Counts({}, {}, at=now - 5, took=1.0).due
    assert gauges.Counts({}, {}, at=now - 21, took=1.0).due
