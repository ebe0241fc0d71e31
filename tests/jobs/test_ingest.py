"""The ingest lane's drain: at work at once, alone, and whether or not Redis listens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from botpe_app import live, queue
from botpe_app.queue import Lane
from jobs import drain as drains
from jobs import ingest
from tests.conftest import Business, count
from tests.jobs.lanes import until
from tests.services.ingesting import deliver, events, message, one


@pytest.fixture(autouse=True)
def one_life() -> Iterator[None]:
    yield
    drains._stop_requested.clear()


def in_background(idle_seconds: float = 20) -> threading.Thread:
    thread = threading.Thread(
        target=drains.run,
        args=(Lane.INGEST, ingest.open_work),
        kwargs={"idle_seconds": idle_seconds},
        daemon=True,
    )
    thread.start()
    return thread


def end(*threads: threading.Thread) -> None:
    drains.stop()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def handled(url: str, number: int) -> Callable[[], bool]:
    return lambda: [state for state, _ in events(url)].count("handled") == number


def test_a_drain_handles_what_waits_and_what_comes_while_it_lives(
    services: str, business: Business
) -> None:
    deliver([message(1)])
    thread = in_background()
    until(handled(services, 1))
    deliver([message(2)])
    assert until(handled(services, 2)) < 2
    end(thread)
    assert count(services, "messages") == 2


def test_a_second_drain_stands_by_and_takes_over(services: str, business: Business) -> None:
    first, second = in_background(), in_background()
    until(lambda: len(leaders(services)) == 1)
    deliver([message(1)])
    until(handled(services, 1))
    with psycopg.connect(services, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", leaders(services))
    deliver([message(2)])
    until(handled(services, 2))
    assert len(leaders(services)) == 1
    end(first, second)
    assert one(services, "select unread_count from conversations")["unread_count"] == 2


def leaders(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select pid from pg_locks where locktype = 'advisory' and granted and database ="
            " (select oid from pg_database where datname = current_database())"
        )
        return [row[0] for row in found]


def test_a_restarting_database_loses_and_doubles_nothing(services: str, business: Business) -> None:
    thread = in_background()
    deliver(message(number) for number in range(20))
    with psycopg.connect(services, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name like 'botpe %' and datname = current_database()"
        )
    deliver(message(number) for number in range(20, 40))
    until(handled(services, 40))
    end(thread)
    assert count(services, "messages") == 40
    assert one(services, "select unread_count from conversations")["unread_count"] == 40


def test_open_pages_hear_of_what_was_handled(services: str, business: Business) -> None:
    with queue.redis().pubsub() as heard:
        heard.subscribe(live.CHANNEL)
        assert heard.get_message(timeout=2)
        deliver([message(1)])
        drains.run(Lane.INGEST, ingest.open_work, idle_seconds=0.1)
        said = heard.get_message(timeout=2)
    assert said
    told = json.loads(said["data"])
    assert told["organization_id"] == str(business.organization_id)


def test_without_redis_messages_arrive_all_the_same(
    database: str, business: Business, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL=database, REDIS_URL="redis://127.0.0.1:1")
    deliver([message(1)])
    drains.run(Lane.INGEST, ingest.open_work, idle_seconds=0.1)
    assert count(database, "messages") == 1
