"""The outbox in the database: who may take what, and what is written back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from botpe_app.bench import rows
from botpe_app.services import outbox, outbox_leases
from botpe_app.services.outbox import Result
from tests.conftest import Business
from tests.services.sending import TIMING, Drain, column, drain, run, three_customers


@pytest.fixture
def sql(business: Business) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit system connection to a database with one number of three customers."""
    with three_customers(business) as connection:
        yield connection


def wait_until_gone(sql: psycopg.Connection[Any]) -> None:
    """Until Postgres noticed that the drain's connection was closed."""
    for _ in range(200):
        held = sql.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone()
        if held == (0,):
            return
        time.sleep(0.02)
    raise AssertionError("The drain is still there.")


def test_a_number_is_leased_by_one_living_drain_at_a_time(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def two() -> None:
        async with drain(business) as first, drain(business) as second:
            assert [lease.epoch for lease in await first.acquire()] == [1]
            assert await second.acquire() == []
            assert await second.claim() == []
            assert len(await first.claim()) == 3

    asyncio.run(two())


def test_a_number_with_nothing_due_is_not_leased(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute("update messages set next_try_at = now() + interval '1 hour'")

    async def look() -> None:
        async with drain(business) as one:
            assert await one.acquire() == []
            sql.execute("update messages set next_try_at = now()")
            assert len(await one.acquire()) == 1

    asyncio.run(look())


def test_a_killed_drains_number_is_taken_over_at_once(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def one_after_the_other() -> None:
        async with drain(business) as first:
            await first.acquire()
        wait_until_gone(sql)
        async with drain(business) as second:
            (lease,) = await second.acquire()
            assert lease.epoch == 2
            assert lease.just_used

    asyncio.run(one_after_the_other())


def test_a_sleeping_drains_number_is_taken_over_when_its_lease_ends(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def sleep_through() -> None:
        async with drain(business) as sleeper, drain(business) as heir:
            await sleeper.acquire()
            (message, *_) = await sleeper.claim()
            assert await heir.acquire() == []
            sql.execute("update whatsapp_accounts set lease_until = now() - interval '2 seconds'")
            sql.execute("update messages set lease_until = now() - interval '2 seconds'")
            assert len(outbox_leases.reap(sql, TIMING)) == 3
            (lease,) = await heir.acquire()
            assert not lease.just_used
            assert await sleeper.mark(message) == set()
            assert await outbox_leases.renew(sleeper.connection, sleeper.me, TIMING) == []

    asyncio.run(sleep_through())


def test_a_number_given_back_can_be_had_at_once(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def hand_over() -> None:
        async with drain(business) as first, drain(business) as second:
            await first.acquire()
            await outbox_leases.release(first.connection, first.me, [business.account_id])
            (lease,) = await second.acquire()
            assert lease.just_used  # the first may have sent a moment ago

    asyncio.run(hand_over())


def test_only_the_head_of_a_conversation_is_taken(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id, 3)

    async def scenario(one: Drain) -> None:
        first = await one.claim()
        assert len({message.conversation_id for message in first}) == len(first) == 3
        assert [message.content["body"] for message in first] == ["Message 1"] * 3
        assert await one.claim() == []
        await one.mark(first[0])
        assert await one.claim() == []
        (recorded,) = await one.record(Result(first[0], "sent", wamid="wamid.1"))
        assert recorded.more
        (second,) = await one.claim()
        assert second.conversation_id == first[0].conversation_id
        assert second.content["body"] == "Message 2"

    run(business, scenario)


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_a_failed_or_uncertain_message_lets_the_later_ones_go(
    sql: psycopg.Connection[Any], business: Business, status: str
) -> None:
    rows.queue_messages(sql, business.account_id, 2)

    async def scenario(one: Drain) -> None:
        first = await one.claim()
        await one.mark(*first)
        await one.record(*(Result(message, status) for message in first))
        assert [message.content["body"] for message in await one.claim()] == ["Message 2"] * 3

    run(business, scenario)


def test_a_message_that_waits_for_its_retry_holds_the_later_ones_back(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id, 2)

    async def scenario(one: Drain) -> None:
        first = await one.claim()
        await one.record(*(Result(m, "queued", wait=60, tried=True) for m in first))
        assert await one.claim() == []
        sql.execute("update messages set next_try_at = now() where next_try_at is not null")
        again = await one.claim()
        assert [m.id for m in again] == [m.id for m in first]
        assert {m.attempts for m in again} == {1}
        assert {m.attempt_id for m in again}.isdisjoint(m.attempt_id for m in first)

    run(business, scenario)


def test_replies_go_before_campaigns_and_do_not_wait_for_them(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id, priority=10)
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        first = await one.claim(room=4)
        assert [message.priority for message in first] == [0, 0, 0]
        await one.record(*(Result(message, "sent") for message in first))
        assert await one.claim(lowest=9) == []
        assert [message.is_reply for message in await one.claim()] == [False] * 3

    run(business, scenario)


def test_a_paused_number_keeps_its_messages(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        (lease,) = await outbox_leases.renew(one.connection, one.me, TIMING)
        assert await outbox_leases.pause(one.connection, lease, "The token has expired.")
        assert await one.claim() == []
        assert await outbox_leases.renew(one.connection, one.me, TIMING) == []
        assert set(column(sql, "status")) == {"queued"}
        sql.execute("update whatsapp_accounts set status = 'connected', paused_reason = null")
        assert len(await one.claim()) == 3

    run(business, scenario)


def test_trouble_with_an_old_token_does_not_pause_the_new_one(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        (lease,) = await outbox_leases.renew(one.connection, one.me, TIMING)
        sql.execute("update whatsapp_accounts set token_sealed = 'v1:new:token'")
        assert not await outbox_leases.pause(one.connection, lease, "The token has expired.")
        assert len(await one.claim()) == 3

    run(business, scenario)


def test_what_waited_until_the_window_closed_fails_in_words_unless_it_is_a_template(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute("update conversations set last_inbound_at = now() - interval '24 hours'")
    sql.execute(
        "update messages set type = 'template' where id = (select id from messages limit 1)"
    )

    async def scenario(one: Drain) -> None:
        taken = await one.claim()
        assert [message.refused for message in taken].count(True) == 2
        failed = sql.execute(
            "select type, error_code, error_title, failed_at is not null, claim_token"
            " from messages where status = 'failed'"
        ).fetchall()
        assert failed == [("text", outbox.WINDOW_CLOSED, failed[0][2], True, None)] * 2
        assert "24 hours" in failed[0][2]

    run(business, scenario)


def test_nothing_leaves_for_whom_the_number_has_blocked(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute(
        "insert into contact_blocks (organization_id, account_id, contact_id)"
        " select organization_id, account_id, contact_id from messages order by id limit 1"
    )

    async def scenario(one: Drain) -> None:
        assert [message.refused for message in await one.claim()] == [True, False, False]
        assert column(sql, "error_code") == [outbox.BARRED, None, None]

    run(business, scenario)


def test_a_machines_message_is_refused_once_a_person_has_taken_over(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute("update messages set owner_epoch = 0")
    sql.execute(
        "update conversations set owner_epoch = 1, owner = 'human'"
        " where id = (select conversation_id from messages order by id limit 1)"
    )

    async def scenario(one: Drain) -> None:
        taken = await one.claim()
        assert [message.refused for message in taken] == [True, False, False]
        assert column(sql, "error_code") == [outbox.SUPERSEDED, None, None]
        sql.execute("update conversations set owner_epoch = 1, owner = 'human'")
        assert await one.mark(*taken) == set()  # taken over between claim and request

    run(business, scenario)


def test_somebody_without_an_address_is_not_written_to(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)
    sql.execute("delete from contact_identities where value = '15551000001'")
    sql.execute("update contacts set phone = null")

    async def scenario(one: Drain) -> None:
        taken = await one.claim()
        assert sorted(m.to for m in taken if m.to) == ["15551000002", "15551000003"]
        assert column(sql, "error_code").count(outbox.NOBODY) == 1

    run(business, scenario)


def test_a_request_is_noted_before_it_is_made_and_only_by_who_holds_the_message(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        first, second, third = await one.claim()
        assert await one.mark(first, second) == {first.attempt_id, second.attempt_id}
        assert sorted(column(sql, "status")) == ["claimed", "sending", "sending"]
        assert await one.mark(first) == set()  # once
        async with drain(business) as thief:
            assert await thief.mark(third) == set()
            assert await thief.record(Result(third, "sent")) == []

    run(business, scenario)


def test_results_are_written_once_with_their_reasons(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        first, second, third = await one.claim()
        await one.mark(first, second, third)
        results = [
            Result(first, "held", wamid="wamid.1"),
            Result(second, "failed", code=131009, title="Bad", details="Too long"),
            Result(third, "uncertain", details="No answer within 10 s"),
        ]
        assert len(await one.record(*results)) == 3
        assert await one.record(*results) == []  # recorded already

    run(business, scenario)
    assert column(sql, "status") == ["held", "failed", "uncertain"]
    assert column(sql, "wa_message_id") == ["wamid.1", None, None]
    assert column(sql, "sent_at is not null") == [True, False, False]
    assert column(sql, "failed_at is not null") == [False, True, False]
    assert column(sql, "error_code") == [None, 131009, None]
    assert column(sql, "error_details") == [None, "Too long", "No answer within 10 s"]
    assert column(sql, "claim_token") == [None] * 3


def test_a_message_id_that_another_message_has_costs_only_itself(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        taken = await one.claim()
        await one.mark(*taken)
        recorded = await one.record(*(Result(m, "sent", wamid="same") for m in taken))
        assert [row.status for row in recorded] == ["sent"] * 3

    run(business, scenario)
    assert sorted(column(sql, "coalesce(wa_message_id, '-')")) == ["-", "-", "same"]


def test_the_first_answer_is_timed_from_the_customers_last_word(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    sql.execute(
        "insert into messages (organization_id, id, conversation_id, account_id, contact_id,"
        " direction, type, text, status, sent_by_kind, correlation_id, priority, attempts,"
        " created_at) select organization_id, '00000000-0000-7000-8000-000000000001', id,"
        " account_id, contact_id, 'incoming', 'text', 'Hello', 'received', 'contact',"
        " gen_random_uuid(), 0, 0, now() - interval '3 seconds' from conversations limit 1"
    )
    rows.queue_messages(sql, business.account_id, 2)

    async def scenario(one: Drain) -> None:
        timed: list[float | None] = []
        for _ in range(2):
            taken = await one.claim()
            recorded = await one.record(*(Result(m, "sent") for m in taken))
            timed += [row.since_customer for row in recorded]
            assert all(0 <= row.seconds < 5 for row in recorded)
        (first,) = [seconds for seconds in timed if seconds is not None]
        assert 3 <= first < 8

    run(business, scenario)


def test_the_reaper_queues_what_was_only_claimed_and_leaves_the_living_alone(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        (first, *_) = await one.claim()
        await one.mark(first)
        assert outbox_leases.reap(sql, TIMING) == []

    run(business, scenario)
    wait_until_gone(sql)
    assert [reaped.status for reaped in outbox_leases.reap(sql, TIMING)] == ["queued", "queued"]
    assert sorted(column(sql, "status")) == ["queued", "queued", "sending"]


def test_the_reaper_calls_a_request_uncertain_once_it_had_its_time(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        await one.mark(*await one.claim())

    run(business, scenario)
    wait_until_gone(sql)
    assert outbox_leases.reap(sql, TIMING) == []
    sql.execute("update messages set lease_until = lease_until - interval '1 second'")
    assert [reaped.status for reaped in outbox_leases.reap(sql, TIMING)] == ["uncertain"] * 3
    assert all("stopped" in details for details in column(sql, "error_details"))


def test_a_drain_that_wakes_up_settles_what_the_reaper_called_uncertain(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        first, second, third = await one.claim()
        await one.mark(first, second, third)
        sql.execute("update messages set lease_until = now() - interval '1 second'")
        assert len(outbox_leases.reap(sql, TIMING)) == 3
        await one.record(
            Result(first, "sent", wamid="wamid.1"),
            Result(second, "queued"),  # it never left
        )

    run(business, scenario)
    # Never queued again: a person may have sent it once more meanwhile.
    assert column(sql, "status") == ["sent", "failed", "uncertain"]
    assert column(sql, "error_code") == [None, outbox.NEVER_LEFT, None]


def test_a_status_that_was_faster_than_the_record_is_not_undone(
    sql: psycopg.Connection[Any], business: Business
) -> None:
    rows.queue_messages(sql, business.account_id)

    async def scenario(one: Drain) -> None:
        (first, *_) = await one.claim()
        await one.mark(first)
        sql.execute("update messages set status = 'delivered' where status = 'sending'")
        await one.record(Result(first, "sent", wamid="wamid.1"))

    run(business, scenario)
    assert "delivered" in column(sql, "status")
    assert "sent" not in column(sql, "status")


@pytest.mark.parametrize(("code", "out"), [(131050, True), (131053, False)])
def test_a_refusal_for_somebody_who_stopped_marketing_opts_them_out(
    business: Business, sql: psycopg.Connection[Any], code: int, out: bool
) -> None:
    rows.queue_messages(sql, business.account_id, 1)

    async def scenario(one: Drain) -> None:
        claimed = await one.claim()
        await one.mark(*claimed)
        refused = Result(claimed[0], "failed", code=code, title="Stopped", details="They said so.")
        await one.record(refused, *[Result(c, "sent", wamid=str(c.id)) for c in claimed[1:]])

    run(business, scenario)
    found = sql.execute(
        "select count(*) from contacts where marketing_opted_out_at is not null"
    ).fetchone()
    assert found == (int(out),)
    kept = sql.execute("select granted, source, evidence from consents").fetchall()
    assert kept == ([(False, "whatsapp", "(131050) They said so.")] if out else [])
