"""A Postgres whose commits count, and a site on an empty copy of our database in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from botpe_app import db
from botpe_app.bench.graph import FakeGraph
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.redis import Redis
from tests.faults.harness import Site

_number = count()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A Postgres that tests may stop and start; what it committed survives its crash."""
    server = Postgres(tmp_path_factory.mktemp("faults"), {"fsync": "off"})
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis that tests may stop and start."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(
    postgres: Postgres,
    redis: Redis,
    configure: Callable[..., None],
    tmp_path: Path,
) -> Iterator[Site]:
    """An installation with one number and nothing running yet."""
    url = postgres.create_database(f"site_{next(_number)}")
    with FakeGraph(latency=0.1) as graph:
        configure(DATABASE_URL=url, REDIS_URL=redis.start(), WHATSAPP_GRAPH_URL=graph.url)
        db.upgrade()
        made = Site(graph, tmp_path)
        yield made
        made.close()
