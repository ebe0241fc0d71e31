"""The outbox lane against a Graph API that counts, refuses, hangs up and keeps silent."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from botpe_app import db, live, queue
from botpe_app.bench import rows
from botpe_app.bench.graph import FakeGraph, busiest_second
from botpe_app.embedded.files import free_port
from botpe_app.services import ledger, metrics, outbox
from botpe_app.services.outbox import Timing
from jobs import drain as lane
from jobs import outbox as job
from tests.conftest import Business

TIMING = Timing(request=1, lease=6)
Sql = psycopg.Connection[Any]


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
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FakeGraph]:
    """The fake, forgetful and obedient again, to which this process's settings point."""
    configure(WHATSAPP_GRAPH_URL=fake.url)
    monkeypatch.setattr(job, "_IDLE_SECONDS", 0.1)
    fake.script(latency=0.0, per_second=None, faults=[])
    fake.forget()
    yield fake
    lane._stop_requested.clear()


@pytest.fixture
def sql(graph: FakeGraph, business: Business) -> Iterator[Sql]:
    """An autocommit system connection to a database with one number of three customers."""
    with db.connect_as_system(autocommit=True) as connection:
        rows.make_customers(connection, business.organization_id, business.account_id, 3)
        yield connection


def drain() -> None:
    """Sends what is due, and returns when nothing is left to do."""
    job.drain(TIMING, idle_seconds=0.2)


@contextmanager
def draining() -> Iterator[None]:
    """Drains beside the block, until the block ends."""
    thread = threading.Thread(target=drain)
    thread.start()
    try:
        yield
    finally:
        lane.stop()
        thread.join(15)
        lane._stop_requested.clear()
    assert not thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)


def drain_until(finished: Callable[[], object], seconds: float = 15) -> None:
    """Drains again and again, as nudges and sweeps do, until `finished`."""
    deadline = time.monotonic() + seconds
    while not finished():
        assert time.monotonic() < deadline, "did not happen in time"
        drain()


def statuses(sql: Sql) -> dict[str, int]:
    return dict(sql.execute("select status, count(*) from messages group by 1").fetchall())


def one(sql: Sql, columns: str) -> Any:
    found = sql.execute(f"select {columns} from messages order by id limit 1").fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]  # noqa: S608
    assert found
    return found if len(found) > 1 else found[0]


def posts_of_each(graph: FakeGraph) -> Counter[tuple[str, str]]:
    """How often each message was posted: (recipient, text) names it here."""
    return Counter((post.to, post.body) for post in graph.posts())


