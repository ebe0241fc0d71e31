"""Campaigns through the lanes that send them, against a Graph API that counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from botpe_app import vault
from botpe_app.bench.graph import FakeGraph
from botpe_app.core.pacing import Pair
from botpe_app.models.base import new_id
from botpe_app.services import accounts, campaign_launching
from botpe_app.services.outbox import Claimed, Timing
from botpe_app.services.outbox_leases import Lease
from jobs import campaigns as feeder
from jobs import drain as lane
from jobs import outbox as sender
from jobs.outbox_number import Number, Outgoing
from tests.acting import within
from tests.campaigning import change, customers, draft, feed, get, launch, template
from tests.conftest import Business
from tests.jobs.lanes import until


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeGraph]:
    """A fake Graph API of this module."""
    with FakeGraph() as graph:
        yield graph


@pytest.fixture
def graph(
    fake: FakeGraph,
    services: str,
    configure: Callable[..., None],
) -> Iterator[FakeGraph]:
    """The fake, forgetful and obedient again, to which this process's settings point."""
    configure(WHATSAPP_GRAPH_URL=fake.url)
    fake.script(latency=0.0, per_second=None, faults=[])
    fake.forget()
    yield fake
    lane._stop_requested.clear()


@contextmanager
def working() -> Iterator[None]:
    """Feeds and sends beside the block, until the block ends."""
    threads = [
        threading.Thread(target=feeder.drain),
        threading.Thread(target=lambda: sender.drain(Timing(request=1, lease=6))),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        lane.stop()
        for thread in threads:
            thread.join(15)
        lane._stop_requested.clear()
    assert not any(thread.is_alive() for thread in threads)


def test_a_campaign_is_fed_sent_and_completed(graph: FakeGraph, business: Business) -> None:
    people = customers(business, 40)
    campaign = draft(business, template(business), people)
    with working():
        launch(business, campaign)
        until(lambda: get(business, campaign).status == "completed")
    assert get(business, campaign).counts.sent == 40
    assert len({post.to for post in graph.posts()}) == len(graph.posts()) == 40


def test_a_rate_of_its_own_is_kept(graph: FakeGraph, business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 45), rate_per_second=15)
    with working():
        launch(business, campaign)
        until(lambda: get(business, campaign).status == "completed")
    posts = graph.posts()
    assert len(posts) == 45
    assert posts[30].at - posts[0].at >= 2  # jitter moves one message, not all that are between


def test_a_campaigns_rate_holds_in_every_second_and_holds_up_nobody_else(
    configure: Callable[..., None],
) -> None:
    organization, account = new_id(), new_id()
    sealed = vault.seal("token", place=accounts.place(organization, account))
    lease = Lease(organization, account, "1", sealed, 200, 1, False)
    number = Number(lease, 0.0, Timing())
    slow, left = uuid4(), list[tuple[float, bool]]()
    for place in range(60):
        number.put(_outgoing(number, slow if place % 2 else None))
    for tick in range(2500):
        now = tick / 1000
        for message in number.take_to_mark(now):
            number.make_ready(message)
        while number.wait(now) == 0:
            message = number.pop()
            number.start(message, now)
            number.finish(message, now)
            left.append((now, message.claimed.campaign_id == slow))
    of_campaign = [at for at, slowly in left if slowly]
    assert 20 <= len(of_campaign) <= 30
    assert all(late - early > 1 for early, late in zip(of_campaign, of_campaign[10:], strict=False))
    assert max(at for at, slowly in left if not slowly) < 0.4


def _outgoing(number: Number, campaign: UUID | None) -> Outgoing:
    ids = number.lease.organization_id, number.lease.account_id, uuid4(), uuid4(), uuid4()
    rate = 10 if campaign else None
    claimed = Claimed(*ids, False, 10, 0, "text", {}, None, "+1", campaign, rate)
    return Outgoing(claimed, number, Pair())


def test_a_pause_stops_it_within_two_seconds_and_it_finishes_later(
    graph: FakeGraph, business: Business
) -> None:
    change("update whatsapp_accounts set messages_per_second = 20")
    campaign = draft(business, template(business), customers(business, 70))
    with working():
        launch(business, campaign)
        until(lambda: len(graph.posts()) >= 10)
        within(business.admin, campaign_launching.pause, campaign)
        paused = time.monotonic()
        time.sleep(1.5)  # what is under way may still arrive
        posts = graph.posts()
        assert posts[-1].at < paused + 1.0
        assert len(posts) < 50
        within(business.admin, campaign_launching.resume, campaign)
        until(lambda: get(business, campaign).status == "completed")
    assert len({post.to for post in graph.posts()}) == len(graph.posts()) == 70


def test_who_opts_out_after_it_was_queued_gets_nothing(
    graph: FakeGraph, business: Business
) -> None:
    people = customers(business, 3)
    campaign = draft(business, template(business), people)
    launch(business, campaign)
    feed()
    change("update contacts set marketing_opted_out_at = now() where id = :id", id=people[0])
    change("update contacts set blocked_at = now() where id = :id", id=people[1])
    with working():
        until(lambda: get(business, campaign).status == "completed")
    counts = get(business, campaign).counts
    assert (counts.sent, counts.skipped, counts.failed) == (1, 2, 0)
    assert len(graph.posts()) == 1


def test_who_opted_out_may_still_be_told_what_is_no_marketing(
    graph: FakeGraph, business: Business
) -> None:
    people = customers(business, 1)
    change("update contacts set marketing_opted_out_at = now(), marketing_opt_in = false")
    campaign = draft(business, template(business, category="UTILITY"), people)
    with working():
        launch(business, campaign)
        until(lambda: get(business, campaign).status == "completed")
    assert get(business, campaign).counts.sent == 1


def test_a_cancelled_campaign_sends_nothing_more(graph: FakeGraph, business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 5))
    launch(business, campaign)
    feed()
    change("update campaigns set status = 'cancelled'")  # as if a sender had claimed meanwhile
    with working():
        until(lambda: get(business, campaign).counts.skipped == 5)
    assert graph.posts() == []
