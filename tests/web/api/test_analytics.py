"""Figures: what they say is what the rows say, counted another way."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import pytest

from tests.campaigning import ask, change, customers, draft, feed, launch, template
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

FROM, TO = "2026-03-02", "2026-03-08"  # a Monday to a Sunday
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
STATES = ("queued", "held", "sent", "delivered", "read", "failed", "uncertain")
KINDS = ("user", "bot", "agent", "api", "campaign")
INSERT = (
    "insert into messages (organization_id, id, conversation_id, account_id, contact_id,"
    " direction, type, content, text, status, sent_by_kind, sent_by_id, correlation_id, priority,"
    " attempts, created_at) select organization_id, :id, id, account_id, contact_id, :direction,"
    " :type, cast(:content as jsonb), '', :status, :kind, :by, :id, 0, 0, :at"
    " from conversations where id = :talk"
)


@pytest.fixture
def messages(business: Business) -> list[dict[str, Any]]:
    """Three hundred messages of two weeks, at random, and what they are."""
    chance = random.Random(7)  # noqa: S311 - no secret
    customers(business, 3)
    talks = [row[0] for row in ask("select id from conversations order by id")]
    template(business)
    made: list[dict[str, Any]] = []
    for n in range(300):
        incoming = chance.random() < 0.4
        kind = "contact" if incoming else chance.choice(KINDS)
        sale = not incoming and chance.random() < 0.5
        made.append(
            {
                "id": uuid4(),
                "talk": chance.choice(talks),
                "direction": "incoming" if incoming else "outgoing",
                "type": "template" if sale else "text",
                "content": '{"name": "sale", "language": {"code": "en"}}' if sale else "{}",
                "status": "received" if incoming else chance.choice(STATES),
                "kind": kind,
                "by": business.agent.user_id if kind == "user" else None,
                "at": BEGIN + timedelta(minutes=67 * n - 7 * 24 * 60 + 1),
            }
        )
    made = [one for one in made if one["at"] < BEGIN + timedelta(days=7)]
    for one in sorted(made, key=lambda one: one["at"]):
        change(INSERT, **one)
    change("update messages set id = cast(lpad(to_hex(cast(extract(epoch from created_at)"
           " as bigint)), 32, '0') as uuid)")  # fmt: skip
    return made


def figures(admin: Browser, what: str, **query: str) -> dict[str, Any]:
    address = f"/api/analytics/{what}?from={FROM}&to={TO}"
    answer = admin("GET", address + "".join(f"&{key}={value}" for key, value in query.items()))
    assert answer.status_code == 200, answer.text
    return answer.json()


def of_week(messages: list[dict[str, Any]], week: int) -> list[dict[str, Any]]:
    begin = BEGIN + timedelta(weeks=week)
    return [one for one in messages if begin <= one["at"] < begin + timedelta(weeks=1)]


def sums(messages: list[dict[str, Any]]) -> dict[str, int]:
    states = Counter(one["status"] for one in messages)
    return {
        "incoming": states["received"],
        "outgoing": len(messages) - states["received"],
        "sent": states["sent"] + states["delivered"] + states["read"],
        "delivered": states["delivered"] + states["read"],
        "read": states["read"],
        "failed": states["failed"],
        "uncertain": states["uncertain"],
    }


def test_the_overview_is_what_the_rows_are(admin: Browser, messages: list[dict[str, Any]]) -> None:
    told = figures(admin, "overview")
    ours, before = of_week(messages, 0), of_week(messages, -1)
    assert sums(ours).items() <= told["totals"].items()
    assert sums(before).items() <= told["before"].items()
    was, is_ = sums(before)["incoming"], sums(ours)["incoming"]
    assert told["change"]["incoming"] == round((is_ - was) / was, 4)
    assert told["change"]["contacts_new"] is None
    assert [day["day"] for day in told["days"]] == [f"2026-03-0{n}" for n in range(2, 9)]
    for name in ("incoming", "sent", "failed"):
        assert sum(day[name] for day in told["days"]) == told["totals"][name]
    kinds = Counter(one["kind"] for one in ours if one["direction"] == "outgoing")
    assert told["by_sender"] == kinds
    assert (told["from"], told["to"]) == ("2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z")


def waits(messages: list[dict[str, Any]]) -> list[float]:
    """Seconds from a customer's first word after ours to our next."""
    found: list[float] = []
    since: dict[Any, datetime] = {}
    for one in sorted(messages, key=lambda one: one["at"]):
        if one["kind"] == "campaign":
            continue
        if one["direction"] == "incoming":
            since.setdefault(one["talk"], one["at"])
        elif one["talk"] in since:
            found.append((one["at"] - since.pop(one["talk"])).total_seconds())
    return found


