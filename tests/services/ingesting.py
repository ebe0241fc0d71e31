"""Feeding webhook bodies through the store and the ingest, and looking at what became of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import psycopg

from botpe_app import db
from botpe_app.services import ingest
from botpe_app.services.intake import Intake
from botpe_app.whatsapp.payloads import split
from tests.conftest import Business
from tests.whatsapp import bodies

Row = dict[str, Any]
ANA, BEA = "16505551234", "447911123456"


def deliver(posts: Iterable[bytes]) -> None:
    """Stores these posts, each in a commit of its own."""

    async def one_by_one() -> None:
        intake = Intake()
        for body in posts:
            await intake.store(split(body), uuid4())
        await intake.close()

    asyncio.run(one_by_one())


def work_off(url: str) -> None:
    """Handles everything that is due; whatever waits is due by now."""
    with psycopg.connect(url, autocommit=True, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute("update webhook_events set next_at = now() where state = 'new'")
    with ingest.connect() as connection:
        while ingest.work(connection)[0] + ingest.work_again(connection)[0]:
            pass


def receive(url: str, *posts: bytes) -> None:
    """Stores these posts and handles them together."""
    deliver(posts)
    work_off(url)


def rows(url: str, query: str, *parameters: Any) -> list[Row]:
    """What a query finds, over all organizations."""
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        cursor = connection.execute(query, parameters)  # pyright: ignore[reportArgumentType, reportCallIssue]
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def one(url: str, query: str, *parameters: Any) -> Row:
    """The only row that a query finds."""
    (row,) = rows(url, query, *parameters)
    return row


def change(url: str, query: str, *parameters: Any) -> None:
    """Runs a statement as the system."""
    with psycopg.connect(url, autocommit=True, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute(query, parameters)  # pyright: ignore[reportArgumentType, reportCallIssue]


def events(url: str) -> list[tuple[str, str]]:
    """State and problem of every event, in their order."""
    found = rows(url, "select state, problem from webhook_events order by id")
    return [(row["state"], row["problem"]) for row in found]


def message(number: int, kind: str = "text", content: Any = None, **others: Any) -> bytes:
    """A post with one message: its id and second of arrival are `number`."""
    sent = {"id": f"wamid.{number}", "timestamp": str(1_760_000_000 + number), **others}
    wa_id = sent.get("from", ANA)
    people = [{"profile": {"name": "Ana"}, "wa_id": wa_id}] if wa_id else []
    said = bodies.message(kind, content or {"body": f"text {number}"}, **sent)
    return bodies.post(bodies.value(contacts=people, messages=[said]))


def status(word: str, wamid: str = "wamid.out", at: int = 1, **others: Any) -> bytes:
    """A post with one status of a message of ours, `at` seconds in."""
    told = bodies.status(word, id=wamid, timestamp=str(1_760_000_000 + at), **others)
    return bodies.post(bodies.value(statuses=[told]))


def sent_message(url: str, business: Business, **columns: Any) -> Row:
    """A message of ours to Ana, with her contact and conversation; `columns` replace its own."""
    receive(url, message(1))
    talk = one(
        url, "select * from conversations where organization_id = %s", business.organization_id
    )
    row = {
        "organization_id": business.organization_id,
        "id": uuid4(),
        "conversation_id": talk["id"],
        "account_id": business.account_id,
        "contact_id": talk["contact_id"],
        "direction": "outgoing",
        "type": "text",
        "content": json.dumps({"body": "hello"}),
        "text": "hello",
        "status": "sent",
        "wa_message_id": "wamid.out",
        "sent_by_kind": "api",
        "correlation_id": uuid4(),
        "priority": 0,
        "attempts": 0,
    } | columns
    names = ", ".join(row)
    change(
        url,
        f"insert into messages ({names}) values ({', '.join(['%s'] * len(row))})",  # noqa: S608
        *row.values(),
    )
    return row
