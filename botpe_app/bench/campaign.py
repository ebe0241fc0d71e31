"""A campaign from launch to the last status, unpaced, while staff go on answering.

Every process is a real one; statuses come back signed through the front door, three a message, in
posts of a hundred. Times are of one machine's clock.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.alone import run_alone, the_graph, until, worker
from botpe_app.bench.graph import FakeGraph, Post
from botpe_app.bench.ingest import percentile, serving
from botpe_app.bench.load import at_rate, request
from botpe_app.config import settings
from botpe_app.models import Template
from botpe_app.services import campaign_launching, campaigns, messages, segments
from botpe_app.services.access import Actor
from botpe_app.whatsapp.signature import sign

_RECIPIENTS = 100_000
_PHONE_NUMBER_ID = "106540352242922"
_AIMS = {"freeze_s": 3, "first_post_s": 2, "all_s": 120, "reply_p95_ms": 1000, "grown_mb": 100}
_STAFF_EVERY_SECONDS = 0.5
_STATUSES_A_POST = 100
_CONTACTS = """
with contact as (
  insert into contacts (organization_id, id, name, phone, marketing_opt_in)
  select %(organization)s, gen_random_uuid(), 'Recipient ' || n, '+9190' || (10000000 + n), true
  from generate_series(1, %(count)s::int) n returning id, phone
)
insert into contact_identities (organization_id, kind, value, contact_id, address)
select %(organization)s, 'phone', ltrim(phone, '+'), id, ltrim(phone, '+') from contact
"""
_UNFINISHED = (
    "select true from messages where sent_by_kind = 'campaign' and status <> 'read' limit 1"
)

Sql = psycopg.Connection[Any]


def run() -> dict[str, Any]:
    """Seconds until it is frozen, begun, posted and read; how long replies take meanwhile."""
    return run_alone(__name__)


def measure(count: int = _RECIPIENTS) -> dict[str, Any]:
    """The same on the empty database of this process's settings."""
    db.upgrade()
    graph = the_graph()
    with (
        db.connect_as_system(autocommit=True) as sql,
        worker("ingest"),
        worker("campaigns"),
        worker("outbox"),
        serving("botpe_app.web.webhook:webhook") as port,
    ):
        organization, account = rows.make_number(
            sql, phone_number_id=_PHONE_NUMBER_ID, per_second=1_000_000
        )
        rows.make_customers(sql, organization, account, 50)  # whom staff answer
        talks = [UUID(str(row[0])) for row in sql.execute("select id from conversations")]
        campaign = _draft(sql, organization, account, count)
        sql.execute("analyze")
        staff = _Staff(organization, talks)
        receipts = _Receipts(graph, port)
        before = _memory()
        began = time.monotonic()
        freeze = _launch(organization, campaign)
        launched = time.monotonic()
        for helper in (staff, receipts):
            helper.start()
        until(lambda: receipts.posts, 60)
        until(lambda: _is_completed(sql), 1800)
        posted = time.monotonic() - began
        memory = _memory()
        until(lambda: sql.execute(_UNFINISHED).fetchone() is None, 1800)
        done = time.monotonic() - began
        for helper in (staff, receipts):
            helper.stop()
    first = receipts.first_at - launched
    grown = round(max(memory.get(name, 0) - size for name, size in before.items()))
    figures = {
        "recipients": count,
        "freeze_s": round(freeze, 2),
        "first_post_s": round(first, 2),
        "last_post_s": round(posted, 1),
        "all_s": round(done, 1),
        "posts_per_second": round(count / posted),
        "posted": receipts.posts,
        "reply_p95_ms": staff.p95(graph),
        "grown_mb": grown,
        "memory_mb": {name: round(size) for name, size in memory.items()},
    }
    ratios = {
        f"{name}_of_aim": round(aim / max(figures[name], 0.01), 2) for name, aim in _AIMS.items()
    }
    return {
        "ratios": {**ratios, "each_once": receipts.posts == count},
        "aims": _AIMS,
        "figures": figures,
        "setup": {"cores": os.cpu_count(), "statuses_a_message": 3},
    }


