"""Many customers at once, and the workers that answer them killed: in order, once, none lost.

`BOTPE_TEST_CUSTOMERS=1000 uv run pytest -n 0 tests/faults/test_conversations.py` has as many.
"""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from botpe_app.services import bot_publishing, bots
from botpe_app.services.access import Actor
from tests.acting import within
from tests.faults.harness import Site, until
from tests.services.conversing import NAMES

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
CUSTOMERS = int(os.environ.get("BOTPE_TEST_CUSTOMERS", "200"))
PATIENCE = 60 * max(1, CUSTOMERS // 200)  # seconds
SPOKEN = "messages where sent_by_kind = 'bot'"
SAID = ("hi", "Ana", "Porto")
ANSWERED = ["name", "city", "Ana of Porto"]


def publish(site: Site) -> None:
    """A bot that asks two questions answers on the site's number."""
    admin = Actor(site.organization, None, "ADMIN", "Admin")
    bot = within(admin, bots.create_bot, flow=NAMES, account_id=site.account).id
    within(admin, bot_publishing.publish_bot, bot)
    with site.sql() as connection:
        connection.execute("update whatsapp_accounts set messages_per_second = 1000")


def test_customers_are_answered_in_order_and_once_while_their_workers_are_killed(
    site: Site,
) -> None:
    publish(site)
    site.graph.script(latency=0.01)
    site.web()
    site.scheduler()
    site.worker("ingest")
    sender = site.worker("outbox")
    worker = site.worker("conversations")
    for place, text in enumerate(SAID):
        site.write_all(range(CUSTOMERS), place, text)
        some = place * CUSTOMERS + CUSTOMERS // 4
        until(lambda least=some: site.count(SPOKEN) >= least, PATIENCE)
        site.kill(worker)
        worker = site.worker("conversations")
        if place == 1:
            site.kill(sender)
            site.worker("outbox")
    until(
        lambda: site.count("bot_inputs") == 0 and site.count("bot_sessions") == CUSTOMERS, PATIENCE
    )
    queued = CUSTOMERS * len(SAID)
    until(lambda: site.count(SPOKEN) == queued, PATIENCE)
    states = site.await_finish(PATIENCE)
    assert states.keys() <= {"sent", "uncertain"}
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)
    with site.sql() as connection:
        said = connection.execute(
            "select array_agg(text order by id) from messages where direction = 'outgoing'"
            " group by conversation_id"
        ).fetchall()
    assert said == [(ANSWERED,)] * CUSTOMERS
    heard: dict[str, list[str]] = defaultdict(list)
    for post in site.graph.posts():
        if post.accepted:
            heard[post.to].append(post.body)
    for texts in heard.values():
        assert texts == [text for text in ANSWERED if text in texts]
