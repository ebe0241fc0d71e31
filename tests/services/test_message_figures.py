"""The figures kept of messages are what counting the rows gives."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from botpe_app import db
from botpe_app.services import analytics, upkeep
from tests.acting import within
from tests.campaigning import ask, change, customers
from tests.conftest import Business

BEGIN = datetime(2026, 3, 28, tzinfo=UTC)
STATES = ("queued", "claimed", "sending", "sent", "delivered", "read", "failed")
INSERT = (
    "insert into messages (organization_id, id, conversation_id, account_id, contact_id, direction,"
    " type, content, text, status, sent_by_kind, correlation_id, priority, attempts, created_at)"
    " select v.organization_id, gen_random_uuid(), v.id, v.account_id, v.contact_id, 'outgoing',"
    " 'text', '{}', '', :status, :kind, gen_random_uuid(), 0, 0,"
    " cast(:at as timestamptz) + n * interval '7 minutes 13 seconds'"
    " from conversations v, generate_series(1, :count) n"
)
UPDATE = "update messages set status = :status where abs(hashtext(id::text)) % 7 = :rest"
DELETE = "delete from messages where abs(hashtext(id::text)) % 7 = :rest"


def add_up() -> None:
    with db.connect_as_system(autocommit=True) as connection:
        upkeep.add_up(connection)


def kept() -> Counter[tuple[object, ...]]:
    rows = ask(
        "select organization_id, slot, direction, sent_by_kind, status, sum(count)::int from"
        " (select * from message_figures union all select organization_id, slot, direction,"
        " sent_by_kind, status, count from message_figure_changes) f group by 1, 2, 3, 4, 5"
    )
    return +Counter({tuple(row[:5]): row[5] for row in rows})


def counted() -> Counter[tuple[object, ...]]:
    rows = ask(
        "select organization_id, date_bin('15 minutes', created_at, '2000-01-01 00:00+00'),"
        " direction, sent_by_kind, case when status in ('claimed', 'sending') then 'queued'"
        " else status end, count(*)::int from messages group by 1, 2, 3, 4, 5"
    )
    return Counter({tuple(row[:5]): row[5] for row in rows})


def test_figures_equal_the_rows_whatever_happens_to_them(
    business: Business, make_business: object
) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    customers(business, 2)
    customers(make_business("Globex", "999"), 1)  # pyright: ignore[reportCallIssue, reportUnknownArgumentType]
    for turn in range(12):
        change(INSERT, status=chance.choice(STATES), kind=chance.choice(["user", "bot"]),
               at=BEGIN + timedelta(minutes=chance.randrange(4000)), count=40)  # fmt: skip
        change(UPDATE, status=chance.choice(STATES), rest=turn % 7)
        change("update messages set lease_until = now()")  # changes no figure
        if turn % 3 == 1:
            change(DELETE, rest=turn % 7)
        if turn % 4 == 2:
            add_up()
        assert kept() == counted()
    add_up()
    assert ask("select count(*) from message_figure_changes") == [(0,)]
    assert kept() == counted()
    change("delete from messages")
    assert not kept()


def test_an_overview_of_any_stretch_counts_what_the_rows_say(business: Business) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    customers(business, 2)
    change("update organizations set time_zone = 'Asia/Kathmandu'")  # 5:45 ahead
    for status in STATES:
        change(INSERT, status=status, kind="bot", at=BEGIN, count=60)
    add_up()
    change("update messages set status = 'read' where abs(hashtext(id::text)) % 5 = 0")
    for _ in range(12):
        since = BEGIN + timedelta(seconds=chance.randrange(20_000))
        until = since + timedelta(seconds=chance.choice([1, 600, 899, 901, 5000, 90_000]))
        told = within(business.viewer, analytics.overview, since=since, until=until)
        rows = ask(
            "select to_char(created_at at time zone 'Asia/Kathmandu', 'YYYY-MM-DD'), count(*)"
            " from messages where created_at >= :since and created_at < :until group by 1",
            since=since,
            until=until,
        )
        by_day = {day.day: day.outgoing for day in told.days if day.outgoing}
        assert by_day == dict(map(tuple, rows))
        assert told.totals.outgoing == sum(by_day.values())
        ((read,),) = ask(
            "select count(*) from messages where created_at >= :since and created_at < :until"
            " and status = 'read'",
            since=since,
            until=until,
        )
        assert told.totals.read == read
