"""The doctor's look at every WhatsApp number: its token, and what the Graph API says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from botpe_app import vault
from botpe_app.config import settings
from botpe_app.errors import BotpeError, Misconfigured, Unavailable
from botpe_app.services.accounts import place
from botpe_app.services.findings import Finding, bad, ok, warn
from botpe_app.whatsapp.client import GraphClient

_ASKED_AT_MOST = 20  # the Graph API counts these requests


class _Number(NamedTuple):
    organization_id: UUID
    id: UUID
    phone: str
    phone_number_id: str
    status: str
    paused_reason: str | None
    token_sealed: str


def check(connection: psycopg.Connection[Any], *, ask_graph: bool) -> Iterator[Finding]:
    """Whether every number's token opens and is accepted."""
    numbers = _numbers(connection)
    for asked, number in enumerate(numbers):
        if number.status != "connected":
            yield warn(
                "numbers",
                f"{number.phone} is paused: {number.paused_reason or 'by hand'}",
                "Mend that and connect it again under Settings → WhatsApp numbers.",
            )
        yield from _token(number, ask_graph=ask_graph and asked < _ASKED_AT_MOST)
    yield from _notices(connection)
    if not numbers:
        yield ok("numbers", "no WhatsApp number is connected yet")


def _notices(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """What WhatsApp itself says is wrong with a number."""
    found = connection.execute(
        "select a.phone, n.title, n.mend from account_notices n join whatsapp_accounts a"
        " on a.organization_id = n.organization_id and a.id = n.account_id"
        " where n.until is null or n.until > now() order by a.id, n.at desc limit 100"
    )
    for number, title, mend in found.fetchall():
        yield warn("numbers", f"{number}: {title}", mend)


def _numbers(connection: psycopg.Connection[Any]) -> list[_Number]:
    columns = ", ".join(_Number._fields)
    query = f"select {columns} from whatsapp_accounts order by id"  # noqa: S608 - our own names
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        found = cursor.execute(query.encode()).fetchall()
    return [_Number(*row) for row in found]


def _token(number: _Number, *, ask_graph: bool) -> Iterator[Finding]:
    where = place(number.organization_id, number.id)
    try:
        token = vault.open_sealed(number.token_sealed, place=where)
    except Misconfigured as error:
        yield bad("numbers", f"{number.phone}: {error.message}", "Add the key, or a new token.")
        return
    if not ask_graph:
        yield ok("numbers", f"{number.phone}: its token opens")
        return
    try:
        with GraphClient(settings().graph_url, settings().graph_version, token) as graph:
            known = graph.phone_number(number.phone_number_id)
    except Unavailable as error:
        yield warn("numbers", f"{number.phone}: {error.message}", "Check the way to the Graph API.")
    except BotpeError as error:
        yield bad("numbers", f"{number.phone}: {error.message}", "Give the number a new token.")
    else:
        yield ok("numbers", f"{number.phone} answers")
        if not known.messages_per_second:
            yield warn(
                "numbers",
                f"{number.phone}: the Graph API does not tell its throughput",
                "Nothing: 80 a second is assumed.",
            )
