"""The scheduler: looks every few seconds for what is due, in case nobody was told.

One leads at a time, by an advisory lock; a second one waits for its turn. Nothing it does is
harmful when done twice.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

import psycopg
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.registry import StartedJobRegistry
from rq.worker_registration import clean_worker_registry

from botpe_app import db, live
from botpe_app.config import settings
from botpe_app.processes import set_title
from botpe_app.queue import Lane, queue, start_drain, wake
from botpe_app.services import automation_work, bot_starts, outbox_leases, snoozing, upkeep
from botpe_app.services.upkeep import Connection
from jobs import number_checks

log = logging.getLogger(__name__)

_LEAD = 0x626F7470_73776565  # the advisory lock's number: "botpswee"
_ROUND_SECONDS = 2.0
_MOST_PRUNED, _PRUNED_AT_ONCE = 20_000, 1000

_stop = threading.Event()


def run() -> None:
    """Sweeps until SIGTERM or SIGINT. Raises Misconfigured for a missing setting."""
    settings().require("database_url", "redis_url")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask_to_stop)
    set_title("scheduler")
    while not _stop.is_set():
        try:
            with closing(db.connect_as_system(autocommit=True)) as connection:
                _sweep_while_connected(connection)
        except psycopg.OperationalError as error:
            log.warning("sweeps_interrupted", extra={"error": str(error)})
            _stop.wait(_ROUND_SECONDS)


def _ask_to_stop(number: int, frame: object) -> None:
    _stop.set()


def _sweep_while_connected(connection: Connection) -> None:
    sweeper = Sweeper(connection)
    while not _stop.is_set():
        sweeper.round(time.monotonic())
        _stop.wait(_ROUND_SECONDS)


class Sweeper:
    """What one connection sweeps, once it leads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._leads = False
        # Each with the seconds between two times, the most urgent first.
        self._duties: list[tuple[float, Callable[[Connection], None]]] = [
            (0.0, _wake_lanes),
            (2.0, _wake_snoozed),
            (4.0, _reap),
            (5.0, _notice_silences),
            (10.0, upkeep.add_up),
            (20.0, _ring),
            (30.0, _tidy_registries),
            (60.0, _prune),
            (60.0, _check_numbers),
        ]
        self._due = [0.0] * len(self._duties)

    def round(self, now: float) -> None:
        """Does what is due at `now` (seconds of any steady clock); nothing while another leads.

        A duty that fails costs only itself, unless the database is gone.
        """
        self._leads = self._leads or _take_lead(self._connection)
        for index, (every, duty) in enumerate(self._duties if self._leads else ()):
            if now < self._due[index]:
                continue
            self._due[index] = now + every
            try:
                duty(self._connection)
            except Exception as error:
                if self._connection.closed:
                    raise
                told = {"duty": duty.__name__, "error": str(error)}
                bug = None if isinstance(error, RedisError) else error
                log.warning("sweep_failed", extra=told, exc_info=bug)


def _take_lead(connection: Connection) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", (_LEAD,)).fetchone()
    return bool(row and row[0])


def _wake_lanes(connection: Connection) -> None:
    for lane in upkeep.lanes_with_work(connection):
        _wake(connection, lane)


def _wake(connection: Connection, lane: Lane) -> None:
    """Wakes a drain that lives, and starts one where none does."""
    wake(connection, lane)
    try:
        if not queue(lane).count:
            start_drain(lane)
    except RedisError as error:
        log.warning("nudge_failed", extra={"lane": lane.value, "error": str(error)})


def _reap(connection: Connection) -> None:
    """Settles what killed senders had in hand."""
    reaped = outbox_leases.reap(connection)
    if not reaped:
        return
    log.warning("messages_reaped", extra={"messages": len(reaped)})
    _wake(connection, Lane.OUTBOX)
    topics = {
        (row.organization_id, topic): None
        for row in reaped
        for topic in (f"conversation:{row.conversation_id}", "inbox", "dashboard")
    }
    live.announce(list(topics))


def _ring(connection: Connection) -> None:
    """Begins bots whose time of day has come."""
    with db.transaction() as session:
        db.act_as_system(session)
        begun = bot_starts.ring(session)
    if begun:
        _wake(connection, Lane.CONVERSATIONS)


def _wake_snoozed(connection: Connection) -> None:
    if topics := snoozing.wake(connection):
        live.announce(topics)


def _notice_silences(connection: Connection) -> None:
    """Has rules looked at for customers whom nobody answered in time."""
    if automation_work.note_silences():
        _wake(connection, Lane.CONVERSATIONS)


def _tidy_registries(_: Connection) -> None:
    """Forgets killed workers and their nudges; RQ itself would notice after ten minutes."""
    for lane in Lane:
        nudges = queue(lane)
        clean_worker_registry(nudges)
        StartedJobRegistry(queue=nudges).cleanup()  # pyright: ignore[reportUnknownMemberType]
        for job_id in nudges.failed_job_registry.get_job_ids():
            with suppress(NoSuchJobError):
                nudges.failed_job_registry.remove(job_id, delete_job=True)


def _check_numbers(_: Connection) -> None:
    """Asks Meta about a number in a thread of its own: an answer may take long."""
    number_checks.start()


def _prune(connection: Connection) -> None:
    """In small batches, so that no lock is held for long."""
    pruned = 0
    while pruned < _MOST_PRUNED and not _stop.is_set():
        gone = upkeep.prune(connection, _PRUNED_AT_ONCE)
        pruned += gone
        if not gone:
            return