def test_conversations_figures_are_what_the_rows_are(
    admin: Browser, business: Business, messages: list[dict[str, Any]]
) -> None:
    told = figures(admin, "conversations")
    ours = of_week(messages, 0)
    expected = waits(ours)
    assert told["responses"]["all"]["count"] == len(expected)
    assert told["responses"]["all"]["median_seconds"] == median(expected)
    parts = told["responses"]["people"]["count"] + told["responses"]["machines"]["count"]
    assert parts == len(expected)
    heat = Counter((m["at"].weekday(), m["at"].hour) for m in ours if m["kind"] == "contact")
    assert {
        (day, hour): count
        for day, hours in enumerate(told["heat"])
        for hour, count in enumerate(hours)
        if count
    } == heat
    (person,) = told["people"]
    assert person["user_id"] == str(business.agent.user_id)
    assert person["messages"] == sum(one["kind"] == "user" for one in ours)


def test_resolved_conversations_count_when_they_are_resolved(
    admin: Browser, messages: list[dict[str, Any]]
) -> None:
    change("update conversations set created_at = '2026-03-03'")
    change("update conversations set status = 'resolved' where id = :id", id=messages[0]["talk"])
    change("update conversations set resolved_at = '2026-03-03 01:00Z' where status = 'resolved'")
    told = figures(admin, "conversations")
    assert (told["totals"]["started"], told["totals"]["resolved"]) == (3, 1)
    assert told["totals"]["median_resolution_seconds"] == 3600
    assert told["days"][1] == {"day": "2026-03-03", "started": 3, "resolved": 1}
    change("update conversations set status = 'open'")
    assert figures(admin, "conversations")["totals"]["resolved"] == 0


def test_templates_figures_are_what_the_rows_are(
    admin: Browser, messages: list[dict[str, Any]]
) -> None:
    told = figures(admin, "templates")
    sale = [one for one in of_week(messages, 0) if one["type"] == "template"]
    (found,) = told["templates"]
    expected = sums(sale)
    assert {name: found[name] for name in ("sent", "delivered", "read", "failed")} == {
        name: expected[name] for name in ("sent", "delivered", "read", "failed")
    }
    assert found["messages"] == len(sale)
    assert found["cost"] == pytest.approx(expected["delivered"] * 0.025)  # numbers beginning +1
    assert told["totals"]["cost"] == found["cost"]


def test_what_meta_counts_of_a_template_stands_beside_our_own(
    admin: Browser, messages: list[dict[str, Any]]
) -> None:
    told = figures(admin, "templates")
    (found,) = told["templates"]
    assert found["by_meta"] is None
    for day, many in (("day", 3), ("day + 1", 2), ("day - 30", 9)):
        change(
            f"insert into template_insights select organization_id, id, {day}, :n, :n, 1, 0, 0.5"  # noqa: S608
            " from templates, (select (:since)::timestamptz::date + 1 as day) span",
            n=many,
            since=told["from"],
        )
    (found,) = figures(admin, "templates")["templates"]
    assert found["by_meta"] == {"sent": 5, "delivered": 5, "read": 2, "clicked": 0, "cost": 1.0}


def test_an_answer_counts_for_the_template_of_the_variant_that_was_answered(
    admin: Browser, business: Business
) -> None:
    first, other = template(business), template(business, name="other")
    campaign = draft(business, first, customers(business, 4), variants=[{}, {"template_id": other}])
    launch(business, campaign)
    feed()
    change("update campaign_recipients set replied_at = now() where variant = 1")
    change("update campaign_recipients set clicked_at = now() where variant = 0")
    change("update campaigns set started_at = :at", at=BEGIN)
    change("update messages set created_at = :at", at=BEGIN + timedelta(days=1))
    found = figures(admin, "templates")["templates"]
    assert {one["name"]: (one["messages"], one["replied"], one["clicked"]) for one in found} == {
        "sale": (2, 0, 2), "other": (2, 2, 0),
    }  # fmt: skip


def test_a_campaigns_figures_are_its_report(admin: Browser, business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 2))
    launch(business, campaign)
    feed()
    told = admin("GET", f"/api/analytics/campaigns/{campaign}").json()
    assert told == admin("GET", f"/api/campaigns/{campaign}/report").json()
    assert told["counts"]["queued"] == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=x", "from"), ("to=2026-13-01", "to"), ("from=2026-03-02&to=2026-03-01", "from"),
     ("from=2020-01-01&to=2026-01-01", "from")],
)  # fmt: skip
def test_a_stretch_that_is_none_is_refused(admin: Browser, query: str, field: str) -> None:
    for what in ("overview", "conversations", "templates"):
        assert problem(admin("GET", f"/api/analytics/{what}?{query}"))[::2] == (422, field)


def test_figures_come_as_sheets_too(admin: Browser, messages: list[dict[str, Any]]) -> None:
    for what in ("overview", "conversations", "templates"):
        told = figures(admin, what)
        answer = admin("GET", f"/api/analytics/{what}.csv?from={FROM}&to={TO}")
        assert answer.headers["content-type"].startswith("text/csv")
        lines = list(csv.reader(io.StringIO(answer.text)))
        assert lines[0] == ["part", "row", "figure", "value"]
        totals = {line[2]: line[3] for line in lines if line[:2] == ["totals", ""]}
        assert totals == {name: str(value) for name, value in told["totals"].items()}
    day = next(line for line in lines if line[0] == "templates" and line[2] == "messages")
    assert int(day[3]) == told["templates"][0]["messages"]
    assert problem(admin("GET", "/api/analytics/overview.csv?from=x"))[2] == "from"
