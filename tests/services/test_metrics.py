"""Histograms counted by many processes."""

from __future__ import annotations

import threading

import pytest
from sqlmodel import Session

from botpe_app import db
from botpe_app.services import metrics
from botpe_app.services.metrics import Histogram


def observe(*seconds: float) -> None:
    with db.connect_as_system(autocommit=True) as connection:
        metrics.observe(connection, metrics.SEND_SECONDS, seconds)


def read(session: Session) -> Histogram:
    return next(h for h in metrics.histograms(session) if h.name == metrics.SEND_SECONDS)


def test_every_histogram_is_there_before_anything_was_counted(session: Session) -> None:
    found = {h.name: h for h in metrics.histograms(session)}
    assert found.keys() == {metrics.SEND_SECONDS, metrics.REPLY_SECONDS}
    assert all(h.count == 0 and h.total == 0 for h in found.values())
    assert all(h.buckets[-1] == (float("inf"), 0) for h in found.values())


def test_a_bucket_counts_all_up_to_its_bound(session: Session) -> None:
    observe(0.001, 0.005, 0.3)
    observe(0.3, 1e9)
    found = read(session)
    counts = dict(found.buckets)
    assert (counts[0.005], counts[0.01], counts[0.5], counts[3600.0]) == (2, 2, 4, 4)
    assert counts[float("inf")] == found.count == 5
    assert found.total == pytest.approx(1e9 + 0.606)


def test_processes_that_count_at_once_lose_nothing_and_do_not_block_each_other(
    session: Session,
) -> None:
    def count(values: list[float]) -> None:
        with db.connect_as_system() as connection:
            for _ in range(50):
                metrics.observe(connection, metrics.SEND_SECONDS, values)
                connection.commit()

    threads = [threading.Thread(target=count, args=[v]) for v in ([0.001, 9.0], [9.0, 0.001])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert read(session).count == 200


def test_nothing_to_count_and_an_unknown_name(session: Session) -> None:
    observe()
    assert read(session).count == 0
    with db.connect_as_system() as connection, pytest.raises(KeyError):
        metrics.observe(connection, "botpe_unknown_seconds", [1.0])
