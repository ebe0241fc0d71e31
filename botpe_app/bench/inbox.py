"""What staff wait for in a large organization: the list, a thread, a page far back, a search.

Measured through the services, as an agent behind row-level security, beside what the same
connection needs for fifty rows by their keys: nothing that shows fifty rows can be faster.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import event, text
from sqlmodel import Session

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.bench.alone import run_alone
from botpe_app.bench.ingest import percentile
from botpe_app.models.base import utc_now
from botpe_app.services import demo_bulk, inbox, messages
from botpe_app.services.access import Actor

MESSAGES, CONTACTS = 1_000_000, 100_000
_TIMES, _DEEP, _PAGE = 100, 1000, 50
_AIMS = {"sql_p99_ms": 5, "search_p95_ms": 50}
_WORDS = ("order", "jacket stock", "arrives tom", "size 4", "Giulia", "Chloé 3", "20000041")


def run() -> dict[str, Any]:
    """Milliseconds with a million messages and 100,000 contacts, against fifty rows by key."""
    return run_alone(__name__)


def measure(messages: int = MESSAGES, contacts: int = CONTACTS) -> dict[str, Any]:
    """The same on the database of this process's settings, with so many rows."""
    db.upgrade()
    with db.connect_as_system(autocommit=True) as sql:
        organization, _ = rows.make_number(sql)
    with db.transaction() as session:
        db.act_as_system(session)
        demo_bulk.add(session, organization, now=utc_now(), messages=messages, contacts=contacts)
    with db.connect_as_system(autocommit=True) as sql:
        sql.execute("vacuum analyze messages, conversations, contacts, message_words")
    gc.freeze()  # as every web process does once it is ready
    return _figures(Actor(organization, None, "AGENT", "Bench", kind="api"))


def _figures(actor: Actor) -> dict[str, Any]:
    chance = random.Random(7)  # noqa: S311 - which rows are asked for, not a secret
    ids = _ids(actor)
    deep = _cursor(actor, _DEEP)
    floor = _time(actor, lambda session, _: _by_key(session, chance.sample(ids, _few(ids))))
    taken = {
        "list": _time(actor, lambda session, _: inbox.list_conversations(session, actor)),
        "list_any": _time(
            actor, lambda session, _: inbox.list_conversations(session, actor, status=None)
        ),
        "page_1000": _time(
            actor,
            lambda session, _: inbox.list_conversations(session, actor, status=None, cursor=deep),
        ),
        "open": _time(actor, lambda session, _: _open(session, actor, chance.choice(ids))),
        "search": _time(
            actor,
            lambda session, n: inbox.list_conversations(
                session, actor, status=None, q=_WORDS[n % len(_WORDS)]
            ),
        ),
    }
    figures: dict[str, Any] = {"by_key_p50_ms": percentile(floor.whole, 50)}
    for name, times in taken.items():
        figures[f"{name}_p50_ms"] = percentile(times.whole, 50)
        figures[f"{name}_p95_ms"] = percentile(times.whole, 95)
        figures[f"{name}_sql_p99_ms"] = percentile(times.in_sql, 99)
    return {
        "ratios": {
            "list_of_by_key": _ratio(floor, taken["list"]),
            "page_1000_of_first": _ratio(taken["list_any"], taken["page_1000"]),
        },
        "aims": _AIMS,
        "figures": {name: round(figure, 1) for name, figure in figures.items()},
        "setup": {"times": _TIMES, "rows_shown": _PAGE, "cores": os.cpu_count()},
    }


class _Times(NamedTuple):
    """Milliseconds of each time, rising: as a whole, and waiting for Postgres."""

    whole: list[float]
    in_sql: list[float]


def _time(actor: Actor, work: Callable[[Session, int], object]) -> _Times:
    """A hundred times, after a few to warm up; each a transaction of its own."""
    whole: list[float] = []
    in_sql: list[float] = []
    for n in range(-5, _TIMES):
        with db.transaction() as session, _sql_time() as waited:
            db.act_for(session, actor.organization_id)
            waited.clear()
            began = time.perf_counter()
            work(session, n)
            if n >= 0:
                whole.append(1000 * (time.perf_counter() - began))
                in_sql.append(1000 * sum(waited))
    return _Times(sorted(whole), sorted(in_sql))


@contextlib.contextmanager
def _sql_time() -> Iterator[list[float]]:
    """Inside, seconds that each statement of this process took are added to the list."""
    waited: list[float] = []
    began = 0.0

    def before(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(*_: object) -> None:
        waited.append(time.perf_counter() - began)

    calls = {"before_cursor_execute": before, "after_cursor_execute": after}
    for name, call in calls.items():
        event.listen(db.engine(), name, call)
    try:
        yield waited
    finally:
        for name, call in calls.items():
            event.remove(db.engine(), name, call)


def _ids(actor: Actor) -> list[UUID]:
    with db.transaction() as session:
        db.act_for(session, actor.organization_id)
        found = session.connection().execute(text("select id from conversations limit 5000"))
        return list(found.scalars())


def _few(ids: list[UUID]) -> int:
    return min(_PAGE, len(ids))


def _by_key(session: Session, ids: list[UUID]) -> object:
    wanted = text("select * from conversations where id = any(:ids) and organization_id ="
                  " (select current_setting('botpe.organization_id')::uuid)")  # fmt: skip
    return session.connection().execute(wanted, {"ids": ids}).fetchall()


def _cursor(actor: Actor, page: int) -> str | None:
    """The cursor of a page far back, or of the last there is."""
    cursor: str | None = None
    with db.transaction() as session:
        db.act_for(session, actor.organization_id)
        for _ in range(page * _PAGE // 200):
            found = inbox.list_conversations(session, actor, status=None, cursor=cursor, limit=200)
            if found.next is None:
                break
            cursor = found.next
    return cursor


def _open(session: Session, actor: Actor, conversation_id: UUID) -> None:
    inbox.get_conversation(session, actor, conversation_id)
    messages.thread(session, actor, conversation_id)


def _ratio(ceiling: _Times, taken: _Times) -> float:
    return round(percentile(ceiling.whole, 50) / max(percentile(taken.whole, 50), 1e-6), 2)


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201 - this is how the parent hears it