def test_every_message_is_posted_once_with_the_numbers_token_and_its_id_recorded(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    rows.queue_messages(sql, business.account_id, 5)
    drain()
    posts = graph.posts()
    assert set(posts_of_each(graph).values()) == {1}
    assert len(posts) == 15
    assert {post.token for post in posts} == {business.token}
    assert {post.phone_number_id for post in posts} == {business.phone_number_id}
    assert statuses(sql) == {"sent": 15}
    recorded = sql.execute("select attempt_id::text, wa_message_id from messages").fetchall()
    assert set(recorded) == {(post.attempt, post.wamid) for post in posts}
    assert ledger.sums(sql)["balanced"]


def test_messages_of_one_conversation_leave_in_order_one_at_a_time(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    graph.script(latency=0.03)
    rows.queue_messages(sql, business.account_id, 6)
    drain()
    for phone in {post.to for post in graph.posts()}:
        mine = [post for post in graph.posts() if post.to == phone]
        assert [post.body for post in mine] == [f"Message {n}" for n in range(1, 7)]
        gaps = [later.at - post.at for post, later in pairwise(mine)]
        assert min(gaps) >= 0.03


def test_sends_are_timed_and_open_pages_told(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    with queue.redis().pubsub() as listener:
        listener.subscribe(live.CHANNEL)
        listener.get_message(timeout=1)
        drain()
        told = []
        while message := listener.get_message(timeout=0.2):
            told.append(json.loads(message["data"]))
    topics = {topic for item in told for topic in item["topics"]}
    conversation = one(sql, "conversation_id")
    assert {"inbox", f"conversation:{conversation}"} <= topics
    assert {item["organization_id"] for item in told} == {str(business.organization_id)}
    with db.transaction() as session:
        db.act_as_system(session)
        counted = {h.name: h.count for h in metrics.histograms(session)}
    assert counted == {metrics.SEND_SECONDS: 3, metrics.REPLY_SECONDS: 0}


def test_the_rate_of_a_number_is_never_exceeded(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    sql.execute("update whatsapp_accounts set messages_per_second = 20")
    rows.make_customers(sql, business.organization_id, business.account_id, 47, first=10)
    rows.queue_messages(sql, business.account_id)
    drain()
    assert len(graph.posts()) == 50
    assert busiest_second(graph.posts()) <= 20


def test_a_refusal_fails_the_message_in_words_and_lets_the_next_one_go(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    fault = {"kind": "error", "code": 131009, "details": "Title is too long", "times": 1}
    graph.script(faults=[{**fault, "to": "+15551000001"}])
    rows.queue_messages(sql, business.account_id, 2)
    drain()
    assert statuses(sql) == {"failed": 1, "sent": 5}
    failed = sql.execute(
        "select error_code, error_title <> '', error_details, attempts, failed_at is not null"
        " from messages where status = 'failed'"
    ).fetchone()
    assert failed == (131009, True, "Title is too long", 1, True)
    assert set(posts_of_each(graph).values()) == {1}


def test_a_temporary_error_is_tried_again_and_counted(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    temporary = {"kind": "error", "code": 131000, "status": 500, "times": 1}
    graph.script(faults=[{**temporary, "to": "+15551000001"}])
    rows.queue_messages(sql, business.account_id, 2)
    drain_until(lambda: statuses(sql) == {"sent": 6})
    assert sorted(row[0] for row in sql.execute("select attempts from messages")) == [0] * 5 + [1]
    mine = [post for post in graph.posts() if post.to == "+15551000001"]
    # The later message waited behind the one that was tried again.
    assert [post.body for post in mine] == ["Message 1", "Message 1", "Message 2"]
    assert len({post.attempt for post in mine}) == 3


def test_an_error_that_does_not_pass_fails_after_its_tries(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    graph.script(faults=[{"kind": "error", "code": 1, "to": "+15551000001"}])
    rows.queue_messages(sql, business.account_id)
    drain_until(lambda: statuses(sql) == {"sent": 2, "failed": 1})
    assert one(sql, "(select attempts from messages where status = 'failed')") == 3


def test_rate_errors_slow_the_number_down_and_use_up_no_tries(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    graph.script(per_second=10)  # the number believes in 80
    rows.make_customers(sql, business.organization_id, business.account_id, 27, first=10)
    rows.queue_messages(sql, business.account_id)
    drain_until(lambda: statuses(sql) == {"sent": 30})
    refused = [post for post in graph.posts() if not post.accepted]
    assert 0 < len(refused) < 60
    assert {row[0] for row in sql.execute("select attempts from messages")} == {0}


def test_the_pair_limit_slows_down_that_person_only(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    graph.script(faults=[{"kind": "error", "code": 131056, "times": 1, "to": "+15551000001"}])
    rows.queue_messages(sql, business.account_id, 2)
    drain_until(lambda: statuses(sql) == {"sent": 6})
    first, second, _ = [post.at for post in graph.posts() if post.to == "+15551000001"]
    assert 1 <= second - first < 5
    assert {row[0] for row in sql.execute("select attempts from messages")} == {0}


def test_one_person_gets_45_messages_at_once_and_the_next_one_later(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    sql.execute("update whatsapp_accounts set messages_per_second = 1000")
    sql.execute("delete from conversations where id <> (select id from conversations limit 1)")
    rows.queue_messages(sql, business.account_id, 46)
    drain()
    drain()
    times = [post.at for post in graph.posts()]
    assert len(times) >= 45
    waits = "select count(*) from messages where next_try_at > now()"
    assert sql.execute(waits).fetchone() == (1,) or times[45] - times[0] >= 6


@pytest.mark.parametrize("code", [190, 0, 131042])
def test_trouble_with_the_number_pauses_it_and_its_messages_wait(
    graph: FakeGraph, sql: Sql, business: Business, code: int
) -> None:
    graph.script(faults=[{"kind": "error", "code": code, "status": 401}])
    rows.queue_messages(sql, business.account_id, 2)
    drain()
    assert statuses(sql) == {"queued": 6}
    account = sql.execute("select status, paused_reason from whatsapp_accounts").fetchone()
    assert account
    assert account[0] == "paused"
    assert len(account[1]) > 20
    refused = len(graph.posts())
    drain()
    assert len(graph.posts()) == refused  # it is left alone
    graph.script(faults=[])
    sql.execute("update whatsapp_accounts set status = 'connected', paused_reason = null")
    drain_until(lambda: statuses(sql) == {"sent": 6})


def test_a_token_that_cannot_be_opened_pauses_the_number(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute("update whatsapp_accounts set token_sealed = 'v1:gone:AAAA'")
    drain()
    assert statuses(sql) == {"queued": 3}
    assert sql.execute("select status from whatsapp_accounts").fetchone() == ("paused",)
    assert graph.posts() == []


@pytest.mark.parametrize("kind", ["reset", "lost", "html", "silent"])
def test_a_send_without_an_answer_is_uncertain_and_never_sent_again(
    graph: FakeGraph, sql: Sql, business: Business, kind: str
) -> None:
    graph.script(faults=[{"kind": kind, "to": "+15551000001", "times": 1}])
    rows.queue_messages(sql, business.account_id, 2)
    drain()
    drain()
    assert statuses(sql) == {"uncertain": 1, "sent": 5}
    assert set(posts_of_each(graph).values()) == {1}
    found = sql.execute(
        "select attempt_id::text, error_details <> '' from messages where status = 'uncertain'"
    ).fetchone()
    lost = next(post for post in graph.posts() if post.outcome == kind)
    assert found == (lost.attempt, True)  # what its status webhook will name


def test_while_whatsapp_cannot_be_reached_messages_wait_and_use_up_no_tries(
    graph: FakeGraph, sql: Sql, business: Business, configure: Callable[..., None]
) -> None:
    rows.queue_messages(sql, business.account_id)
    configure(WHATSAPP_GRAPH_URL=f"http://127.0.0.1:{free_port()}")
    with draining():
        until(lambda: one(sql, "error_title") == "WhatsApp cannot be reached")
    assert statuses(sql) == {"queued": 3}
    assert {row[0] for row in sql.execute("select attempts from messages")} == {0}
    configure(WHATSAPP_GRAPH_URL=graph.url)
    drain_until(lambda: statuses(sql) == {"sent": 3})
    assert {row[0] for row in sql.execute("select error_title from messages")} == {None}


def test_a_message_that_cannot_be_written_for_whatsapp_fails_alone(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute(
        "update messages set type = 'contacts', content = '{}'"
        " where id = (select id from messages order by id limit 1)"
    )
    drain()
    assert statuses(sql) == {"failed": 1, "sent": 2}
    assert one(sql, "(select error_code from messages where status = 'failed')") == outbox.UNUSABLE


def test_two_drains_at_once_send_everything_once(
    graph: FakeGraph, sql: Sql, make_business: Callable[..., Business]
) -> None:
    numbers = [make_business(f"Shop{n}", phone_number_id=str(n)) for n in range(6)]
    for number in numbers:
        rows.make_customers(sql, number.organization_id, number.account_id, 10)
        rows.queue_messages(sql, number.account_id, 2)
    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    drain_until(lambda: statuses(sql) == {"sent": 120})
    attempts = Counter(post.attempt for post in graph.posts())
    assert len(attempts) == sum(attempts.values()) == 120
    assert {post.token for post in graph.posts()} == {number.token for number in numbers}


def test_asked_to_stop_it_waits_for_answers_and_leaves_nothing_in_doubt(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    graph.script(latency=0.3)
    rows.make_customers(sql, business.organization_id, business.account_id, 197, first=10)
    rows.queue_messages(sql, business.account_id)
    with draining():
        until(lambda: len(graph.posts()) >= 20)
    found = statuses(sql)
    assert found.keys() == {"sent", "queued"}
    assert found["sent"] == len(graph.posts())
    assert sql.execute("select lease_holder from whatsapp_accounts").fetchone() == (None,)


def test_a_campaign_does_not_hold_up_replies(
    graph: FakeGraph, sql: Sql, business: Business
) -> None:
    sql.execute("update whatsapp_accounts set messages_per_second = 20")
    rows.make_customers(sql, business.organization_id, business.account_id, 97, first=10)
    rows.queue_messages(sql, business.account_id, priority=10)
    with draining():
        until(lambda: len(graph.posts()) >= 5)
        sql.execute(
            'update messages set priority = 0, content = \'{"body": "Reply"}\''
            " where id = (select id from messages where status = 'queued' order by id desc limit 1)"
        )
        sql.execute("select pg_notify('botpe_outbox', '')")
        until(lambda: any(post.body == "Reply" for post in graph.posts()), seconds=1)
        assert statuses(sql)["queued"] > 20
