"""Storing updates: together, durably, and one that cannot be stored never costs another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest

from botpe_app import db
from botpe_app.errors import Unavailable
from botpe_app.services import intake as intake_module
from botpe_app.services.intake import Intake
from botpe_app.whatsapp.payloads import Update, split
from tests.conftest import count
from tests.whatsapp import bodies


def message(number: int) -> list[Update]:
    return split(bodies.post(bodies.value(messages=[bodies.message(id=f"wamid.{number}")])))


def poisoned(number: int) -> list[Update]:
    """What split never makes: a row that Postgres refuses."""
    payload = {"message": {"n": 1}}
    return [Update(f"m:{number}", "messages", "message", "a\x00b", "1", "2", payload)]


def store(*posts: list[Update]) -> list[BaseException | None]:
    """Hands in all posts at once; what each got: None, or why it was not stored."""

    async def all_of_them() -> list[BaseException | None]:
        intake = Intake()
        stores = [intake.store(post, uuid4()) for post in posts]
        results = await asyncio.gather(*stores, return_exceptions=True)
        await intake.close()
        return results

    return asyncio.run(all_of_them())


def kept(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        return list(connection.execute("select kind, payload from webhook_events order by id"))


def test_posts_that_arrive_together_share_commits_and_none_is_lost(services: str) -> None:
    commits = 0
    insert = Intake._insert

    async def counted(self: Intake, rows: Any) -> None:
        nonlocal commits
        commits += 1
        await insert(self, rows)

    with patch.object(Intake, "_insert", counted):
        assert store(*(message(number) for number in range(200))) == [None] * 200
    assert count(services, "webhook_events") == 200
    assert commits < 5


def test_a_row_that_cannot_be_stored_is_quarantined_and_its_mates_are_not(services: str) -> None:
    assert store(message(1), poisoned(7), message(2)) == [None] * 3
    rows = kept(services)
    assert sorted(kind for kind, _ in rows) == ["malformed", "message", "message"]
    (raw,) = [payload["raw"] for kind, payload in rows if kind == "malformed"]
    assert "a\\x00b" in raw[3]
    assert json.dumps(raw).isascii()


def test_one_bad_row_among_a_thousand_of_a_post_costs_none(services: str) -> None:
    thousand = [update for number in range(999) for update in message(number)]
    thousand[500:500] = poisoned(7)
    assert store(thousand) == [None]
    assert [kind for kind, _ in kept(services)].count("message") == 999


def test_the_same_bad_row_again_is_quarantined_once(services: str) -> None:
    store(poisoned(7))
    store(poisoned(7))
    assert count(services, "webhook_events") == 1


def test_a_connection_that_died_meanwhile_costs_nobody_anything(services: str) -> None:
    async def twice() -> None:
        intake = Intake()
        await intake.store(message(1), uuid4())
        with psycopg.connect(services, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'botpe intake' and datname = current_database()"
            )
        await intake.store(message(2), uuid4())
        await intake.close()

    asyncio.run(twice())
    assert count(services, "webhook_events") == 2


def test_when_the_database_is_away_every_post_hears_so_and_the_next_one_may_succeed(
    services: str, configure: Callable[..., None]
) -> None:
    async def away_and_back() -> None:
        intake = Intake()
        configure(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
        results = await asyncio.gather(
            *(intake.store(message(number), uuid4()) for number in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [Unavailable] * 3
        configure(DATABASE_URL=services)
        await intake.store(message(9), uuid4())
        await intake.close()

    asyncio.run(away_and_back())
    assert count(services, "webhook_events") == 1


def test_when_too_much_waits_the_next_post_is_refused_and_the_others_are_kept(
    services: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "_MOST_WAITING_BYTES", 4 * intake_module._ROW_BYTES)
    results = store(*(message(number) for number in range(10)))
    refused = [result for result in results if isinstance(result, Unavailable)]
    assert 0 < len(refused) < 10
    assert count(services, "webhook_events") == 10 - len(refused)


def test_a_post_bigger_than_the_whole_queue_is_taken_when_it_is_alone(
    services: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "_MOST_WAITING_BYTES", 10)
    assert store(message(1)) == [None]


def test_room_taken_by_refused_posts_is_given_back(
    services: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        intake = Intake()
        await asyncio.gather(*(intake.store(poisoned(number), uuid4()) for number in range(5)))
        assert intake._cost == 0
        await intake.close()

    asyncio.run(check())


def test_a_database_that_does_not_answer_is_given_up_on(
    services: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "_PATIENCE_SECONDS", 0.05)

    async def hang(self: Intake, rows: Any) -> None:
        await asyncio.sleep(0.3)

    with patch.object(Intake, "_insert", hang):
        (result,) = store(message(1))
    assert isinstance(result, Unavailable)


def test_storing_wakes_a_drain_that_listens_and_a_redelivery_does_not(services: str) -> None:
    with psycopg.connect(services, autocommit=True) as listener:
        listener.execute("listen botpe_ingest")
        store(message(1))
        assert len(list(listener.notifies(timeout=2, stop_after=1))) == 1
        store(message(1))
        assert list(listener.notifies(timeout=0.2)) == []
