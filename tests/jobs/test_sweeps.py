"""The scheduler: what it finds, what it removes, and that two of them do no harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from botpe_app import db, queue
from botpe_app.queue import Lane
from jobs import sweeps
from jobs.sweeps import Sweeper
from tests.conftest import Business, count
from tests.jobs.lanes import process, stop, title, until
from tests.services.ingesting import change, deliver, events, message, one, rows, sent_message

RUN = "from jobs.sweeps import run; run()"


@pytest.fixture
def connection(services: str) -> Iterator[psycopg.Connection[Any]]:
    with db.connect_as_system(autocommit=True) as opened:
        yield opened


def nudges(lane: Lane) -> int:
    return queue.queue(lane).count


def test_it_starts_a_drain_for_work_that_nobody_was_told_of(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    deliver([message(1)])
    queue.redis().flushall()
    queue._last_nudge.clear()
    with psycopg.connect(services, autocommit=True) as listener:
        listener.execute("listen botpe_ingest")
        Sweeper(connection).round(0)
        assert len(list(listener.notifies(timeout=2, stop_after=1))) == 1
    assert (nudges(Lane.INGEST), nudges(Lane.OUTBOX)) == (1, 0)


def test_it_leaves_a_lane_alone_whose_work_is_not_due(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    deliver([message(1)])
    change(services, "update webhook_events set next_at = now() + interval '1 min'")
    queue.redis().flushall()
    Sweeper(connection).round(0)
    assert nudges(Lane.INGEST) == 0


def test_nudges_do_not_pile_up(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    deliver([message(1)])
    queue.redis().flushall()
    sweeper = Sweeper(connection)
    for now in range(10):
        queue._last_nudge.clear()
        sweeper.round(float(now))
    assert nudges(Lane.INGEST) == 1


@pytest.mark.parametrize(
    ("columns", "nudged"),
    [
        ({"status": "queued"}, 1),
        ({"status": "queued", "next_try_at": "2100-01-01"}, 0),
        ({"status": "sent"}, 0),
    ],
)
def test_it_starts_the_outbox_for_messages_that_are_due(
    services: str,
    business: Business,
    connection: psycopg.Connection[Any],
    columns: dict[str, Any],
    nudged: int,
) -> None:
    sent_message(services, business, **columns)
    queue.redis().flushall()
    Sweeper(connection).round(0)
    assert nudges(Lane.OUTBOX) == nudged


def test_a_paused_numbers_messages_wake_nobody(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    sent_message(services, business, status="queued")
    change(services, "update whatsapp_accounts set status = 'paused'")
    queue.redis().flushall()
    Sweeper(connection).round(0)
    assert nudges(Lane.OUTBOX) == 0


def test_messages_of_a_killed_sender_are_settled(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    lost = {"claim_token": uuid4(), "attempt_id": uuid4(), "lease_until": "2020-01-01"}
    sent_message(services, business, status="sending", **lost)
    Sweeper(connection).round(0)
    found = one(services, "select status from messages where direction = 'outgoing'")
    assert found["status"] == "uncertain"


def test_old_events_that_were_dealt_with_go_and_the_rest_stay(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    states = ("handled", "ignored", "failed", "new")
    for number, state in enumerate(states * 2):
        deliver([message(number)])
        age = "11 days" if number < 4 else "9 days"
        change(
            services,
            "update webhook_events set state = %s, received_at = now() - %s::interval,"
            " next_at = now() + interval '1 h' where event_key like %s",
            state,
            age,
            f"%wamid.{number}",
        )
    Sweeper(connection).round(0)
    left = [row["state"] for row in rows(services, "select state from webhook_events order by id")]
    assert left == ["failed", "new", *states]


def test_pruning_takes_small_bites(
    services: str,
    business: Business,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeps, "_PRUNED_AT_ONCE", 3)
    deliver(message(number) for number in range(10))
    change(
        services,
        "update webhook_events set state = 'handled', received_at = now() - interval '11 days'",
    )
    Sweeper(connection).round(0)
    assert count(services, "webhook_events") == 0


def test_answers_kept_for_repeats_go_after_a_day(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    for key, age in (("old", "25 hours"), ("young", "23 hours")):
        change(
            services,
            "insert into idempotency_keys"
            " (organization_id, key, request_hash, response, created_at)"
            " values (%s, %s, ''::bytea, '', now() - %s::interval)",
            business.organization_id,
            key,
            age,
        )
    Sweeper(connection).round(0)
    assert one(services, "select key from idempotency_keys")["key"] == "young"


def test_a_killed_worker_and_its_nudge_are_forgotten(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    nudged = queue.queue(Lane.INGEST)
    killed = SimpleWorker([nudged], connection=queue.redis(), serializer=JSONSerializer)
    killed.register_birth()
    job = nudged.enqueue(Lane.INGEST.job)
    taken = killed.dequeue_job_and_maintain_ttl(1)
    assert taken
    killed.prepare_execution(taken[0])
    killed.prepare_job_execution(taken[0])
    queue.redis().delete(killed.key)  # its signs of life have ended
    queue.redis().zadd(nudged.started_job_registry.key, dict.fromkeys(started(nudged), 1))
    Sweeper(connection).round(0)
    assert SimpleWorker.count(queue=nudged) == 0
    assert not queue.redis().exists(job.key)


def started(nudged: Queue) -> list[bytes]:
    return queue.redis().zrange(nudged.started_job_registry.key, 0, -1)  # type: ignore[return-value]


def test_only_one_of_two_leads_until_it_is_gone(
    services: str, business: Business, connection: psycopg.Connection[Any]
) -> None:
    with db.connect_as_system(autocommit=True) as second_connection:
        first, second = Sweeper(connection), Sweeper(second_connection)
        first.round(0)
        deliver([message(1)])
        queue.redis().flushall()
        second.round(0)
        assert nudges(Lane.INGEST) == 0
        connection.close()

        def took_over() -> bool:
            queue._last_nudge.clear()
            second.round(100)
            return nudges(Lane.INGEST) == 1

        until(took_over, 5)


def test_a_duty_that_fails_costs_only_itself(
    services: str,
    business: Business,
    connection: psycopg.Connection[Any],
    configure: Callable[..., None],
) -> None:
    configure(DATABASE_URL=services, REDIS_URL="redis://127.0.0.1:1")
    deliver([message(1)])
    change(
        services,
        "update webhook_events set state = 'handled', received_at = now() - interval '11 days'",
    )
    Sweeper(connection).round(0)
    assert count(services, "webhook_events") == 0


def test_the_scheduler_process_finds_work_says_who_it_is_and_stops(
    services: str, business: Business, tmp_path: Path
) -> None:
    deliver([message(1)])
    queue.redis().flushall()
    with process(RUN, tmp_path / "log") as child:
        until(lambda: nudges(Lane.INGEST) == 1)
        assert title(child) == "botpe: scheduler"
        with psycopg.connect(services, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'botpe' and datname = current_database()"
            )
        queue.redis().flushall()
        until(lambda: nudges(Lane.INGEST) == 1)
        assert stop(child) < 5
    assert events(services) == [("new", "")]