def _draft(sql: Sql, organization: UUID, account: UUID, count: int) -> str:
    sql.execute(_CONTACTS, {"organization": organization, "count": count})
    with db.transaction() as session:
        db.act_for(session, organization)
        owner = _owner(organization)
        body = {"type": "BODY", "text": "Hi {{1}}, our sale has begun."}
        template = Template(
            organization_id=organization, account_id=account, waba_id="waba-Bench", name="sale",
            language="en", category="MARKETING", status="APPROVED", components=[body],
        )  # fmt: skip
        session.add(template)
        session.flush()
        everybody = {"all": [{"field": "name", "op": "starts_with", "value": "Recipient"}]}
        segment = segments.create_segment(session, owner, name="Everybody", filter=everybody)
        made = campaigns.create_campaign(
            session, owner, name="Sale", account_id=str(account), template_id=str(template.id),
            segment_id=segment.id, variables={"body": {"1": "{{contact.name|there}}"}},
        )  # fmt: skip
        return made.id


def _launch(organization: UUID, campaign: str) -> float:
    began = time.perf_counter()
    with db.transaction() as session:
        db.act_for(session, organization)
        campaign_launching.launch(session, _owner(organization), campaign)
    return time.perf_counter() - began


def _owner(organization: UUID) -> Actor:
    return Actor(organization, None, "ADMIN", "bench", kind="api")


def _is_completed(sql: Sql) -> bool:
    return (
        sql.execute("select true from campaigns where status = 'completed'").fetchone() is not None
    )


def _memory() -> dict[str, float]:
    """Megabytes of each worker."""
    found: dict[str, float] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            title = (place / "cmdline").read_bytes().split(b"\0")[0].decode()
            parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if title.startswith("botpe: worker") and parent == os.getpid():
                pages = int((place / "statm").read_text().split()[1])
                found[title.removeprefix("botpe: worker ")] = (
                    pages * os.sysconf("SC_PAGE_SIZE") / 2**20
                )
        except (OSError, IndexError, ValueError):
            continue  # it has just ended
    return found


class _Helper(threading.Thread):
    """Something that goes on beside the campaign until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ends it."""
        self._stopping.set()
        self.join()


class _Staff(_Helper):
    """Answers a customer now and then, each in turn."""

    def __init__(self, organization: UUID, talks: list[UUID]) -> None:
        super().__init__()
        self._organization, self._talks = organization, talks
        self._asked: dict[str, float] = {}

    def run(self) -> None:
        """Until stopped."""
        owner = _owner(self._organization)
        for talk in itertools.cycle(self._talks):
            if self._stopping.wait(_STAFF_EVERY_SECONDS):
                return
            said = f"Reply {len(self._asked)}"
            self._asked[said] = time.monotonic()
            with db.transaction() as session:
                db.act_for(session, self._organization)
                messages.reply(session, owner, talk, type="text", content={"body": said})

    def p95(self, graph: FakeGraph) -> float:
        """Milliseconds from asking until Graph had it."""
        until(lambda: len(self._waits(graph.posts())) == len(self._asked), 60)
        return round(percentile(sorted(self._waits(graph.posts())), 95), 1)

    def _waits(self, posts: list[Post]) -> list[float]:
        return [1000 * (p.at - self._asked[p.body]) for p in posts if p.body in self._asked]


class _Receipts(_Helper):
    """Tells of every message that was posted that it was sent, delivered and read."""

    def __init__(self, graph: FakeGraph, port: int) -> None:
        super().__init__()
        self._graph, self._port = graph, port
        self.posts, self.first_at = 0, 0.0
        self._seen = 0

    def run(self) -> None:
        """Until stopped."""
        while not self._stopping.wait(0.1):
            fresh = self._graph.posts(self._seen)
            self._seen += len(fresh)
            ours = [post for post in fresh if not post.body]
            if not ours:
                continue
            self.first_at = self.first_at or ours[0].at
            self.posts += len(ours)
            told = [
                {"id": p.wamid, "status": word, "timestamp": str(int(time.time())),
                 "recipient_id": p.to.lstrip("+"), "biz_opaque_callback_data": p.attempt}
                for p in ours for word in ("sent", "delivered", "read")
            ]  # fmt: skip
            posts = [
                _post(told[first : first + _STATUSES_A_POST])
                for first in range(0, len(told), _STATUSES_A_POST)
            ]
            at_rate(self._port, posts, 4, 1_000_000.0)


def _post(statuses: list[dict[str, str]]) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": _PHONE_NUMBER_ID},
        "statuses": statuses,
    }
    change = {"field": "messages", "value": value}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})
    return request("/webhooks/whatsapp", body.encode(), sign(settings().app_secret, body.encode()))


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:]))))  # noqa: T201 - read by `run_alone`
