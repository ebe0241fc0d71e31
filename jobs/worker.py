"""A lane's worker process: one queue, no forks, one drain after another.

A nudge in Redis starts the lane's drain; nothing in it is obeyed beyond that. While Redis is
away the drain runs on its own and listens to Postgres, where the work is anyway.
"""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import Callable, Generator
from importlib import import_module

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

from botpe_app.config import settings
from botpe_app.errors import Invalid
from botpe_app.processes import set_title
from botpe_app.queue import Lane, queue, redis
from jobs import drain as drains

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1  # how long a stop may wait for an idle worker
_LOOKS_A_BEAT = 10
_LIVES_SECONDS = 30  # without a sign of life


def run(lane: str) -> None:
    """Works on a lane until SIGTERM or SIGINT; then finishes what it is in the middle of.

    Raises Invalid for a lane that does not exist, Misconfigured for a missing setting.
    """
    known = _lane(lane)
    settings().require("database_url", "redis_url")
    drain = _drain_of(known)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    set_title(f"worker {known.value}")
    while not drains.stopping():
        try:
            _follow_nudges(known, drain)
        except RedisError as error:
            log.warning("redis_lost", extra={"lane": known.value, "error": str(error)})
            drain()  # Postgres knows the work, and wakes it


def _stop(number: int, frame: object) -> None:
    drains.stop()


def _lane(name: str) -> Lane:
    try:
        return Lane(name)
    except ValueError:
        known = ", ".join(Lane)
        raise Invalid(f"There is no lane {name!r}; there are {known}.", field="queues") from None


def _drain_of(lane: Lane) -> Callable[[], None]:
    module, _, function = lane.job.rpartition(".")
    return getattr(import_module(module), function)


def _follow_nudges(lane: Lane, drain: Callable[[], None]) -> None:
    """Drains whenever nudged, until stopped. Raises RedisError when Redis goes away."""
    with _registered(lane) as worker:
        drain()  # there may be work whose nudge was lost
        looks = 0
        while not drains.stopping():
            if looks % _LOOKS_A_BEAT == 0:
                worker.show_life()
            looks += 1
            worker.take_nudge(lane)


@contextlib.contextmanager
def _registered(lane: Lane) -> Generator[_Worker]:
    """A worker that RQ's own tools list as long as the block lasts, also during a drain."""
    worker = _Worker([queue(lane)], connection=redis(), serializer=JSONSerializer)
    worker.register_birth()
    drains.pulse = worker.show_life
    try:
        yield worker
    finally:
        drains.pulse = None
        with contextlib.suppress(RedisError):
            worker.register_death()


class _NoAlarm(BaseDeathPenalty):
    """Waiting for a job is bounded by Redis; a signal would only disturb the drain."""

    def setup_death_penalty(self) -> None:
        pass

    def cancel_death_penalty(self) -> None:
        pass


class _Worker(SimpleWorker):
    death_penalty_class = _NoAlarm
    _nudge: Job | None = None  # the one that is being answered

    def procline(self, message: str) -> None:
        """Keeps our own name in the list of processes."""

    def show_life(self) -> None:
        """Says that it lives, and its nudge too; registers again if somebody emptied Redis."""
        if not self.connection.exists(self.key):
            self.register_birth()
        nudge = self._nudge
        if nudge is not None:
            for execution in list(self.executions.values()):
                self.maintain_heartbeats(nudge, execution)
        self.heartbeat(_LIVES_SECONDS)

    def take_nudge(self, lane: Lane) -> None:
        """Waits a moment for a nudge, and if there is one, drains the lane."""
        try:
            taken = Queue.dequeue_any(
                self.queues,
                _LOOK_SECONDS,
                connection=self.connection,
                serializer=self.serializer,
                death_penalty_class=self.death_penalty_class,
            )
        except DequeueTimeout:
            return
        if taken is None:
            return
        job, nudges = taken
        if job.func_name == lane.job:
            self._nudge = job
            self.execute_job(job, nudges)
            self._nudge = None
        else:
            # Whoever can write to Redis must not be able to name what runs here.
            log.error("nudge_not_ours", extra={"lane": lane.value, "job_id": job.id})
            self.connection.lrem(nudges.intermediate_queue_key, 1, job.id)
            job.delete()
