"""What an orchestrator is told, with each part broken in turn."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from rq import SimpleWorker

from botpe_app import db, queue
from botpe_app.queue import Lane
from botpe_app.web import health
from tests.web.conftest import Browser


@pytest.fixture
def workers(services: str) -> dict[Lane, SimpleWorker]:
    """A registered worker on every lane."""
    found = {lane: SimpleWorker([queue.queue(lane)], connection=queue.redis()) for lane in Lane}
    for worker in found.values():
        worker.register_birth()
    return found


def test_healthz_needs_nothing_but_the_process(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql://botpe@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1")
    response = anonymous("GET", "/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.usefixtures("workers")
def test_readyz_is_200_when_every_part_works(anonymous: Browser) -> None:
    response = anonymous("GET", "/readyz")
    assert response.status_code == 200, response.text
    parts = {"database": "ok", "migrations": "ok", "redis": "ok", "workers": "ok"}
    assert response.json() == {"status": "ready", "failing": [], "parts": parts}


def test_readyz_names_the_lane_that_nobody_works_on(
    anonymous: Browser, workers: dict[Lane, SimpleWorker]
) -> None:
    workers[Lane.OUTBOX].register_death()
    response = anonymous("GET", "/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["workers"]
    assert "outbox" in response.json()["parts"]["workers"]
    assert "ingest" not in response.json()["parts"]["workers"]


def test_readyz_misses_a_worker_that_was_killed_and_could_not_say_so(
    anonymous: Browser, workers: dict[Lane, SimpleWorker]
) -> None:
    queue.redis().delete(workers[Lane.INGEST].key)
    assert anonymous("GET", "/readyz").json()["failing"] == ["workers"]


@pytest.mark.usefixtures("workers")
def test_readyz_names_redis_when_it_is_away_and_the_database_still_works(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    response = anonymous("GET", "/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["redis", "workers"]
    assert response.json()["parts"]["database"] == "ok"


@pytest.mark.usefixtures("workers")
def test_readyz_names_a_database_that_is_away(
    anonymous: Browser, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql://botpe@127.0.0.1:1/none")
    response = anonymous("GET", "/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["database", "migrations"]
    assert "127.0.0.1" not in response.text


@pytest.mark.usefixtures("workers")
def test_readyz_names_migrations_that_are_missing(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "pending_migrations", lambda: ["0002"])
    response = anonymous("GET", "/readyz")
    assert response.status_code == 503
    assert "botpe db upgrade" in response.json()["parts"]["migrations"]


@pytest.mark.usefixtures("workers")
def test_readyz_does_not_wait_for_a_part_that_hangs(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setitem(health._CHECKS, "redis", lambda: time.sleep(0.5))
    assert anonymous("GET", "/readyz").json()["parts"]["redis"] == "no answer within 0.1 s"
