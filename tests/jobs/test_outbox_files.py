"""Messages with files of ours: each file goes up once a number, then they leave with Graph's id."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.services import ledger, media
from botpe_app.services.outbox import Timing
from botpe_app.storage import storage
from jobs import drain as lane
from jobs import outbox as job
from jobs import outbox_files
from tests import samples
from tests.conftest import Business, count
from tests.jobs.graph_files import GraphOfFiles, graph_of_files
from tests.jobs.lanes import until
from tests.services.test_media import header, uploaded

TIMING = Timing(request=1, lease=6)
Sql = psycopg.Connection[Any]


@pytest.fixture
def graph(
    services: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[GraphOfFiles]:
    """The Graph API to which this process's settings point."""
    monkeypatch.setattr(job, "_IDLE_SECONDS", 0.1)
    with graph_of_files() as server:
        configure(WHATSAPP_GRAPH_URL=server.url)
        yield server
    lane._stop_requested.clear()


@pytest.fixture
def sql(graph: GraphOfFiles, business: Business) -> Iterator[Sql]:
    """An autocommit system connection to a database with one number of three customers."""
    with db.connect_as_system(autocommit=True) as connection:
        rows.make_customers(connection, business.organization_id, business.account_id, 3)
        yield connection


def stored(business: Business, content: bytes = b"", name: str = "beach.jpg") -> UUID:
    """A file that an agent has uploaded."""
    content = content or samples.picture()
    media_id = uploaded(business.agent, content, name)
    storage().put(media.key_of(business.organization_id, media_id), io.BytesIO(content))
    return media_id


def carry(sql: Sql, kind: str, content: dict[str, Any], of: str = "%") -> None:
    """Makes the queued messages, or only those of these words, carry this."""
    sql.execute(
        "update messages set type = %s, content = %s where status = 'queued' and text like %s",
        [kind, json.dumps(content), of],
    )


def drain() -> None:
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


def statuses(sql: Sql) -> dict[str, int]:
    return dict(sql.execute("select status, count(*) from messages group by 1").fetchall())


def test_a_file_goes_up_once_for_all_messages_of_a_number(
    graph: GraphOfFiles, sql: Sql, business: Business, services: str
) -> None:
    photo = stored(business)
    rows.queue_messages(sql, business.account_id, 2)
    carry(sql, "image", {"id": str(photo), "caption": "Look"})
    drain()
    assert statuses(sql) == {"sent": 6}
    ((number, body),) = graph.uploads
    assert number == business.phone_number_id
    assert samples.picture() in body
    assert b'filename="beach.jpg"' in body
    assert b"image/jpeg" in body
    assert [sent["image"] for sent in graph.messages] == [{"id": "70001", "caption": "Look"}] * 6
    kept = sql.execute("select distinct content->>'id' from messages").fetchall()
    assert kept == [(str(photo),)]
    assert count(services, "media_uploads") == 1
    assert ledger.sums(sql)["balanced"]


def test_a_later_drain_uses_what_is_up_already_until_it_is_too_old(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    photo = stored(business)
    for uploads, days in ((1, 0), (1, 28), (2, 29)):
        sql.execute(
            "update media_uploads set uploaded_at = now() - make_interval(days => %s)", [days]
        )
        rows.queue_messages(sql, business.account_id)
        carry(sql, "image", {"id": str(photo)})
        drain()
        assert len(graph.uploads) == uploads
    assert graph.messages[-1]["image"] == {"id": "70002"}


def test_each_number_uploads_for_itself(
    graph: GraphOfFiles, sql: Sql, business: Business, make_business: Callable[..., Business]
) -> None:
    other = make_business("Other", "999999999999")
    rows.make_customers(sql, other.organization_id, other.account_id, 1, first=50)
    ours, theirs = stored(business), stored(other, samples.picture(50, 50))
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(ours)})
    rows.queue_messages(sql, other.account_id)
    sql.execute(
        "update messages set type = 'image', content = %s where account_id = %s",
        [json.dumps({"id": str(theirs)}), other.account_id],
    )
    drain()
    assert statuses(sql) == {"sent": 4}
    assert {number for number, _ in graph.uploads} == {business.phone_number_id, "999999999999"}


