"""Who wrote: phone numbers, business-scoped ids, and two contacts that turn out to be one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg

from botpe_app import db
from botpe_app.services import ingest
from tests.conftest import Business, count
from tests.services.ingesting import (
    ANA,
    BEA,
    change,
    deliver,
    events,
    message,
    one,
    receive,
    rows,
    sent_message,
    status,
    work_off,
)
from tests.whatsapp import bodies

BSUID, PARENT = "US.13491208655302741918", "US.ENT.11815799212886844830"
NEW_NUMBER = "16505559999"


def nameless(number: int, **others: Any) -> bytes:
    """A message of somebody whose username hides the phone number."""
    return message(number, **{"from": "", "from_user_id": BSUID, **others})


def both(number: int) -> bytes:
    """A message that tells the phone number and the id."""
    return message(number, from_user_id=BSUID)


def names(url: str) -> set[tuple[str, str]]:
    found = rows(url, "select kind, value from contact_identities")
    return {(row["kind"], row["value"]) for row in found}


def moved(number: int, **system: Any) -> bytes:
    """The news that Ana has a new number."""
    news = {"type": "user_changed_number", "body": "Ana has moved", "wa_id": NEW_NUMBER}
    return message(number, "system", {**news, **system})


def test_a_customer_without_a_phone_number_is_known_by_the_id(
    services: str, business: Business
) -> None:
    receive(services, nameless(1), nameless(2))
    assert one(services, "select phone, name from contacts") == {"phone": None, "name": ""}
    assert names(services) == {("bsuid", BSUID)}
    assert count(services, "messages") == 2


def test_a_phone_number_learned_later_joins_the_contact(services: str, business: Business) -> None:
    receive(services, nameless(1))
    receive(services, both(2))
    assert one(services, "select phone from contacts")["phone"] == f"+{ANA}"
    assert names(services) == {("bsuid", BSUID), ("phone", ANA)}


def test_every_id_of_a_sender_is_kept(services: str, business: Business) -> None:
    receive(services, message(1, from_user_id=BSUID, from_parent_user_id=PARENT))
    assert names(services) == {("phone", ANA), ("bsuid", BSUID), ("parent_bsuid", PARENT)}


def test_two_contacts_that_are_one_person_become_the_older_one(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    receive(services, nameless(2))
    assert count(services, "contacts") == 2
    older = one(services, "select id from contacts where phone is not null")["id"]
    change(services, "update contacts set tags = '{vip}', email = 'a@b.c' where phone is null")
    change(services, "update contacts set tags = '{old}', name = 'Mine' where phone is not null")
    receive(services, both(3))
    contact = one(services, "select * from contacts")
    assert (contact["id"], contact["name"], contact["email"]) == (older, "Mine", "a@b.c")
    assert contact["tags"] == ["old", "vip"]
    talk = one(services, "select * from conversations")
    assert (talk["contact_id"], talk["unread_count"], talk["last_message"]) == (older, 3, "text 3")
    said = rows(services, "select contact_id, conversation_id from messages")
    assert said == [{"contact_id": older, "conversation_id": talk["id"]}] * 3


def test_merging_keeps_notes_reactions_and_closed_conversations(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    change(services, "update conversations set status = 'closed'")
    receive(services, message(2), nameless(3))
    receive(
        services, nameless(4, type="reaction", reaction={"message_id": "wamid.3", "emoji": "👍"})
    )
    change(
        services,
        "insert into notes (organization_id, id, conversation_id, text)"
        " select organization_id, gen_random_uuid(), id, 'careful' from conversations",
    )
    receive(services, both(5))
    states = [
        row["status"] for row in rows(services, "select status from conversations order by id")
    ]
    assert states == ["closed", "open"]
    assert count(services, "notes") == 3
    open_one = one(services, "select id from conversations where status = 'open'")["id"]
    assert one(services, "select conversation_id from reactions")["conversation_id"] == open_one
    assert count(services, "contacts") == 1


def test_a_message_of_both_names_first_leaves_nothing_to_merge(
    services: str, business: Business
) -> None:
    receive(services, both(1), message(2), nameless(3))
    assert count(services, "contacts") == count(services, "conversations") == 1


def test_a_customer_who_changed_the_number_stays_the_same_contact(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    receive(services, moved(2))
    assert one(services, "select phone from contacts")["phone"] == f"+{NEW_NUMBER}"
    receive(services, message(3, **{"from": NEW_NUMBER}))
    assert count(services, "contacts") == count(services, "conversations") == 1
    talk = one(services, "select * from conversations")
    assert talk["unread_count"] == 2  # what WhatsApp itself noted is in the thread, not unread
    assert count(services, "messages") == 3


def test_a_new_number_that_wrote_before_the_news_is_merged(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    receive(services, message(3, **{"from": NEW_NUMBER}))
    receive(services, moved(2))
    assert one(services, "select phone from contacts")["phone"] == f"+{NEW_NUMBER}"
    assert one(services, "select unread_count from conversations")["unread_count"] == 2


def test_another_system_note_leaves_the_number_alone(services: str, business: Business) -> None:
    receive(services, message(1))
    receive(services, moved(2, type="customer_identity_changed", wa_id=ANA))
    assert one(services, "select phone from contacts")["phone"] == f"+{ANA}"
    assert one(services, "select unread_count from conversations")["unread_count"] == 1


def test_a_changed_user_id_keeps_the_contact_and_makes_no_stranger(
    services: str, business: Business
) -> None:
    ids = {"previous": BSUID, "current": "US.777"}
    news = {"metadata": bodies.METADATA, "user_id_update": [{"user_id": ids}]}
    receive(services, bodies.post(news, field="user_id_update"))
    assert count(services, "contacts") == 0
    receive(services, nameless(1))
    receive(services, bodies.post({**news, "again": 1}, field="user_id_update"))
    assert names(services) == {("bsuid", BSUID), ("bsuid", "US.777")}
    receive(services, nameless(2, from_user_id="US.777"))
    assert count(services, "contacts") == 1
    assert {state for state, _ in events(services)} == {"handled"}


def test_a_status_teaches_the_customers_user_id(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, status("delivered", recipient_user_id=BSUID))
    receive(services, nameless(5))
    assert count(services, "contacts") == count(services, "conversations") == 1


def test_a_status_for_a_group_member_teaches_nothing(services: str, business: Business) -> None:
    sent_message(services, business)
    member: dict[str, Any] = {"recipient_participant_id": BEA, "recipient_user_id": BSUID}
    receive(services, status("delivered", **member))
    assert names(services) == {("phone", ANA)}


def test_a_contact_that_is_made_at_the_same_moment_is_used(
    services: str, business: Business
) -> None:
    """Somebody else's transaction holds the name when the batch wants to make it."""
    contact = "00000000-0000-7000-8000-000000000001"
    deliver([message(1), message(2, **{"from": BEA})])
    with psycopg.connect(services, options=db.SYSTEM_OPTIONS) as other:
        other.execute(
            "insert into contacts (organization_id, id, name, marketing_opt_in)"
            " values (%s, %s, 'Typed in', false)",
            (business.organization_id, contact),
        )
        other.execute(
            "insert into contact_identities values (%s, 'phone', %s, %s, %s)",
            (business.organization_id, ANA, contact, f"+{ANA}"),
        )
        worker = threading.Thread(target=work_off, args=(services,))
        worker.start()
        worker.join(0.3)
        assert worker.is_alive()
    worker.join(10)
    work_off(services)
    assert events(services) == [("handled", "")] * 2
    assert {row["name"] for row in rows(services, "select name from contacts")} == {
        "Typed in",
        "Ana",
    }


def test_the_same_customer_of_two_businesses_is_two_contacts(
    services: str, make_business: Callable[..., Business]
) -> None:
    ours, theirs = make_business("Acme"), make_business("Other", "200")
    body = both(1)
    receive(services, body, body.replace(ours.phone_number_id.encode(), b"200"))
    owners = rows(services, "select organization_id from contacts")
    assert {row["organization_id"] for row in owners} == {
        ours.organization_id,
        theirs.organization_id,
    }
    assert count(services, "messages") == 2


def test_two_ingests_share_the_work_by_turns(services: str, business: Business) -> None:
    with ingest.connect() as first, ingest.connect() as second:
        assert ingest.take_lead(first)
        assert not ingest.take_lead(second)
        first.close()
        deadline = threading.Event()
        for _ in range(100):
            if ingest.take_lead(second):
                break
            deadline.wait(0.05)
        else:
            raise AssertionError("the lead was not given up")
