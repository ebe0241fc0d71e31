"""A drain: woken at once, ended when quiet, unharmed by a Postgres that goes away."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator

import psycopg
import pytest

from botpe_app import queue
from botpe_app.queue import Lane
from jobs import drain

LANE = Lane.INGEST


class Script:
    """A drain's work that answers with what the test scripted; None when that runs out."""

    def __init__(self, *answers: float | Exception | None) -> None:
        self.answers = list(answers)
        self.calls: list[float] = []
        self.opened = 0
        self.closed = 0
        self.wake: asyncio.Event | None = None

    @contextlib.asynccontextmanager
    async def work(self, wake: asyncio.Event) -> AsyncGenerator[drain.Step]:
        self.opened += 1
        self.wake = wake
        try:
            yield self.step
        finally:
            self.closed += 1

    async def step(self) -> float | None:
        self.calls.append(time.monotonic())
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def ready(services: str) -> Iterator[str]:
    yield services
    drain._stop_requested.clear()
    drain.pulse = None


def notify(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_notify(%s, '')", [LANE.channel])


@contextlib.contextmanager
def running(script: Script, idle_seconds: float) -> Iterator[threading.Thread]:
    thread = threading.Thread(
        target=drain.run,
        args=(LANE, script.work),
        kwargs={"idle_seconds": idle_seconds},
        daemon=True,
    )
    thread.start()
    until(lambda: len(script.calls) >= 2)  # the second call says: now I listen
    yield thread
    drain.stop()
    thread.join(5)
    assert not thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.005)


def test_a_quiet_drain_ends_by_itself_after_the_idle_time(ready: str) -> None:
    script, begun = Script(), time.monotonic()
    drain.run(LANE, script.work, idle_seconds=0.3)
    assert 0.3 <= time.monotonic() - begun < 2
    assert (script.opened, script.closed) == (1, 1)


def test_a_drain_with_more_to_do_is_called_again_at_once_and_stays(ready: str) -> None:
    script = Script(*[0.0] * 50)
    drain.run(LANE, script.work, idle_seconds=0.2)
    assert len(script.calls) >= 51
    assert script.calls[50] - script.calls[0] < 0.5


def test_a_drain_that_waits_for_a_due_time_outlives_the_idle_time(ready: str) -> None:
    script = Script(0.4, 0.4)  # the second call comes when it hears the channel
    drain.run(LANE, script.work, idle_seconds=0.1)
    assert script.calls[2] - script.calls[1] >= 0.39


def test_notify_wakes_a_sleeping_drain_within_milliseconds(ready: str) -> None:
    script = Script()
    with running(script, idle_seconds=10):
        before = len(script.calls)
        asked = time.monotonic()
        notify(ready)
        until(lambda: len(script.calls) > before)
        assert script.calls[-1] - asked < 0.5


def test_a_notify_on_another_lane_leaves_it_asleep(ready: str) -> None:
    script = Script()
    with running(script, idle_seconds=10):
        before = len(script.calls)
        with psycopg.connect(ready, autocommit=True) as connection:
            connection.execute("select pg_notify(%s, '')", [Lane.OUTBOX.channel])
        time.sleep(0.2)
        assert len(script.calls) == before


def test_a_step_that_raises_gets_fresh_connections_and_goes_on(ready: str) -> None:
    script = Script(psycopg.OperationalError("gone"), ValueError("a bug"), None)
    drain.run(LANE, script.work, idle_seconds=0.2)
    assert script.opened == script.closed == 3


def test_a_broken_step_pauses_longer_each_time(ready: str) -> None:
    script = Script(*[psycopg.OperationalError("gone")] * 3, None)
    drain.run(LANE, script.work, idle_seconds=0.2)
    gaps = [b - a for a, b in zip(script.calls, script.calls[1:4], strict=False)]
    tick = 0.002  # uvloop counts whole milliseconds
    assert gaps[0] >= 0.1 - tick
    assert gaps[1] >= 0.2 - tick
    assert gaps[2] >= 0.4 - tick


def test_it_hears_again_after_its_listener_was_cut_off(ready: str) -> None:
    script = Script()
    with running(script, idle_seconds=10):
        before = len(script.calls)
        with psycopg.connect(ready, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'botpe listener' and datname = current_database()"
            )
        until(lambda: len(script.calls) > before)  # called on reconnecting: one may be missed
        again = len(script.calls)
        notify(ready)
        until(lambda: len(script.calls) > again)


def test_stop_ends_it_after_the_step_and_closes_its_work(ready: str) -> None:
    script = Script()
    with running(script, idle_seconds=60) as thread:
        asked = time.monotonic()
        drain.stop()
        thread.join(5)
        assert time.monotonic() - asked < 2
    assert script.closed == 1
    later = Script()
    drain.run(LANE, later.work, idle_seconds=60)
    assert later.opened == 0


def test_stale_nudges_are_cleared_when_it_starts(ready: str) -> None:
    waiting = queue.queue(LANE)
    waiting.enqueue(LANE.job)
    drain.run(LANE, Script().work, idle_seconds=0.05)
    assert waiting.count == 0


def test_it_works_without_redis(database: str, configure: Callable[..., None]) -> None:
    configure(DATABASE_URL=database, REDIS_URL="redis://127.0.0.1:1")
    script = Script(0.0)
    drain.run(LANE, script.work, idle_seconds=0.05)
    assert len(script.calls) >= 2


def test_it_gives_a_sign_of_life_and_bears_one_that_fails(ready: str) -> None:
    beats: list[float] = []

    def beat() -> None:
        beats.append(time.monotonic())
        raise ConnectionError("no Redis")

    drain.pulse = beat
    drain.run(LANE, Script().work, idle_seconds=0.2)
    assert len(beats) == 1
