"""Bots as their list shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from botpe_app import db
from botpe_app.errors import Invalid
from botpe_app.models import BotSession, Contact, Conversation
from botpe_app.models.base import utc_now
from botpe_app.services import bot_cards, bot_publishing, bots
from tests.acting import within
from tests.conftest import Business
from tests.services.test_bots import HELLO, make


@pytest.fixture(autouse=True)
def _services(services: str) -> None:
    pass


def converse(business: Business, bot_id: str, *, status: str, days_ago: float) -> None:
    """A conversation with a bot that began so long ago."""
    with db.transaction() as session:
        db.act_as_system(session)
        held = Conversation(
            organization_id=business.organization_id,
            account_id=business.account_id,
            contact_id=_contact(session, business),
            status="closed",
        )
        session.add(held)
        session.flush()
        session.add(
            BotSession(
                organization_id=business.organization_id,
                conversation_id=held.id,
                bot_id=UUID(bot_id),
                version=1,
                status=status,
                started_at=utc_now() - timedelta(days=days_ago),
            )
        )


def _contact(session: Session, business: Business) -> UUID:
    contact = Contact(organization_id=business.organization_id, name="Ana")
    session.add(contact)
    session.flush()
    return contact.id


def test_a_card_says_where_a_bot_answers_and_how_busy_it_is(business: Business) -> None:
    busy, quiet = make(business, name="Busy"), make(business, name="Quiet")
    within(business.admin, bot_publishing.publish_bot, busy)
    converse(business, busy, status="waiting", days_ago=1)
    converse(business, busy, status="ended", days_ago=2)
    converse(business, busy, status="ended", days_ago=bot_cards.BUSY_DAYS + 1)
    cards = {card.id: card for card in within(business.viewer, bot_cards.list_cards).data}
    told = cards[busy]
    assert (told.name, told.status, told.version, told.steps) == ("Busy", "active", 1, 3)
    assert (told.sessions, told.running, told.unpublished) == (2, 1, False)
    assert told.account_id == str(business.account_id)
    assert told.account_name
    assert (cards[quiet].version, cards[quiet].sessions, cards[quiet].running) == (None, 0, 0)
    assert not cards[quiet].unpublished


def test_a_draft_that_went_on_is_told_until_it_is_published(business: Business) -> None:
    bot = make(business)
    within(business.admin, bot_publishing.publish_bot, bot)
    within(business.admin, bots.update_bot, bot, flow={**HELLO, "name": "Other"})
    assert within(business.admin, bot_cards.list_cards).data[0].unpublished
    within(business.admin, bot_publishing.publish_bot, bot)
    assert not within(business.admin, bot_cards.list_cards).data[0].unpublished


def test_cards_come_in_pages_of_ones_own_organization_only(
    business: Business, make_business: Callable[..., Business]
) -> None:
    for number in range(3):
        make(business, name=f"Bot {number}")
    page = within(business.admin, bot_cards.list_cards, limit=2)
    rest = within(business.admin, bot_cards.list_cards, limit=2, cursor=page.next)
    assert [card.name for card in (*page.data, *rest.data)] == ["Bot 2", "Bot 1", "Bot 0"]
    assert rest.next is None
    assert within(make_business("Other", "206540352242922").admin, bot_cards.list_cards).data == []
    with pytest.raises(Invalid):
        within(business.admin, bot_cards.list_cards, cursor="nonsense")
