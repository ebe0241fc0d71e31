"""Bots that are started from outside: by a call, a tag, a time of day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.models.base import new_id
from botpe_app.services import bot_publishing, bot_replay, bot_starts, contacts, inbox, segments
from tests.acting import within
from tests.conftest import Business, count
from tests.services.conversing import NAMES, answer, end, flow, publish, say, transcript
from tests.services.ingesting import change, one, rows


def started(*triggers: dict[str, Any], text: str = "Hello {{contact.name}}") -> dict[str, Any]:
    """A flow with these triggers that says one thing and ends."""
    return flow([end("bye", text)], ["start next bye"], triggers=list(triggers))


API = {"id": "call", "type": "api"}
TAG = {"id": "vip", "type": "tag", "tags": ["VIP"]}


def start(business: Business, bot: str, **whom: Any) -> Any:
    return within(business.agent, bot_starts.start_bot, bot, **whom)


def person(business: Business, **fields: Any) -> str:
    phone = fields.pop("phone", "+351910000123")
    return within(business.admin, contacts.create_contact, phone=phone, name="Eva", **fields).id


def test_a_call_begins_a_bot_with_a_contact_who_never_wrote(
    services: str, business: Business
) -> None:
    bot = publish(business, started(API, text="{{contact.name}}: {{trigger.data.order}}"))
    contact = person(business)
    begun = start(business, bot, contact_id=contact, data={"order": "17"})
    assert (begun.bot_id, begun.contact_id) == (bot, contact)
    assert answer() == 1
    assert transcript(services) == [("bot", "Eva: 17")]
    again = start(business, bot, conversation_id=begun.conversation_id, data={"order": "18"})
    assert again == begun
    start(business, bot, to="+351910000123", data={"order": "19"})
    answer()
    assert [text for _, text in transcript(services)] == ["Eva: 17", "Eva: 18", "Eva: 19"]
    assert count(services, "conversations") == 1
    found = within(business.admin, bot_replay.replay_bot, bot)
    assert (found.summary["conversations"], found.summary["same"]) == (3, 3)


def test_a_bot_is_not_begun_over_a_person_or_another_bot_unless_it_may_interrupt(
    services: str, business: Business
) -> None:
    publish(business, NAMES)
    bot = publish(business, started(API))
    say(services, 1, "hi")
    talk = one(services, "select id from conversations")["id"]
    with pytest.raises(Conflict, match="interrupt"):
        start(business, bot, conversation_id=str(talk))
    start(business, bot, conversation_id=str(talk), interrupt=True)
    within(business.agent, inbox.hand_off, talk)  # before the bot heard of it
    answer()
    assert transcript(services)[-1] == ("bot", "name")
    with pytest.raises(Conflict, match="person"):
        start(business, bot, conversation_id=str(talk), interrupt=True)
    within(business.agent, inbox.resume_bot, talk)
    answer()
    start(business, bot, conversation_id=str(talk), interrupt=True)
    answer()
    assert transcript(services)[-1] == ("bot", "Hello Ana")


def test_what_cannot_be_begun_is_refused(services: str, business: Business) -> None:
    bot, other = publish(business, started(API)), publish(business, NAMES)
    contact = person(business)
    with pytest.raises(Conflict, match="trigger"):
        start(business, other, contact_id=contact)
    with pytest.raises(Conflict, match="trigger"):
        start(business, bot, contact_id=contact, trigger_id="nothing")
    for whom in ({}, {"contact_id": contact, "to": "+351910000123"}):
        with pytest.raises(Invalid):
            start(business, bot, **whom)
    for whom in ({"contact_id": str(new_id())}, {"conversation_id": "x"}):
        with pytest.raises(NotFound):
            start(business, bot, **whom)
    with pytest.raises(Invalid):
        start(business, bot, contact_id=contact, data={"x": "y" * 40_000})
    with pytest.raises(Forbidden):
        within(business.viewer, bot_starts.start_bot, bot, contact_id=contact)
    within(business.admin, bot_publishing.pause_bot, bot)
    with pytest.raises(Conflict, match="answers nobody"):
        start(business, bot, contact_id=contact)
    assert count(services, "bot_inputs") == 0


def test_a_tag_that_a_contact_gets_begins_the_bot_once(services: str, business: Business) -> None:
    bot = publish(business, started(TAG, text="You are {{trigger.tag}}"))
    contact = person(business)
    for tags in (["new"], ["new", "vip"], ["vip"], []):
        within(business.admin, contacts.update_contact, contact, tags=tags)
        answer()
    assert transcript(services) == [("bot", "You are vip")]
    within(business.admin, bot_publishing.pause_bot, bot)
    within(business.admin, contacts.update_contact, contact, tags=["vip"])
    assert count(services, "bot_inputs") == 0


def test_a_tag_that_a_bot_gives_begins_none(services: str, business: Business) -> None:
    actions = [{"type": kind, "tags": ["VIP"]} for kind in ("remove_tags", "add_tags")]
    act = {"id": "a", "type": "action", "data": {"actions": actions}}
    publish(business, flow([act], ["start next a"], triggers=[TAG, *NAMES["triggers"]]))
    say(services, 1, "hi")
    assert one(services, "select tags from contacts")["tags"] == ["VIP"]
    assert count(services, "bot_inputs") == 0
    assert count(services, "bot_sessions") == 1


def ring(now: datetime) -> int:
    with db.transaction() as session:
        db.act_as_system(session)
        return bot_starts.ring(session, now=now)


def test_a_time_of_day_begins_the_bot_once_for_the_contacts_of_its_segment(
    services: str, business: Business
) -> None:
    filter_ = {"all": [{"field": "tags", "op": "contains", "value": "daily"}]}
    segment = within(business.admin, segments.create_segment, name="Daily", filter=filter_).id
    person(business, tags=["daily"])
    person(business, phone="+351910000124", tags=["daily"])
    person(business, phone="+351910000125")
    change(services, "update contacts set blocked_at = now() where phone = '+351910000124'")
    trigger = {"id": "s", "type": "schedule", "time": "09:00", "segment_id": segment}
    publish(business, started(trigger))
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    nine = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9, tzinfo=UTC)
    assert ring(nine - timedelta(seconds=1)) == 0  # the last nine was before it was published
    assert ring(nine) == 1
    assert ring(nine + timedelta(minutes=1)) == 0
    answer()
    assert transcript(services) == [("bot", "Hello Eva")]
    assert ring(nine + timedelta(days=1, hours=2)) == 0  # missed for too long
    assert ring(nine + timedelta(days=2)) == 1


def test_without_a_segment_a_time_of_day_is_for_those_who_have_a_conversation(
    services: str, business: Business
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=1)
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    person(business)
    publish(business, NAMES)
    say(services, 1, "hi")
    change(services, "update bot_sessions set status = 'ended'")
    change(services, "update conversations set owner = 'nobody'")
    trigger = {"id": "s", "type": "schedule", "time": "09:00", "days": [weekday]}
    publish(business, started(trigger))
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    assert ring(nine + timedelta(days=1)) == 0  # another weekday
    assert ring(nine) == 1
    answer()
    assert transcript(services)[-1] == ("bot", "Hello Ana")
    assert len(rows(services, "select id from contacts")) == 2
