"""How many signed webhooks become durable a second, against what the machine could do at best.

Everything runs on a Postgres of its own that is thrown away. Rounds of the server, of an
endpoint that stores nothing and of pgbench alternate, so that all meet the same noise.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from botpe_app import db
from botpe_app.bench import load, rows
from botpe_app.bench.pgbench import inserts_a_second
from botpe_app.config import environment, settings
from botpe_app.embedded.files import free_port
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.postgres_place import find_place
from botpe_app.errors import Unavailable
from botpe_app.processes import spawn
from botpe_app.services import ingest
from botpe_app.whatsapp.payloads import dumps, split
from botpe_app.whatsapp.signature import sign

_ROUNDS, _SECONDS, _CONNECTIONS = 3, 3.0, 32
_MOST_A_SECOND = 15_000  # stored; so many requests are prepared, each with a message of its own
_MOST = int(_MOST_A_SECOND * _SECONDS)
_OPEN_RATE, _OPEN_SECONDS = 500.0, 4.0
_PATH = "/webhooks/whatsapp"
_WEBHOOK, _BARE = "botpe_app.web.webhook:webhook", "botpe_app.bench.bare:app"
_PYWA = "botpe_app.bench.pywa_app:app"
_AIMS = {
    "of_pgbench": 0.45,
    "of_pywa": 1.5,
    "of_bare": 0.30,
    "p99_ms": 10.0,
    "drained_per_second": 4000,
}


def run() -> dict[str, Any]:
    """Medians of three rounds, as ratios and as figures; see docs/performance.md."""
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as postgres:
        variables = {
            "DATABASE_URL": postgres.create_database("botpe_bench"),
            "REDIS_URL": "redis://127.0.0.1:1",  # away on purpose: nothing may depend on it
            "WHATSAPP_APP_SECRET": uuid4().hex,
            "BOTPE_ENCRYPTION_KEYS": uuid4().hex,
            "BOTPE_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", __name__, find_place(Path(folder)).program("pgbench")]
        done = subprocess.run(  # noqa: S603 - ourselves
            command, env=environment() | variables, stdout=subprocess.PIPE, check=False
        )
        postgres.remove()
    if done.returncode:
        raise Unavailable("The benchmark failed; what it said is above.")
    return json.loads(done.stdout.splitlines()[-1])


def measure(pgbench: str) -> dict[str, Any]:
    """The same on the empty database of this process's settings."""
    db.upgrade()
    with psycopg.connect(settings().database_url, options=db.SYSTEM_OPTIONS) as connection:
        rows.make_number(connection)
    figures: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(serving(_WEBHOOK)), stack.enter_context(serving(_BARE))]
        if find_spec("pywa_async"):
            ports.append(stack.enter_context(serving(_PYWA, interface="asgi")))
        for number in range(_ROUNDS):
            for name, figure in _round(number, pgbench, *ports).items():
                figures.setdefault(name, []).append(figure)
    return _summary({name: statistics.median(found) for name, found in figures.items()})


def _round(
    number: int, pgbench: str, webhook: int, bare: int, pywa: int | None = None
) -> dict[str, float]:
    payload = dumps(split(_body(f"{number}.pgbench"))[0].payload).decode()
    native = inserts_a_second(
        pgbench, settings().database_url, payload, _CONNECTIONS, int(_SECONDS)
    )
    _forget_events()
    figures = {
        "pgbench_per_second": native,
        "bare_per_second": _flat_out(bare, itertools.cycle(_requests(f"{number}.bare", 5000))),
        "stored_per_second": _flat_out(webhook, _requests(f"{number}.stored", _MOST)),
    }
    if pywa:
        calls = itertools.cycle(_requests(f"{number}.pywa", 20_000))
        figures["pywa_per_second"] = _flat_out(pywa, calls)
    _check_stored(figures["stored_per_second"] * _SECONDS * 0.99)
    for name, port in (("bare", bare), ("webhook", webhook)):
        latencies = _at_rate(port, f"{number}.{name}")
        figures[f"{name}_p50_ms"] = percentile(latencies, 50)
        figures[f"{name}_p99_ms"] = percentile(latencies, 99)
    figures["drained_per_second"] = _drained_a_second()
    return figures


