"""Demo data."""

from datetime import timedelta

import pytest
from sqlmodel import select

from botpe_app import db
from botpe_app.models import Membership, User
from botpe_app.models.base import utc_now
from botpe_app.services import auth, bot_analytics, bot_cards, bot_replay, dashboard, demo, inbox
from botpe_app.services import demo_story as story
from botpe_app.services.access import Actor, actor_of_session
from tests.acting import within
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


def test_the_shop_bot_has_talked_and_its_talks_can_be_had_again(services):
    seed()
    with db.transaction() as session:
        db.act_as_system(session)
        mara = session.exec(select(User).where(User.email == story.PEOPLE[0][1])).one()
        home = session.exec(select(Membership).where(Membership.user_id == mara.id)).one()
    boss = Actor(home.organization_id, mara.id, "ADMIN", "Mara")
    cards = {card.name: card for card in within(boss, bot_cards.list_cards).data}
    assert cards["Shop"].sessions == 32
    replays = within(boss, bot_replay.replay_bot, cards["Shop"].id)
    assert replays.summary["conversations"] == replays.summary["same"] == 20
    span = {"since": utc_now() - timedelta(days=30), "until": utc_now()}
    figures = within(boss, bot_analytics.bot_figures, cards["Shop"].id, **span)
    assert figures.completed > 0
    assert figures.hand_offs > 0
    assert sum(node["dropped"] for node in figures.nodes) > 0
