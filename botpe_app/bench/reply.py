"""How long a customer waits for a program's answer: webhook in → stored → told → answered → POST.

The program is a client like any other: it hears of changed conversations and replies through the
same service as the API. Every process is a real one; times are of one machine's clock.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.alone import run_alone, the_graph, until, worker
from botpe_app.bench.graph import FakeGraph
from botpe_app.bench.ingest import percentile, serving
from botpe_app.bench.load import at_rate, request
from botpe_app.config import settings
from botpe_app.live import CHANNEL
from botpe_app.queue import redis
from botpe_app.services import inbox, messages
from botpe_app.services.access import Actor
from botpe_app.whatsapp.signature import sign

_PER_SECOND, _SECONDS = 50.0, 8
_AT_ONCE = 1000
_CONNECTIONS = 32
_AIMS = {"p50_ms": 20, "p99_ms": 80}
_PHONE_NUMBER_ID = "106540352242922"
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
    program = Actor(organization, None, "AGENT", "bench", kind="api")
    with (
        worker("ingest"),
        worker("outbox"),
        serving("botpe_app.web.webhook:webhook") as port,
        _answering(program),
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
        "setup": {"cores": os.cpu_count(), "answered_by": "a program, through the reply service"},
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


@contextlib.contextmanager
def _answering(program: Actor) -> Iterator[None]:
    """A program that answers every customer's message, beside the block."""
    ended = threading.Event()
    thread = threading.Thread(target=_answer_all, args=(program, ended))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _answer_all(program: Actor, ended: threading.Event) -> None:
    channel = redis().pubsub(ignore_subscribe_messages=True)
    channel.subscribe(CHANNEL)
    answered: set[str] = set()  # every customer asks once; the answer moves the conversation too
    with ThreadPoolExecutor(4) as pool:
        while not ended.is_set():
            heard = channel.get_message(timeout=0.2)
            for topic in json.loads(heard["data"])["topics"] if heard else ():
                if topic.startswith("conversation:") and topic not in answered:
                    answered.add(topic)
                    pool.submit(_answer, program, UUID(topic.partition(":")[2]))
    channel.close()


def _answer(program: Actor, conversation_id: UUID) -> None:
    with db.transaction() as session:
        db.act_for(session, program.organization_id)
        talk = inbox.get_conversation(session, program, conversation_id)
        if talk.last_direction == "incoming":
            messages.reply(
                session,
                program,
                conversation_id,
                type="text",
                content={"body": "We are, until eight."},
                client_key=f"answer:{conversation_id}",
            )


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201 - read by `run_alone`