def _summary(figures: dict[str, float]) -> dict[str, Any]:
    ratios = {
        "of_pgbench": figures["stored_per_second"] / figures["pgbench_per_second"],
        "of_bare": figures["stored_per_second"] / figures["bare_per_second"],
        "p99_of_bare": figures["webhook_p99_ms"] / figures["bare_p99_ms"],
    }
    if "pywa_per_second" in figures:
        ratios["of_pywa"] = figures["stored_per_second"] / figures["pywa_per_second"]
    return {
        "ratios": {name: round(ratio, 2) for name, ratio in ratios.items()},
        "aims": _AIMS,
        "figures": {name: round(figure, 2) for name, figure in figures.items()},
        "setup": {
            "rounds": _ROUNDS,
            "connections": _CONNECTIONS,
            "web_workers": 1,
            "ceiling": f"pgbench, prepared, {_CONNECTIONS} clients, one commit a row",
            "open_loop_per_second": _OPEN_RATE,
            "cores": os.cpu_count(),
            "pywa": "on the same server, with a handler that does nothing"
            if "of_pywa" in ratios
            else "not measured: `uv sync --group dev` installs it",
        },
    }


def _flat_out(port: int, requests: Iterator[bytes]) -> float:
    return load.flat_out(port, requests, _CONNECTIONS, _SECONDS)


def _at_rate(port: int, name: str) -> list[float]:
    requests = list(_requests(f"{name}.open", int(_OPEN_RATE * _OPEN_SECONDS)))
    return load.at_rate(port, requests, _CONNECTIONS, _OPEN_RATE)


def _requests(name: str, count: int) -> Iterator[bytes]:
    """So many signed requests, all made before the first is taken: signing costs time as well."""
    made: list[bytes] = []
    for number in range(count):
        body = _body(f"{name}.{number}", number)
        made.append(load.request(_PATH, body, sign(settings().app_secret, body)))
    return iter(made)


def _body(name: str, number: int = 0) -> bytes:
    """A text message as Meta sends it, about 590 bytes, from one of a thousand customers."""
    who = 16505550000 + number % 1000
    return (
        '{"object":"whatsapp_business_account","entry":[{"id":"waba-Bench","changes":[{"value":'
        '{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",'
        '"phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Ana Example"},'
        f'"wa_id":"{who}","user_id":"US.{who}"}}],"messages":[{{"from":"{who}","id":"wamid.HBgLMTY1MDU1NTEyMzQVAg'
        f'ASGBQzQUFBMDAwMDAwMDAwMDAw.{name}","timestamp":"1760000000","type":"text",'
        '"text":{"body":"Hello, is the red one still there? I would come by this afternoon."}}]},'
        '"field":"messages"}]}]}'
    ).encode()


def _forget_events() -> None:
    with psycopg.connect(settings().database_url, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute("truncate webhook_events")


def _check_stored(answered: float) -> None:
    """A 200 that stored nothing would make a fine figure."""
    with psycopg.connect(settings().database_url, options=db.SYSTEM_OPTIONS) as connection:
        found = connection.execute("select count(*) from webhook_events").fetchone()
    stored = int(found[0]) if found else 0
    if stored < answered:
        raise Unavailable(f"{answered:.0f} posts were answered with 200, {stored} are stored.")


def _drained_a_second() -> float:
    """Events a second from stored to handled, everything that waits, by one ingest."""
    handled, began = 0, time.perf_counter()
    with contextlib.closing(ingest.connect()) as connection:
        while taken := ingest.work(connection)[0]:
            handled += taken
    return handled / (time.perf_counter() - began)


def percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@contextlib.contextmanager
def serving(target: str, *, interface: str = "asginl") -> Generator[int]:
    """The port of one Granian process that serves `target`."""
    port = free_port()
    server = spawn(
        [
            sys.executable, "-m", "granian", "--interface", interface, "--workers", "1",
            "--port", str(port), "--no-ws", "--log-level", "error", target,
        ],
        None,
        environment(),
    )  # fmt: skip
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    for _ in itertools.repeat(None, 300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise Unavailable(f"Granian did not open port {port} within 30 seconds.")


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))  # noqa: T201 - read by `run`
