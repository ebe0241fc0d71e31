"""The web server and ingest killed; Redis and Postgres gone for a while."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from botpe_app import queue
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.redis import Redis
from tests.faults.harness import Site, until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
CUSTOMERS, EACH = 20, 6
INCOMING = "messages where direction = 'incoming'"


@contextmanager
def customers_writing(site: Site) -> Iterator[Callable[[], int]]:
    """Customers who write at once, each several times; gives how many webhooks were taken.

    Leaving the block waits until all were.
    """
    taken: list[str] = []

    def write(customer: int) -> None:
        for n in range(EACH):
            wamid = f"wamid.in.{customer}.{n}"
            site.write(f"1555200{customer:04}", wamid, f"Word {n}")
            taken.append(wamid)

    threads = [threading.Thread(target=write, args=[n]) for n in range(CUSTOMERS)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: len(taken)
    finally:
        for thread in threads:
            thread.join(40)
    assert len(taken) == CUSTOMERS * EACH


def assert_all_received(site: Site) -> None:
    """Each message is there once, each customer once, and their words are in order."""
    site.await_events()
    total = CUSTOMERS * EACH
    assert site.count("webhook_events") == total
    assert site.count("webhook_events where state = 'handled'") == total
    assert site.count(INCOMING) == total
    assert site.count("conversations") == site.count("contacts") == CUSTOMERS
    with site.sql() as connection:
        found = connection.execute(
            "select array_agg(text order by id) from messages where direction = 'incoming'"
            " group by conversation_id"
        )
        said = {tuple(row[0]) for row in found}
    assert said == {tuple(f"Word {n}" for n in range(EACH))}


def test_the_web_server_killed_while_it_takes_webhooks(site: Site) -> None:
    server = site.web()
    site.worker("ingest")
    with customers_writing(site) as taken:
        for kills in (1, 2):
            until(lambda wanted=25 * kills: taken() >= wanted)
            site.kill(server)
            server = site.web()
    assert_all_received(site)


def test_the_ingest_killed_again_and_again(site: Site) -> None:
    site.web()
    with customers_writing(site) as taken:
        for kills in (1, 2, 3):
            ingest = site.worker("ingest")
            until(lambda wanted=20 * kills: site.count(INCOMING) >= wanted)
            site.kill(ingest)
    assert taken() == CUSTOMERS * EACH
    site.worker("ingest")
    assert_all_received(site)


def test_redis_emptied_and_then_gone(site: Site, redis: Redis) -> None:
    site.web()
    for lane in ("ingest", "outbox"):
        site.worker(lane)
    site.scheduler()
    queued = site.queue(150)
    with customers_writing(site) as taken:
        queue.redis().flushall()
        until(lambda: taken() >= 10 and len(site.graph.posts()) >= 20)
        redis.stop()
        queued += site.queue_more()
        until(lambda: taken() == CUSTOMERS * EACH, 30)  # answered 200 without Redis
        assert site.await_finish() == {"sent": queued}
    redis.start()
    site.await_events()
    assert site.count(INCOMING) == CUSTOMERS * EACH
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_postgres_restarted_in_the_middle_of_everything(
    site: Site, postgres: Postgres, how: signal.Signals
) -> None:
    site.web()
    for lane in ("ingest", "outbox"):
        site.worker(lane)
    site.scheduler()
    queued = site.queue(250)
    with customers_writing(site) as taken:
        until(lambda: taken() >= 10 and len(site.graph.posts()) >= 40)
        restart(postgres, how)
    # The sender kept the answers it had heard meanwhile, and recorded them after.
    assert site.await_finish() == {"sent": queued}
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)
    site.await_events()
    assert site.count(INCOMING) == CUSTOMERS * EACH


def restart(postgres: Postgres, how: signal.Signals) -> None:
    """Stops the server, cleanly or as a crash would, and starts it again on the same port."""
    assert postgres.process
    pid = postgres.process.pid
    os.kill(pid, how)
    until(lambda: postgres.process is None or postgres.process.poll() is not None)
    assert not Path(f"/proc/{pid}/exe").exists()
    postgres.start()
