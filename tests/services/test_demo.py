"""Demo data."""

import pytest

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.services import auth, dashboard, demo, inbox
from botpe_app.services.access import actor_of_session
from tests.conftest import count


@pytest.fixture(autouse=True)
def _services(services):
    pass


def seed(**options):
    with db.transaction() as session:
        return demo.seed(session, now=utc_now(), **options)


def test_the_demo_is_a_shop_with_work_to_do(services):
    seeded = seed()
    boss = seeded.sign_ins[0]
    with db.transaction() as session:
        token = auth.sign_in(
            session, email=boss.email, password=boss.password, client=auth.Client("192.0.2.9")
        ).token
    with db.transaction() as session:
        actor = actor_of_session(session, token)
        page = inbox.list_conversations(session, actor, status=None, limit=200)
        told = dashboard.overview(session, actor, now=utc_now())
    assert {item.status for item in page.data} == {"open", "pending", "resolved"}
    assert told.waiting >= 3
    assert told.uncertain == told.failed == 1
    assert len(told.days) == 7
    assert all(day.incoming for day in told.days)
    assert told.sent >= told.delivered >= told.read > 0
    assert told.median_first_response_seconds


def test_seeding_twice_changes_nothing(services):
    assert seed().made
    before = [count(services, table) for table in ("users", "contacts", "messages")]
    assert not seed().made
    assert [count(services, table) for table in ("users", "contacts", "messages")] == before


def test_bulk_rows_come_in_the_numbers_asked_for(services):
    seed()
    before = count(services, "contacts"), count(services, "messages")
    seed(contacts=300, messages=1500)
    after = count(services, "contacts"), count(services, "messages")
    assert (after[0] - before[0], after[1] - before[1]) == (300, 1500)
    seed(contacts=100, messages=100)
    assert count(services, "contacts") == after[0] + 100
    assert count(services, "messages") == after[1] + 100
