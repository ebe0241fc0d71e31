"""Real processes around a throwaway database, a counting Graph API, and what must hold after."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.graph import FakeGraph, Post
from botpe_app.config import environment
from botpe_app.embedded.files import free_port
from botpe_app.services import ledger
from botpe_app.whatsapp.signature import sign
from tests.conftest import APP_SECRET

ROOT = Path(__file__).resolve().parent.parent.parent
NUMBER = "106540352242922"
REQUEST_SECONDS, LEASE_SECONDS = 2.0, 6.0
# The leases of a real installation would have each test wait half a minute.
_QUICK = f"""
from functools import partial
from botpe_app.services import outbox_leases
from jobs import outbox
quick = partial(outbox.Timing, request={REQUEST_SECONDS}, lease={LEASE_SECONDS})
outbox.Timing = outbox_leases.Timing = quick
"""


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Waits for it; a database that is away counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(psycopg.OperationalError, httpx.TransportError):
            if condition():
                return
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


class Site:
    """An installation under test: one number, its processes, and who counts what it sends."""

    def __init__(self, graph: FakeGraph, logs: Path) -> None:
        self.graph = graph
        self.port = free_port()
        self._logs = logs
        self._processes: list[subprocess.Popen[bytes]] = []
        self._http = httpx.Client(timeout=5)
        with self.sql() as connection:
            organization, self.account = rows.make_number(
                connection, phone_number_id=NUMBER, per_second=200
            )
            self.organization = organization

    # Processes.

    def worker(self, lane: str) -> subprocess.Popen[bytes]:
        """A worker of this lane."""
        return self._start(f"{_QUICK}from jobs.worker import run; run({lane!r})")

    def scheduler(self) -> subprocess.Popen[bytes]:
        """The sweeps."""
        return self._start(f"{_QUICK}from jobs.sweeps import run; run()")

    def web(self) -> subprocess.Popen[bytes]:
        """The front door without pages, listening."""
        server = ["granian", "--interface", "asgi", "--port", str(self.port), "--factory"]
        process = self._run(["-m", *server, "tests.web.served:app"])
        until(lambda: self._http.get(f"{self._address}/healthz").status_code == 200, 30)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, its children too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._processes.remove(process)

    def close(self) -> None:
        """Ends every process."""
        for process in list(self._processes):
            self.kill(process)
        self._http.close()

    # Work.

    def sql(self) -> psycopg.Connection[Any]:
        """A new autocommit connection of the system."""
        return db.connect_as_system(autocommit=True)

    def queue(self, customers: int, each: int = 1) -> int:
        """Queues messages to new customers; how many."""
        with self.sql() as connection:
            rows.make_customers(connection, self.organization, self.account, customers)
            return rows.queue_messages(connection, self.account, each)

    def queue_more(self) -> int:
        """Queues one message more to every customer; how many."""
        with self.sql() as connection:
            return rows.queue_messages(connection, self.account, text="More")

    def deliver(self, body: bytes) -> None:
        """Posts a signed webhook as Meta does: again and again until it is answered with 200."""
        headers = {"X-Hub-Signature-256": sign(APP_SECRET, body)}

        def taken() -> bool:
            answer = self._http.post(
                f"{self._address}/webhooks/whatsapp", content=body, headers=headers
            )
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200

        until(taken, 30)

    def write(self, sender: str, wamid: str, text: str = "Hello") -> None:
        """A customer writes."""
        message = {"from": sender, "id": wamid, "timestamp": str(int(time.time()))}
        self.deliver(_webhook(messages=[{**message, "type": "text", "text": {"body": text}}]))

    def write_all(self, customers: Iterable[int], number: int, text: str) -> None:
        """Customers write at once: all in one webhook."""
        messages = [
            {
                "from": f"1555300{one:04}",
                "id": f"wamid.all.{one}.{number}",
                "timestamp": str(int(time.time())),
                "type": "text",
                "text": {"body": text},
            }
            for one in customers
        ]
        self.deliver(_webhook(messages=messages))

    def replay_statuses(self) -> None:
        """WhatsApp says `sent` of all that it accepted."""
        statuses = [
            {
                "id": post.wamid,
                "status": "sent",
                "timestamp": str(int(time.time())),
                "recipient_id": post.to.lstrip("+"),
                "biz_opaque_callback_data": post.attempt,
            }
            for post in self.graph.posts()
            if post.accepted
        ]
        for first in range(0, len(statuses), 100):
            self.deliver(_webhook(statuses=statuses[first : first + 100]))

    # What is known.

    def sums(self) -> dict[str, Any]:
        """The send ledger."""
        with self.sql() as connection:
            return ledger.sums(connection)

    def states(self) -> dict[str, int]:
        """How many messages are in each state that has any."""
        return {state: count for state, count in self.sums()["states"].items() if count}

    def await_finish(self, seconds: float = 20) -> dict[str, int]:
        """Waits until every message is in a final state, and tells how many are in each."""
        until(lambda: (sums := self.sums())["finished"] == sums["total"], seconds)
        return self.states()

    def await_events(self, seconds: float = 20) -> None:
        """Waits until every webhook that was taken is handled."""
        until(lambda: self.count("webhook_events where state = 'new'") == 0, seconds)

    def count(self, what: str) -> int:
        """How many rows there are of `what`."""
        with self.sql() as connection:
            row = connection.execute(f"select count(*) from {what}").fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]  # noqa: S608
        assert row
        return int(row[0])

    # What must hold.

    def assert_nothing_sent_twice(self) -> None:
        """No message reached WhatsApp twice, and none was tried again that may have."""
        tried = Counter((post.to, post.body) for post in self.graph.posts() if _may_have(post))
        assert {key for key, times in tried.items() if times > 1} == set()

    def assert_nothing_lost(self, queued: int) -> None:
        """Every message is there in one final state, and what WhatsApp has, we know of.

        What it accepted is sent or, where its answer was lost, shown as uncertain.
        """
        sums = self.sums()
        assert sums["balanced"]
        assert sums["total"] == sums["finished"] == queued
        status = self.status_of_attempts()
        accepted = [post for post in self.graph.posts() if post.accepted]
        assert {status[UUID(post.attempt)] for post in accepted} <= {"sent", "uncertain"}
        sent = sum(1 for known in status.values() if known == "sent")
        unsure = sum(1 for post in accepted if status[UUID(post.attempt)] == "uncertain")
        assert len(accepted) == sent + unsure

    def settle(self) -> None:
        """Replays all statuses; what WhatsApp has is sent then, uncertain is what never arrived."""
        self.replay_statuses()
        self.await_events()
        status = self.status_of_attempts()
        posts = self.graph.posts()
        assert {status[UUID(post.attempt)] for post in posts if post.accepted} <= {"sent"}
        arrived = {UUID(post.attempt) for post in posts if post.accepted}
        assert not {key for key, known in status.items() if known == "uncertain"} & arrived

    def status_of_attempts(self) -> dict[UUID, str]:
        """The state of every message that was ever claimed, by its last attempt."""
        with self.sql() as connection:
            found = "select attempt_id, status from messages where attempt_id is not null"
            return dict(connection.execute(found).fetchall())

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self, code: str) -> subprocess.Popen[bytes]:
        return self._run(["-c", code])

    def _run(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        with (self._logs / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def _may_have(post: Post) -> bool:
    """Whether the sender could not rule out that the message was taken."""
    return post.outcome != "error"


def _webhook(**parts: Iterable[Any]) -> bytes:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
    change = {"field": "messages", "value": value}
    entry = {"id": "waba-Bench", "changes": [change]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
