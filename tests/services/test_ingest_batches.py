"""A batch: all of it or none of it, and one bad event never costs the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from botpe_app.services import ingest, ingest_messages
from botpe_app.services.ingest_batch import Batch
from tests.conftest import Business, count
from tests.services.ingesting import (
    change,
    deliver,
    events,
    message,
    one,
    receive,
    rows,
    status,
    work_off,
)
from tests.whatsapp import bodies

POISON = "wamid.500"


@pytest.fixture
def poisoned() -> Iterator[None]:
    """A database that refuses one message, whatever is done to it."""
    insert = Batch.change

    def refuse(self: Batch, query: Any, values: Any) -> Any:
        if query == ingest_messages._INSERT and any(POISON in row for row in values):
            self.connection.execute("select 1 / 0")
        return insert(self, query, values)

    with patch.object(Batch, "change", refuse):
        yield


def thousand() -> bytes:
    said = [
        bodies.message(id=f"wamid.{number}", **{"from": f"1650555{number:04}"})
        for number in range(1000)
    ]
    return bodies.post(bodies.value(messages=said))


def test_a_thousand_messages_of_one_post_make_a_thousand_conversations(
    services: str, business: Business
) -> None:
    receive(services, thousand())
    assert count(services, "conversations") == count(services, "messages") == 1000


@pytest.mark.usefixtures("poisoned")
def test_one_poisoned_message_among_a_thousand_costs_only_itself(
    services: str, business: Business
) -> None:
    receive(services, thousand())
    states = [state for state, _ in events(services)]
    assert (states.count("handled"), states.count("new")) == (999, 1)
    assert count(services, "messages") == count(services, "conversations") == 999
    bad = one(services, "select * from webhook_events where state = 'new'")
    assert "division by zero" in bad["problem"]


@pytest.mark.usefixtures("poisoned")
def test_a_poisoned_message_is_given_up_after_five_tries_with_its_reason(
    services: str, business: Business
) -> None:
    deliver([message(500), message(1)])
    for _ in range(ingest.MOST_ATTEMPTS - 1):
        work_off_once(services)
        assert [state for state, _ in events(services)] == ["new", "handled"]
    work_off_once(services)
    (state, problem), _ = events(services)
    assert state == "failed"
    assert problem.startswith("Given up after 5 tries. DivisionByZero")
    work_off_once(services)
    assert one(services, "select attempts from webhook_events where state = 'failed'") == {
        "attempts": 5
    }


def work_off_once(url: str) -> None:
    """One round, everything due: what failed before gets one more try."""
    change(url, "update webhook_events set next_at = now() where state = 'new'")
    with ingest.connect() as connection:
        ingest.work(connection)
        ingest.work_again(connection)


@pytest.mark.usefixtures("poisoned")
def test_a_failed_event_waits_longer_after_every_try(services: str, business: Business) -> None:
    deliver([message(500)])
    waits: list[float] = []
    for _ in range(3):
        work_off_once(services)
        left = "select extract(epoch from next_at - now())::float8 as left from webhook_events"
        waits.append(one(services, left)["left"])
    assert 1 < waits[0] <= 2 < 3 < waits[1] <= 4 < 7 < waits[2] <= 8


class Killed(BaseException):
    """The process ended here."""


def killing(nth: int) -> Callable[..., Any]:
    """A batch of which the process dies at the nth message, before its commit."""

    def apply(batch: Batch, handled: Any) -> None:
        if any(event.payload["message"]["id"] == f"wamid.{nth}" for event in handled):
            raise Killed
        real(batch, handled)

    real = ingest._apply
    return apply


def test_a_message_that_kills_the_process_is_given_up_and_its_mates_arrive(
    services: str, business: Business
) -> None:
    deliver(message(number) for number in range(10))
    deaths = 0
    with patch.object(ingest, "_apply", killing(7)):
        for _ in range(40):
            try:
                work_off(services)
                break
            except Killed:
                deaths += 1
    assert deaths == ingest.MOST_ATTEMPTS
    assert count(services, "messages") == 9
    (bad,) = rows(services, "select * from webhook_events where state = 'failed'")
    assert bad["payload"]["message"]["id"] == "wamid.7"
    assert "It stopped the worker" in bad["problem"]


def test_a_process_killed_before_its_commit_leaves_nothing_and_the_next_one_does_it_all(
    services: str, business: Business
) -> None:
    deliver(message(number) for number in range(10))
    record = ingest._record

    def die(connection: Any, outcomes: Any) -> None:
        record(connection, outcomes)
        if len(outcomes) == 10:
            raise Killed

    with patch.object(ingest, "_record", die), pytest.raises(Killed):
        work_off(services)
    assert count(services, "messages") == count(services, "contacts") == 0
    work_off(services)
    assert count(services, "messages") == 10
    assert one(services, "select unread_count from conversations")["unread_count"] == 10


def test_a_lost_connection_is_not_the_events_fault(services: str, business: Business) -> None:
    deliver([message(1)])

    def cut(batch: Batch, handled: Any) -> None:
        batch.connection.close()
        batch.connection.execute("select 1")

    with patch.object(ingest, "_apply", cut), pytest.raises(psycopg.OperationalError):
        work_off(services)
    assert events(services) == [("new", "")]
    work_off(services)
    assert events(services) == [("handled", "")]


def test_what_waits_does_not_use_up_its_tries(services: str, business: Business) -> None:
    deliver([status("read")])
    for _ in range(ingest.MOST_ATTEMPTS + 2):
        work_off_once(services)
    assert one(services, "select state, attempts from webhook_events") == {
        "state": "new",
        "attempts": 0,
    }


def test_malformed_news_other_fields_and_errors_each_end_in_words(
    services: str, business: Business
) -> None:
    error = {"code": 130429, "title": "Rate limit hit"}
    receive(
        services,
        b"not json",
        bodies.post(bodies.value(messages=[{"type": "text"}])),
        bodies.post({"event": "APPROVED"}, field="message_template_status_update"),
        bodies.post({"x": 1}, field="telepathy"),
        bodies.post(bodies.value(errors=[error])),
        message(1, "request_welcome", {"a": 1}),
    )
    found = events(services)
    assert [state for state, _ in found] == [
        "ignored",
        "ignored",
        "handled",
        "ignored",
        "handled",
        "ignored",
    ]
    assert found[0][1].startswith("It cannot be read: not JSON")
    assert found[1][1] == "It cannot be read: a message without an id"
    assert found[3][1] == "Unknown kind of news: telepathy"
    assert "(130429)" in found[4][1]
    assert count(services, "messages") == 0


def test_open_pages_of_the_organization_hear_of_it_and_others_do_not(
    services: str, business: Business, make_business: Callable[..., Business]
) -> None:
    make_business("Other", "200")
    deliver([message(1)])
    with ingest.connect() as connection:
        taken, topics = ingest.work(connection)
    talk = one(services, "select id from conversations")["id"]
    assert taken == 1
    told = {topic for organization, topic in topics if organization == business.organization_id}
    assert {"inbox", "dashboard", f"conversation:{talk}"} <= told
    assert {organization for organization, _ in topics} == {business.organization_id}


def test_it_says_when_the_next_event_is_due(services: str, business: Business) -> None:
    with ingest.connect() as connection:
        assert ingest.due_in(connection) is None
        deliver([message(1)])
        assert ingest.due_in(connection) == 0
        change(services, "update webhook_events set next_at = now() + interval '20 s'")
        assert 19 < (ingest.due_in(connection) or 0) <= 20
