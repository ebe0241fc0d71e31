"""What is noted as sending in the same breath as it is claimed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Json

from botpe_app.bench import rows
from botpe_app.services.outbox import Result
from tests.conftest import Business
from tests.services.sending import Drain, column, run, three_customers


@pytest.fixture
def sql(business: Business) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit system connection to a database with one number of three customers."""
    with three_customers(business) as connection:
        yield connection


def test_what_leaves_at_once_is_noted_as_sending_when_it_is_claimed(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def leave(one: Drain) -> None:
        claimed = await one.claim(leaving=2)
        assert [message.leaving for message in claimed] == [True, True, False]
        assert column(sql, "status") == ["sending", "sending", "claimed"]
        await one.record(*(Result(message, "sent") for message in claimed[:2]))
        assert column(sql, "status") == ["sent", "sent", "claimed"]

    run(business, leave)


def test_a_message_with_a_file_of_ours_is_only_claimed(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    ours = {"id": str(uuid4()), "caption": "Our menu"}
    sql.execute(
        "update messages set type = 'image', content = %s"
        " where id = (select id from messages order by id limit 1)",
        [Json(ours)],
    )

    async def leave(one: Drain) -> None:
        claimed = await one.claim(leaving=3)
        assert [message.leaving for message in claimed] == [False, True, True]

    run(business, leave)
