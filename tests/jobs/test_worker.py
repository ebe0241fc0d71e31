"""A worker process: nudged, deaf, stopped, and whatever Redis does meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from botpe_app import queue
from botpe_app.embedded.redis import Redis
from botpe_app.errors import Invalid, Misconfigured
from botpe_app.queue import Lane
from jobs.worker import run
from tests.conftest import Business
from tests.jobs.lanes import process, stop, title, until, worker
from tests.services.ingesting import deliver, events, message, one

# The same worker, but its drain ends at once: what then happens, nudges made happen.
IMPATIENT = """
from jobs import drain
keep = drain.run
drain.run = lambda lane, work: keep(lane, work, idle_seconds=0.05)
from jobs.worker import run
run("ingest")
"""


def arrived(url: str, number: int) -> Callable[[], bool]:
    return lambda: [state for state, _ in events(url)].count("handled") == number


def registered() -> bool:
    return Lane.INGEST not in queue.lanes_without_worker()


@pytest.fixture
def own_redis(database: str, configure: Callable[..., None], tmp_path: Path) -> Iterator[Redis]:
    """A Redis that the test may stop."""
    server = Redis(tmp_path / "own")
    configure(DATABASE_URL=database, REDIS_URL=server.start())
    yield server
    server.stop()


def test_a_worker_handles_what_waited_before_it_came_and_says_who_it_is(
    services: str, business: Business, tmp_path: Path
) -> None:
    deliver([message(1)])
    queue.redis().flushall()
    with worker("ingest", tmp_path / "log") as child:
        until(arrived(services, 1))
        assert title(child) == "botpe: worker ingest"
        until(registered)
        assert stop(child) < 10
    assert not registered()


def test_a_nudge_starts_a_drain_that_had_ended(
    services: str, business: Business, tmp_path: Path
) -> None:
    with process(IMPATIENT, tmp_path / "log") as child:
        until(registered)
        for number in range(1, 4):
            deliver([message(number)])
            queue._last_nudge.clear()
            queue.start_drain(Lane.INGEST)
            assert until(arrived(services, number)) < 3
        until(lambda: queue.queue(Lane.INGEST).count == 0)
        assert title(child) == "botpe: worker ingest"
        stop(child)
    # What it ingested started other lanes, which nobody works here.
    assert queue.queue(Lane.INGEST).count == 0


def test_what_redis_asks_for_beyond_a_nudge_is_not_done(
    services: str, business: Business, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    with process(IMPATIENT, tmp_path / "log") as child:
        until(registered)
        evil = Queue(Lane.INGEST.value, connection=queue.redis(), serializer=JSONSerializer)
        job = evil.enqueue("os.mkdir", str(mark))
        until(lambda: not queue.redis().exists(job.key))
        deliver([message(1)])
        queue._last_nudge.clear()
        queue.start_drain(Lane.INGEST)
        until(arrived(services, 1))
        stop(child)
    assert not mark.exists()


def test_a_worker_whose_redis_is_away_at_its_start_works_and_registers_later(
    own_redis: Redis, database: str, business: Business, tmp_path: Path
) -> None:
    own_redis.stop()
    with process(IMPATIENT, tmp_path / "log") as child:
        deliver([message(1)])
        until(arrived(database, 1))
        own_redis.start()
        until(registered)
        assert child.poll() is None
        stop(child)


def test_a_worker_survives_redis_going_away_in_the_middle(
    own_redis: Redis, database: str, business: Business, tmp_path: Path
) -> None:
    with process(IMPATIENT, tmp_path / "log") as child:
        until(registered)
        own_redis.stop()
        deliver([message(1)])
        until(arrived(database, 1))
        own_redis.start()
        until(registered)
        stop(child)


def test_a_flushed_redis_costs_nothing_and_the_worker_is_listed_again(
    services: str, business: Business, tmp_path: Path
) -> None:
    with worker("ingest", tmp_path / "log") as child:
        until(registered)
        queue.redis().flushall()
        deliver([message(1)])
        assert until(arrived(services, 1)) < 2
        until(registered)
        stop(child)


def test_a_stopped_worker_finishes_its_batch_and_leaves_the_rest_for_the_next(
    services: str, business: Business, tmp_path: Path
) -> None:
    deliver(message(number) for number in range(300))
    with worker("ingest", tmp_path / "log") as child:
        until(lambda: "handled" in {state for state, _ in events(services)})
        assert stop(child) < 10
    assert {state for state, _ in events(services)} <= {"handled", "new"}
    with worker("ingest", tmp_path / "log") as child:
        until(arrived(services, 300))
        stop(child)


@pytest.mark.faults
def test_a_killed_worker_loses_and_doubles_nothing(
    services: str, business: Business, tmp_path: Path
) -> None:
    deliver(message(number) for number in range(300))
    for _ in range(3):
        with worker("ingest", tmp_path / "log") as child:
            done = [state for state, _ in events(services)].count("handled")
            until(lambda done=done: not arrived(services, done)() or done == 300)
            child.send_signal(signal.SIGKILL)
            child.wait()
    with worker("ingest", tmp_path / "log") as child:
        until(arrived(services, 300), 60)
        stop(child)
    assert one(services, "select unread_count, count(*) over () from conversations") == {
        "unread_count": 300,
        "count": 1,
    }


def test_an_unknown_lane_or_a_missing_setting_is_named(
    services: str, configure: Callable[..., None]
) -> None:
    with pytest.raises(Invalid, match="no lane 'post'; there are campaigns, ingest, conversations"):
        run("post")
    configure(DATABASE_URL=services, REDIS_URL="")
    os.environ.pop("REDIS_URL")
    with pytest.raises(Misconfigured, match="REDIS_URL"):
        run("ingest")
