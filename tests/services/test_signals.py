"""What conversations sound like: read beside them, filtered by, and asked for by bots."""

from __future__ import annotations

import pytest

from botpe_app import db
from botpe_app.queue import Lane
from botpe_app.services import contacts, inbox, intents, signals, upkeep
from tests.acting import within
from tests.conftest import Business
from tests.services.conversing import end, flow, publish, say, transcript
from tests.services.ingesting import change, message, one, receive

TRACK = {"name": "track", "phrases": ["where is my order", "track my parcel"]}
REFUND = {"name": "refund", "phrases": ["i want my money back", "refund my purchase"]}


@pytest.fixture
def shop(services: str, business: Business) -> Business:
    """A business with two intents."""
    for intent in (TRACK, REFUND):
        within(business.admin, intents.create_intent, **intent)
    return business


def read() -> int:
    with db.connect_as_system(autocommit=True) as connection:
        return len(signals.read_due(connection))


def listed(business: Business, **sounds: str) -> int:
    return len(within(business.viewer, inbox.list_conversations, **sounds).data)


def test_a_text_is_read_after_it_came_and_can_be_filtered_by(services: str, shop: Business) -> None:
    receive(services, message(1, content={"body": "Urgent! Where is my order? This is terrible"}))
    with db.connect_as_system(autocommit=True) as connection:
        assert Lane.AGENTS in upkeep.lanes_with_work(connection)
    assert (read(), read()) == (1, 0)
    (found,) = within(shop.viewer, inbox.list_conversations).data
    assert (found.intent, found.language, found.sentiment, found.urgency) == (
        "track", "en", "negative", "high",
    )  # fmt: skip
    assert listed(shop, intent="track", urgency="high", language="en", sentiment="negative") == 1
    assert listed(shop, intent="refund") == listed(shop, urgency="low") == 0
    receive(services, message(2, content={"body": "thanks, great, refund my purchase"}))
    assert listed(shop, intent="track") == 1
    assert read() == 1
    assert listed(shop, intent="refund", sentiment="positive") == 1


def test_what_none_of_the_intents_fits_is_shown_but_not_of_who_wants_no_ai(
    services: str, shop: Business
) -> None:
    receive(services, message(1, content={"body": "penguins in winter"}))
    read()
    assert within(shop.viewer, signals.unclear) == ["penguins in winter"]
    (person,) = within(shop.agent, contacts.list_contacts).data
    within(shop.agent, contacts.update_contact, person.id, ai_opt_out=True)
    assert within(shop.viewer, signals.unclear) == []


def test_what_comes_while_it_is_read_is_read_again(services: str, shop: Business) -> None:
    receive(services, message(1, content={"body": "hi"}))
    with db.connect_as_system(autocommit=True) as connection:
        change(services, "update conversation_signals set pending = pending + 1")
        signals.read_due(connection)
    assert one(services, "select pending from conversation_signals")["pending"] == 0
    receive(services, message(2, kind="image", content={"id": "1", "mime_type": "image/jpeg"}))
    assert read() == 1


def test_another_organizations_phrases_do_not_count(
    services: str, shop: Business, make_business
) -> None:
    other = make_business("Globex", "999")
    with db.connect_as_system(autocommit=True) as connection:
        assert signals.classifier(connection, other.organization_id) is None
        assert signals.classifier(connection, shop.organization_id) is not None
    assert listed(other) == 0


def test_a_bot_goes_by_what_the_very_text_sounds_like(services: str, shop: Business) -> None:
    def branch(name: str, subject: str, value: str) -> dict:
        test = {"subject": f"{{{{conversation.{subject}}}}}", "op": "eq", "args": [value]}
        return {"id": name, "when": {"match": "all", "tests": [test]}}

    branches = [branch("track", "intent", "track"), branch("angry", "sentiment", "negative")]
    held = flow(
        [{"id": "c", "type": "condition", "data": {"branches": branches}},
         end("track", "On its way"), end("angry", "Sorry!"), end("other", "Hello")],
        ["start next c", "c track track", "c angry angry", "c else other"],
    )  # fmt: skip
    publish(shop, held)
    for number, text in enumerate(("where's my order", "this is awful", "tell me a joke"), 1):
        say(services, number, text)
    said = [text for who, text in transcript(services) if who == "bot"]
    assert said == ["On its way", "Sorry!", "Hello"]
