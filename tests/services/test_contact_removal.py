"""Two contacts made one, and a person erased."""

from __future__ import annotations

import io

import psycopg
import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.models import Note, WebhookEvent
from botpe_app.models.base import new_id
from botpe_app.services import blocks, contact_removal, contacts, inbox, media, messages
from botpe_app.storage import storage
from tests.acting import within
from tests.conftest import count

ANA, BOB = "+491511234561", "+491511234562"
HELLO = {"name": "hello", "language": {"code": "en"}}


@pytest.fixture(autouse=True)
def _services(services):
    pass


def person(business, phone, **fields):
    return within(business.agent, contacts.create_contact, phone=phone, **fields)


def talk(business, phone, content=HELLO):
    return within(business.agent, messages.send_to, to=phone, type="template", content=content)


def run(url, statement, *values):
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute(statement, values)


def with_file(media_id):
    link = {"type": "document", "document": {"id": str(media_id)}}
    return {**HELLO, "components": [{"type": "header", "parameters": [link]}]}


def file_of(business):
    media_id = new_id()
    examined = media.Examined("document", "application/pdf", 4, "ab" * 32, "a.pdf")
    within(business.agent, media.add, media_id, examined)
    storage().put(media.key_of(business.organization_id, media_id), io.BytesIO(b"%PDF"))
    return media_id


def is_stored(business, media_id):
    try:
        return b"".join(storage().read(media.key_of(business.organization_id, media_id)))
    except NotFound:
        return None


def test_a_merged_contact_has_what_both_had(business):
    ana = person(business, ANA, name="Ana", tags=["vip"], custom_fields={"size": "M"})
    bob = person(business, BOB, email="b@example.com", tags=["new"], marketing_opt_in=True)
    first, second = talk(business, ANA), talk(business, BOB)
    merged = within(business.agent, contact_removal.merge_contacts, ana.id, bob.id)
    assert (merged.id, merged.name, merged.phone, merged.email) == (
        ana.id, "Ana", ANA, "b@example.com"
    )  # fmt: skip
    assert (merged.tags, merged.marketing_opt_in) == (["new", "vip"], True)
    assert within(business.viewer, contacts.get_contact, ana.id) == merged
    with pytest.raises(NotFound):
        within(business.viewer, contacts.get_contact, bob.id)
    (one,) = within(business.viewer, inbox.list_conversations).data
    for sent in (first, second):
        found = within(business.viewer, messages.get_message, sent.id)
        assert found.conversation_id == one.id
    assert talk(business, BOB).conversation_id == one.id


def test_whom_a_number_has_blocked_stays_blocked_when_they_are_merged(business):
    ana, bob = person(business, ANA), person(business, BOB)
    told = blocks.Block(str(business.account_id), bob.id, blocked=True)
    within(business.agent, blocks.record, told)
    within(business.agent, contact_removal.merge_contacts, ana.id, bob.id)
    (barred,) = within(business.viewer, blocks.kept_list, business.account_id)
    assert barred.contact_id == ana.id


def test_a_contact_is_not_merged_with_itself_nor_with_anothers(business, make_business):
    ana = person(business, ANA)
    theirs = person(make_business("Other", "999"), ANA)
    merge = contact_removal.merge_contacts
    with pytest.raises(Invalid) as refused:
        within(business.agent, merge, ana.id, ana.id)
    assert refused.value.field == "contact_id"
    for other in (theirs.id, "x"):
        with pytest.raises(NotFound):
            within(business.agent, merge, ana.id, other)
    with pytest.raises(Forbidden):
        within(business.viewer, merge, ana.id, theirs.id)


def test_an_erased_person_leaves_nothing_and_others_everything(business, database):
    shared, own = file_of(business), file_of(business)
    ana = person(business, ANA, name="Ana", marketing_opt_in=True)
    person(business, BOB, name="Bob")
    talk(business, ANA, with_file(own))
    first = talk(business, ANA, with_file(shared))
    second = talk(business, BOB, with_file(shared))
    received = file_of(business)
    with db.transaction() as session:
        db.act_as_system(session)
        note = {"conversation_id": first.conversation_id, "text": "Likes tea"}
        session.add(Note.model_validate({"organization_id": business.organization_id, **note}))
        for place, key in enumerate((ANA[1:], BOB[1:])):
            session.add(
                WebhookEvent(
                    event_key=f"e{place}", field="messages", kind="message", contact_key=key,
                    phone_number_id=business.phone_number_id, payload={"said": "hello"},
                    correlation_id=new_id(),
                )
            )  # fmt: skip
    run(database, "update media set message_id = %s where id = %s", first.id, received)
    within(business.admin, contact_removal.erase_contact, ana.id)
    with pytest.raises(NotFound):
        within(business.viewer, contacts.get_contact, ana.id)
    left = {table: count(database, table) for table in ("contacts", "conversations", "messages")}
    assert left == {"contacts": 1, "conversations": 1, "messages": 1}
    for table in ("notes", "consents"):
        assert count(database, table) == 0
    assert count(database, "contact_identities") == 1
    assert [is_stored(business, file) for file in (own, received, shared)] == [None, None, b"%PDF"]
    assert within(business.viewer, messages.get_message, second.id)
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        events = connection.execute(
            "select contact_key, payload <> '{}', state from webhook_events order by event_key"
        ).fetchall()
    assert events == [("", False, "ignored"), (BOB[1:], True, "new")]
    assert person(business, ANA).id != ana.id


def test_nobody_is_erased_by_an_agent_or_while_a_message_is_on_its_way(business, database):
    ana = person(business, ANA)
    sent = talk(business, ANA)
    with pytest.raises(Forbidden):
        within(business.agent, contact_removal.erase_contact, ana.id)
    run(database, "update messages set status = 'sending' where id = %s", sent.id)
    with pytest.raises(Conflict):
        within(business.admin, contact_removal.erase_contact, ana.id)
    run(database, "update messages set status = 'failed' where id = %s", sent.id)
    within(business.admin, contact_removal.erase_contact, ana.id)
    assert count(database, "messages") == 0


def test_another_organization_erases_nobody_of_ours(business, make_business):
    ana = person(business, ANA)
    with pytest.raises(NotFound):
        within(make_business("Other", "999").admin, contact_removal.erase_contact, ana.id)
    assert within(business.viewer, contacts.get_contact, ana.id) == ana
