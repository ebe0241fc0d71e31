"""A campaign seen from outside: a foreign Graph server, real workers, and kill -9 in the middle."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from botpe_app import db
from botpe_app.bench.graph import FakeGraph
from botpe_app.config import settings
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.redis import Redis
from botpe_app.services import api_keys
from botpe_app.services.access import Actor
from botpe_app.web.asgi import mount
from tests import pretend_graph
from tests.faults.harness import NUMBER, Site, until
from tests.pretend_graph import Asked, Graph, refused
from tests.services.ingesting import receive
from tests.web.conftest import Browser, browser, pages
from tests.whatsapp import bodies

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SALE = {
    "id": "9001", "name": "sale", "language": "en", "status": "APPROVED", "category": "MARKETING",
    "components": [{"type": "BODY", "text": "Hi {{1}}, our sale has begun today."}],
}  # fmt: skip
LATER, NEVER = 131044, 131021  # errors after which another try makes sense, and none does
INDIA, BRAZIL, OUT, BAD = 200, 40, 10, 12


class Meta:
    """Answers as the Graph API does, and keeps what it was sent."""

    def __init__(self, graph: Graph) -> None:
        self.sent: list[tuple[float, str, str, str]] = []  # when, to, wamid, attempt
        self.words: dict[str, str] = {}
        self.failing = {"+919000000001": LATER, "+919000000002": LATER, "+919000000003": NEVER}
        graph.answer = self.answer

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What comes back."""
        if asked.path.endswith("/message_templates"):
            return 200, {"data": [SALE]}
        if not asked.path.endswith("/messages"):
            return 200, {}
        time.sleep(0.05)
        to = asked.body["to"]
        if to in self.failing:
            return refused(self.failing[to])
        wamid = f"wamid.{len(self.sent)}.{to}"
        self.sent.append((time.monotonic(), to, wamid, asked.body["biz_opaque_callback_data"]))
        (body,) = asked.body["template"]["components"]
        self.words[to] = body["parameters"][0]["text"]
        return 200, {"contacts": [{"wa_id": to}], "messages": [{"id": wamid}]}


@pytest.fixture
def graph() -> Iterator[Graph]:
    """A foreign Graph server."""
    with pretend_graph.serving() as served:
        yield served


@pytest.fixture
def site(
    postgres: Postgres, redis: Redis, graph: Graph, configure: Callable[..., None], tmp_path: Path
) -> Iterator[Site]:
    """An installation that sends to the foreign server; nothing runs yet."""
    url = postgres.create_database("campaigns")
    configure(DATABASE_URL=url, REDIS_URL=redis.start(), WHATSAPP_GRAPH_URL=graph.url)
    db.upgrade()
    made = Site(cast("FakeGraph", graph), tmp_path)
    yield made
    made.close()


@pytest.fixture
def ask(site: Site) -> Browser:
    """A program with the organization's key."""
    owner = Actor(site.organization, None, "ADMIN", "owner", kind="api")
    with db.transaction() as session:
        db.act_for(session, site.organization)
        _, key = api_keys.create(session, owner, name="outside", role="ADMIN")
    return browser(mount(pages), Authorization=f"Bearer {key}")


def sheet() -> str:
    """Customers of two countries, some who opted out, some without the tag, and broken rows."""
    rows = ["phone,name,tags,marketing_opt_in"]
    rows += [f"+91900000{n:04},Customer {n},vip;new,true" for n in range(INDIA)]
    rows += [f"+55119870{n:05},Cliente {n},VIP,true" for n in range(BRAZIL)]
    rows += [f"+91910000{n:04},Nobody {n},vip,false" for n in range(OUT)]
    rows += [f"+91920000{n:04},Other {n},other,true" for n in range(5)]
    rows += [f"not a number {n},Broken,vip,true" for n in range(BAD)]
    return "\n".join(rows)


