"""The conversations lane: a customer is answered without anybody asking for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from botpe_app import queue
from botpe_app.queue import Lane
from botpe_app.services import ingest
from jobs import conversations
from jobs import drain as drains
from tests.conftest import Business, count
from tests.jobs.lanes import until
from tests.services.conversing import NAMES, publish, transcript
from tests.services.ingesting import deliver, message, receive


@pytest.fixture(autouse=True)
def one_life() -> Iterator[None]:
    yield
    drains._stop_requested.clear()


def test_a_living_drain_answers_as_soon_as_a_message_is_ingested(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    receive(services, message(1))
    thread = threading.Thread(
        target=drains.run, args=(Lane.CONVERSATIONS, conversations.open_work), daemon=True
    )
    thread.start()
    until(lambda: len(transcript(services)) == 2)
    deliver([message(2)])
    with ingest.connect() as connection:
        ingest.work(connection)
    assert until(lambda: len(transcript(services)) == 4) < 2
    drains.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert queue.queue(Lane.OUTBOX).count >= 1


def test_a_drain_with_nothing_to_answer_ends(services: str, business: Business) -> None:
    receive(services, message(1))
    drains.run(Lane.CONVERSATIONS, conversations.open_work, idle_seconds=0.05)
    assert count(services, "messages") == 1
