"""How long a customer waits for a bot's answer: webhook in → stored → heard → answered → POST.

Every process is a real one, the bot is published like any other, and times are of one machine's
clock.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any
from uuid import UUID

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.alone import run_alone, the_graph, until, worker
from botpe_app.bench.graph import FakeGraph
from botpe_app.bench.ingest import percentile, serving
from botpe_app.bench.load import at_rate, request
from botpe_app.config import settings
from botpe_app.services import bot_publishing, bots
from botpe_app.services.access import Actor
from botpe_app.whatsapp.signature import sign

_PER_SECOND, _SECONDS = 50.0, 8
_AT_ONCE = 1000
_CONNECTIONS = 32
_AIMS = {"p50_ms": 20, "p99_ms": 80}
_PHONE_NUMBER_ID = "106540352242922"
_FLOW = {
    "version": 1,
    "triggers": [{"id": "any", "type": "any_message"}],
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "open", "type": "end", "data": {"text": "We are, until eight."}},
    ],
    "edges": [{"id": "e1", "source": "start", "source_handle": "next", "target": "open"}],
}
_FIRST = {"warm": "4915", "steady": "4916", "burst": "4917"}  # how their numbers begin


def run() -> dict[str, Any]:
    """Milliseconds from the POST of a customer's message to the POST of its answer."""
    return run_alone(__name__)


def measure() -> dict[str, Any]:
    """The same on the empty database of this process's settings."""
    db.upgrade()
    graph = the_graph()
    with db.connect_as_system(autocommit=True) as sql:
        organization, _ = rows.make_number(
            sql, phone_number_id=_PHONE_NUMBER_ID, per_second=100_000
        )
    _publish_bot(organization)
    with (
        worker("ingest"),
        worker("conversations"),
        worker("outbox"),
        serving("botpe_app.web.webhook:webhook") as port,
    ):
        _ask(graph, port, "warm", 100, _PER_SECOND)
        steady = _ask(graph, port, "steady", int(_PER_SECOND * _SECONDS), _PER_SECOND)
        at_once = _ask(graph, port, "burst", _AT_ONCE, 100_000.0)
    return {
        "ratios": {
            "p50_of_aim": round(_AIMS["p50_ms"] / steady["p50_ms"], 2),
            "p99_of_aim": round(_AIMS["p99_ms"] / steady["p99_ms"], 2),
        },
        "aims": _AIMS,
        "figures": {"50 a second": steady, "1,000 at once": at_once},
        "setup": {"cores": os.cpu_count(), "answered_by": "a bot of one message"},
    }


def _ask(graph: FakeGraph, port: int, name: str, count: int, per_second: float) -> dict[str, float]:
    """Each question from a customer of its own; how long until its answer reached Graph."""
    graph.forget()
    asked = {f"{_FIRST[name]}{n:07}": n for n in range(count)}
    posts = [_question(sender, f"{name}.{n}") for sender, n in asked.items()]
    began = time.monotonic()
    at_rate(port, posts, _CONNECTIONS, per_second)
    until(lambda: len(graph.posts()) >= count)
    waited = sorted(
        1000 * (post.at - began - asked[post.to.lstrip("+")] / per_second) for post in graph.posts()
    )
    return {
        "p50_ms": round(percentile(waited, 50), 1),
        "p99_ms": round(percentile(waited, 99), 1),
    }


def _question(sender: str, name: str) -> bytes:
    message = {"from": sender, "id": f"wamid.{name}", "timestamp": str(int(time.time()))}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": _PHONE_NUMBER_ID},
        "messages": [{**message, "type": "text", "text": {"body": "Are you open?"}}],
    }
    change = {"field": "messages", "value": value}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})
    secret = settings().app_secret
    return request("/webhooks/whatsapp", body.encode(), sign(secret, body.encode()))


def _publish_bot(organization: UUID) -> None:
    """Has a bot answer whatever anybody writes."""
    owner = Actor(organization, None, "ADMIN", "bench", kind="api")
    with db.transaction() as session:
        db.act_for(session, organization)
        bot = bots.create_bot(session, owner, name="Answers", flow=_FLOW)
        bot_publishing.publish_bot(session, owner, bot.id)


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201 - read by `run_alone`