def test_a_campaign_from_a_sheet_to_the_last_receipt(
    site: Site, graph: Graph, ask: Browser
) -> None:
    meta = Meta(graph)
    told = ask(
        "POST", "/api/contacts/import", content=sheet(), headers={"content-type": "text/csv"}
    ).json()
    assert (told["created"], len(told["errors"])) == (INDIA + BRAZIL + OUT + 5, BAD)
    assert all(error["message"] for error in told["errors"])
    filter_ = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}
    segment = ask("POST", "/api/segments", {"name": "VIP", "filter": filter_}).json()
    ask("POST", "/api/templates/sync", {"account_id": str(site.account)})
    (template,) = ask("GET", "/api/templates").json()["data"]
    assert template["status"] == "APPROVED"
    draft = {
        "name": "Sale", "account_id": str(site.account), "template_id": template["id"],
        "segment_id": segment["id"], "variables": {"body": {"1": "{{contact.name|there}}"}},
    }  # fmt: skip
    campaign = ask("POST", "/api/campaigns", draft).json()
    at = f"/api/campaigns/{campaign['id']}"
    _dry_run(ask, at)
    site.scheduler()
    workers = [site.worker(lane) for lane in ("campaigns", "outbox")]
    assert ask("POST", f"{at}/launch").status_code == 200
    assert ask("POST", f"{at}/launch").status_code == 409

    until(lambda: len(meta.sent) >= 30, 30)
    assert ask("POST", f"{at}/pause").json()["status"] == "paused"
    paused = time.monotonic()
    until(lambda: time.monotonic() > paused + 2.5)
    assert meta.sent[-1][0] < paused + 2
    assert len(meta.sent) < INDIA + BRAZIL - 3
    assert ask("POST", f"{at}/resume").json()["status"] == "running"

    until(lambda: len(meta.sent) >= 120, 30)
    for worker in workers:
        site.kill(worker)
    workers = [site.worker(lane) for lane in ("campaigns", "outbox")]
    until(lambda: ask("GET", at).json()["status"] == "completed", 40)
    eligible = {f"+91900000{n:04}" for n in range(INDIA)}
    eligible |= {f"+55119870{n:05}" for n in range(BRAZIL)}
    assert [to for to, times in Counter(to for _, to, _, _ in meta.sent).items() if times > 1] == []
    counts = _counts(ask, at)
    assert (counts["failed"], counts["skipped"]) == (3, OUT)
    missing = eligible - {to for _, to, _, _ in meta.sent} - meta.failing.keys()
    assert len(missing) <= counts["uncertain"]  # in flight at the kill, and it says so
    assert meta.words["+5511987000007"] == "Cliente 7"

    receive(settings().database_url, _receipts(meta))
    counts = _counts(ask, at)
    assert counts["uncertain"] == len(missing)
    assert counts["sent"] == counts["delivered"] == len(meta.sent)
    assert counts["read"] == len(meta.sent) // 2
    _retry(ask, at, meta)


def _dry_run(ask: Browser, at: str) -> None:
    plan = ask("POST", f"{at}/dry-run").json()
    assert (plan["recipients"], plan["eligible"]) == (INDIA + BRAZIL + OUT, INDIA + BRAZIL)
    assert plan["skipped"] == {"no_opt_in": OUT}
    assert plan["estimated_cost"]["amount"] == pytest.approx(INDIA * 0.0118 + BRAZIL * 0.0625)
    assert plan["sample"][0]["rendered"].endswith("our sale has begun today.")


def _counts(ask: Browser, at: str) -> dict[str, int]:
    counts = ask("GET", at).json()["counts"]
    parts = ("queued", "held", "sent", "failed", "uncertain", "skipped")
    assert counts["recipients"] == sum(counts[part] for part in parts) == INDIA + BRAZIL + OUT
    return counts


def _receipts(meta: Meta) -> bytes:
    """What WhatsApp tells of all it has: delivered, and every second one read."""
    told = [
        bodies.status(word, id=wamid, biz_opaque_callback_data=attempt)
        for place, (_, _, wamid, attempt) in enumerate(meta.sent)
        for word in ("delivered", "read")
        if word == "delivered" or place % 2
    ]
    assert bodies.NUMBER == NUMBER
    return bodies.post(bodies.value(statuses=told))


def _retry(ask: Browser, at: str, meta: Meta) -> None:
    meta.failing.clear()
    before = len(meta.sent)
    assert ask("POST", f"{at}/retry-failed").json() == {"retried": 2, "status": "running"}
    until(lambda: ask("GET", at).json()["status"] == "completed", 20)
    assert {to for _, to, _, _ in meta.sent[before:]} == {"+919000000001", "+919000000002"}
    counts = _counts(ask, at)
    assert counts["failed"] == 1
    errors = ask("GET", f"{at}/report").json()["errors"]
    assert [(e["code"], e["count"], e["retryable"]) for e in errors] == [(NEVER, 1, False)]