def test_another_organizations_file_is_never_sent(
    graph: GraphOfFiles, sql: Sql, business: Business, make_business: Callable[..., Business]
) -> None:
    theirs = stored(make_business("Other", "999999999999"))
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(theirs)})  # past the door, straight into the table
    drain()
    assert statuses(sql) == {"failed": 3}
    assert graph.uploads == graph.messages == []


def test_a_header_takes_its_file_along(graph: GraphOfFiles, sql: Sql, business: Business) -> None:
    rows.queue_messages(sql, business.account_id)
    carry(sql, "interactive", header(stored(business)))
    drain()
    assert graph.messages[0]["interactive"]["header"]["image"] == {"id": "70001"}


def test_other_conversations_do_not_wait_for_an_upload(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    photo = stored(business)
    graph.uploading.clear()
    rows.queue_messages(sql, business.account_id, 2)
    sql.execute(
        "update messages set type = 'image', content = %s where text = 'Message 1'"
        " and conversation_id = (select min(id::text)::uuid from conversations)",
        [json.dumps({"id": str(photo)})],
    )
    with draining():
        until(lambda: statuses(sql).get("sent") == 4)
        assert statuses(sql) == {"sent": 4, "claimed": 1, "queued": 1}  # its own order is kept
        graph.uploading.set()
        until(lambda: statuses(sql) == {"sent": 6})
    assert [sent["type"] for sent in graph.messages[-2:]] == ["image", "text"]


def test_a_message_whose_upload_takes_long_is_given_back_and_sent_later(
    graph: GraphOfFiles, sql: Sql, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_files, "_LOOK_AGAIN_SECONDS", 0.3)
    graph.uploading.clear()
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(stored(business))})
    with draining():
        until(lambda: statuses(sql).get("queued") == 3 and len(graph.asked) == 1, 8)
        graph.uploading.set()
        until(lambda: statuses(sql) == {"sent": 3})
    assert len(graph.uploads) == 1
    assert sql.execute("select sum(attempts) from messages").fetchone() == (0,)


def test_an_upload_without_an_answer_is_tried_again_and_costs_no_try(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    graph.refusals = [(502, {}), (500, {})]
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(stored(business))})
    deadline = time.monotonic() + 15
    while statuses(sql) != {"sent": 3}:
        assert time.monotonic() < deadline
        drain()
    assert (len(graph.uploads), len(graph.messages)) == (1, 3)
    assert sql.execute("select sum(attempts) from messages").fetchone() == (0,)


def test_a_file_whatsapp_refuses_fails_its_messages_in_words(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    refusal = {"code": 131053, "message": "bad", "error_data": {"details": "Unsupported codec"}}
    graph.refusals = [(400, {"error": refusal})]
    rows.queue_messages(sql, business.account_id, 2)
    carry(sql, "image", {"id": str(stored(business))}, of="Message 1")
    drain()
    assert statuses(sql) == {"failed": 3, "sent": 3}
    found = sql.execute(
        "select distinct error_code, error_details from messages where status = 'failed'"
    ).fetchall()
    assert found == [(131053, "Unsupported codec")]


def test_a_lost_token_pauses_the_number_and_keeps_the_messages(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    graph.refusals = [(401, {"error": {"code": 190, "message": "expired"}})]
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(stored(business))})
    drain()
    assert statuses(sql) == {"queued": 3}
    assert sql.execute("select status from whatsapp_accounts").fetchone() == ("paused",)


def test_a_file_that_is_gone_from_the_storage_fails_its_messages(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    photo = stored(business)
    storage().delete(media.key_of(business.organization_id, photo))
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(photo)})
    drain()
    assert statuses(sql) == {"failed": 3}
    title = sql.execute("select distinct error_title from messages").fetchall()
    assert title == [("The file is no longer here",)]
    assert graph.messages == []


def test_a_drain_that_stops_gives_back_what_waits_for_a_file(
    graph: GraphOfFiles, sql: Sql, business: Business
) -> None:
    graph.uploading.clear()
    rows.queue_messages(sql, business.account_id)
    carry(sql, "image", {"id": str(stored(business))})
    with draining():
        until(lambda: graph.asked)
    assert statuses(sql) == {"queued": 3}
    graph.uploading.set()
    drain()
    assert statuses(sql) == {"sent": 3}
    assert len(graph.messages) == 3
