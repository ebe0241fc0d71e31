"""How many queued messages one worker sends a second, against aiohttp posting the same bodies.

Sent means claimed, noted, posted, answered and recorded; all durable. Rounds of ours and of the
ceiling alternate, so that both meet the same noise. And: is the rate kept, and reached?
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any
from uuid import UUID

import psycopg

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.alone import all_sent, run_alone, the_graph, until, worker
from botpe_app.bench.graph import FakeGraph, Post, busiest_second
from botpe_app.config import environment
from botpe_app.queue import Lane

_ROUNDS = 3
_UNPACED = 1_000_000  # messages a second: no limit
# Latency of Graph in seconds → messages a round, requests of the ceiling in flight.
_LOADS = {0.0: (20_000, 64), 0.3: (4000, 400)}
_PACED = {80: 10, 1000: 6}  # messages a second → seconds
_WORKER_KNOWS_AFTER = 6  # it reads a number's settings again within five seconds
_AIMS = {"of_aiohttp": 0.65, "rate_kept": 1.0, "rate_reached": 0.97}

Sql = psycopg.Connection[Any]


def run() -> dict[str, Any]:
    """Medians of three rounds, as ratios and as figures; see docs/performance.md."""
    return run_alone(__name__)


def measure() -> dict[str, Any]:
    """The same on the empty database of this process's settings."""
    db.upgrade()
    graph = the_graph()
    with db.connect_as_system(autocommit=True) as sql, worker("outbox"):
        account = _number(sql, max(count for count, _ in _LOADS.values()))
        _send(sql, account)  # everybody is awake and has met each other now
        unpaced = {
            _milliseconds(latency): _against_ceiling(graph, sql, account, latency)
            for latency in _LOADS
        }
        paced = {
            f"{per_second}/s at {_milliseconds(latency)}": _at_rate(
                graph, sql, account, per_second, latency
            )
            for per_second in _PACED
            for latency in _LOADS
        }
    return {
        "ratios": {
            **{f"of_aiohttp_{name}": one["ratio"] for name, one in unpaced.items()},
            "rate_kept": all(one["busiest_second"] <= one["rate"] for one in paced.values()),
            "rate_reached": min(one["reached"] for one in paced.values()),
        },
        "aims": _AIMS,
        "figures": {"unpaced": unpaced, "paced": paced},
        "setup": {"rounds": _ROUNDS, "workers": 1, "cores": os.cpu_count()},
    }


def _against_ceiling(graph: FakeGraph, sql: Sql, account: UUID, latency: float) -> dict[str, float]:
    count, in_flight = _LOADS[latency]
    _set(graph, sql, account, latency, _UNPACED)
    ours, ceiling = [], []
    for _ in range(_ROUNDS):
        ceiling.append(_aiohttp(count, in_flight))
        ours.append(_send(sql, account, count))
        graph.forget()
    ratios = [mine / best for mine, best in zip(ours, ceiling, strict=True)]
    return {
        "sent_per_second": round(statistics.median(ours)),
        "aiohttp_per_second": round(statistics.median(ceiling)),
        "ratio": round(statistics.median(ratios), 2),
    }


def _at_rate(
    graph: FakeGraph, sql: Sql, account: UUID, per_second: int, latency: float
) -> dict[str, float]:
    _set(graph, sql, account, latency, per_second)
    _send(sql, account, per_second * _PACED[per_second])
    posts = graph.posts()
    return {
        "rate": per_second,
        "busiest_second": busiest_second(posts),
        "reached": round(_reached(posts, per_second), 3),
    }


def _reached(posts: list[Post], per_second: int) -> float:
    """The share of the rate that left in the whole seconds while there was something to send."""
    first, last = posts[0].at, posts[-1].at
    seconds = int(last - first)
    return sum(1 for post in posts if post.at < first + seconds) / (seconds * per_second)


def _send(sql: Sql, account: UUID, count: int = 500) -> float:
    """Queues so many messages, each to another customer; how many a second are recorded as sent."""
    sql.execute("delete from messages")
    sql.execute("vacuum messages")
    with sql.transaction():
        rows.queue_messages(sql, account, most=count)
        sql.execute("analyze messages")
        sql.execute("select pg_notify(%s, '')", [Lane.OUTBOX.channel])
        began = time.perf_counter()
    until(lambda: all_sent(sql))
    return count / (time.perf_counter() - began)


def _aiohttp(count: int, in_flight: int) -> float:
    """How many a second aiohttp alone posts, in a process of its own as ours is."""
    command = [sys.executable, "-m", "botpe_app.bench.raw_send", str(count), str(in_flight)]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, check=True)  # noqa: S603 - ourselves
    return float(done.stdout)


def _number(sql: Sql, customers: int) -> UUID:
    organization, account = rows.make_number(sql, per_second=_UNPACED)
    rows.make_customers(sql, organization, account, customers)
    sql.execute("analyze")
    return account


def _set(graph: FakeGraph, sql: Sql, account: UUID, latency: float, per_second: int) -> None:
    """Changes Graph's latency and the number's rate, and waits until the worker knows."""
    graph.script(latency=latency)
    graph.forget()
    change = "update whatsapp_accounts set messages_per_second = %s where id = %s"
    sql.execute(change, [per_second, account])
    time.sleep(_WORKER_KNOWS_AFTER)


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)} ms"


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201 - read by `run_alone`
