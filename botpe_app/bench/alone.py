"""A Postgres and a Redis of a benchmark's own, thrown away after, and the processes it needs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from botpe_app.bench.graph import FakeGraph
from botpe_app.config import environment, settings
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.redis import Redis
from botpe_app.errors import Unavailable
from botpe_app.processes import spawn


def run_alone(module: str) -> dict[str, Any]:
    """What `python -m module` prints last, as JSON, run on an empty database and a fake Graph API.

    In a process of its own, because a process reads its settings once.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(Postgres(folder / "postgres"))
        variables = {
            "DATABASE_URL": postgres.create_database("botpe_bench"),
            "REDIS_URL": stack.enter_context(Redis(folder / "redis")).start(),
            "WHATSAPP_GRAPH_URL": stack.enter_context(FakeGraph()).url,
            "WHATSAPP_APP_SECRET": uuid4().hex,
            "BOTPE_ENCRYPTION_KEYS": uuid4().hex,
            "BOTPE_LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", module],
            env=environment() | variables,
            stdout=subprocess.PIPE,
            check=False,
        )
        postgres.remove()
    if done.returncode:
        raise Unavailable("The benchmark failed; what it said is above.")
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def python(*arguments: str) -> Iterator[None]:
    """A Python process beside the block."""
    process = spawn([sys.executable, *arguments], None, environment())
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def worker(lane: str) -> contextlib.AbstractContextManager[None]:
    """A worker of a lane beside the block."""
    return python("-c", f"from jobs.worker import run; run({lane!r})")


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    """Looks every 20 ms; raises Unavailable if it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Unavailable("The benchmark did not come to its end.")
        time.sleep(0.02)


def all_sent(connection: psycopg.Connection[Any]) -> bool:
    """Whether nothing waits in the outbox any more."""
    unsent = "select true from messages where status in ('queued','claimed','sending') limit 1"
    return connection.execute(unsent).fetchone() is None


def the_graph() -> FakeGraph:
    """The fake Graph API that `run_alone` started."""
    return FakeGraph(settings().graph_url)
