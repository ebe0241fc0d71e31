"""Histograms that every process counts into and every web process tells the same."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import psycopg
from sqlmodel import Session, select

from botpe_app.models import MetricBucket

SEND_SECONDS = "botpe_send_seconds"
REPLY_SECONDS = "botpe_reply_seconds"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a histogram measures, and the upper bounds of its buckets in seconds."""

    help: str
    bounds: tuple[float, ...]


_BOUNDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
HISTOGRAMS: Mapping[str, Kind] = {
    SEND_SECONDS: Kind("From queued to accepted by WhatsApp.", _BOUNDS),
    REPLY_SECONDS: Kind(
        "From a customer's message to its first answer being accepted.", (*_BOUNDS, 86_400.0)
    ),
}


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram as Prometheus wants it: each bucket counts all up to its bound."""

    name: str
    help: str
    buckets: tuple[tuple[float, int], ...]  # (bound in seconds, how many), infinity last
    total: float  # seconds

    @property
    def count(self) -> int:
        """How many were counted in all."""
        return self.buckets[-1][1]


_ADD = """
insert into metric_buckets as b (name, le, count, total)
select %s, * from unnest(%b::float8[], %b::bigint[], %b::float8[])
on conflict (name, le) do update set
  count = b.count + excluded.count, total = b.total + excluded.total
"""


def observe(connection: psycopg.Connection[Any], name: str, seconds: Iterable[float]) -> None:
    """Counts durations (in seconds) into a histogram of HISTOGRAMS; one statement."""
    bounds = (*HISTOGRAMS[name].bounds, float("inf"))
    counts: Counter[float] = Counter()
    totals: Counter[float] = Counter()
    for value in seconds:
        bound = bounds[bisect_left(bounds, value)]
        counts[bound] += 1
        totals[bound] += value  # pyright: ignore[reportArgumentType] - counts floats as well
    if counts:
        hit = sorted(counts)  # in one order everywhere, or two processes could deadlock
        values = [name, hit, [counts[b] for b in hit], [float(totals[b]) for b in hit]]
        connection.execute(_ADD, values)


def histograms(session: Session) -> list[Histogram]:
    """Every histogram, also those that nothing was counted into yet."""
    rows = {(row.name, row.le): row for row in session.exec(select(MetricBucket))}
    return [_histogram(name, kind, rows) for name, kind in HISTOGRAMS.items()]


def _histogram(name: str, kind: Kind, rows: Mapping[tuple[str, float], MetricBucket]) -> Histogram:
    bounds = (*kind.bounds, float("inf"))
    found = [rows.get((name, bound)) for bound in bounds]
    counts = accumulate(row.count if row else 0 for row in found)
    total = sum(row.total for row in found if row)
    return Histogram(name, kind.help, tuple(zip(bounds, counts, strict=True)), total)
