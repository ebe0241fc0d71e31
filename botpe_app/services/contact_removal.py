"""Two contacts made one, and a person erased with everything they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Table, cast, delete, false, or_, select, update
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as rows

from botpe_app import live
from botpe_app.core import status
from botpe_app.core.permissions import Permission
from botpe_app.db import act_as_system, act_for, after_commit
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import (
    Contact,
    ContactIdentity,
    Conversation,
    Media,
    MediaUpload,
    Message,
    WebhookEvent,
    WhatsAppAccount,
)
from botpe_app.services import contacts, media
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.ingest_batch import Batch
from botpe_app.services.ingest_merge import absorb
from botpe_app.services.views import ContactItem
from botpe_app.storage import storage
from botpe_app.whatsapp import messages as wire

_ON_ITS_WAY = (status.CLAIMED, status.SENDING)


def merge_contacts(
    session: Session, actor: Actor, contact_id: UUID | str, other_id: UUID | str
) -> ContactItem:
    """The first contact with all that either of them has; the other one is gone.

    Raises Forbidden, NotFound, Invalid for a contact and itself.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    keep, drop = (get(session, actor, Contact, found).id for found in (contact_id, other_id))
    if keep == drop:
        raise Invalid("These are the same contact.", field="contact_id")
    for found in sorted((keep, drop)):  # in one order, so that two merges do not lock each other
        get_locked(session, actor, Contact, found)
    batch = Batch(session.connection().connection.driver_connection)  # pyright: ignore[reportArgumentType]
    absorb(batch, actor.organization_id, keep, drop)
    live.publish(session, actor.organization_id, "inbox", "contacts", *_told(batch))
    session.expunge_all()
    return contacts.get_contact(session, actor, keep)


def _told(batch: Batch) -> Iterator[str]:
    return (topic for _, topic in batch.topics)


def erase_contact(session: Session, actor: Actor, contact_id: UUID | str) -> None:
    """Removes a person for good: their names, conversations, messages, notes and files.

    Raises Forbidden unless an admin, NotFound, Conflict while a message to them is being sent.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    row = get_locked(session, actor, Contact, contact_id)
    theirs = _messages(session, row)
    if any(message.status in _ON_ITS_WAY for message in theirs):
        raise Conflict("A message to this contact is being sent. Try again in a few seconds.")
    _erase_files(session, row, theirs)
    _blank_events(session, row)
    for table, condition in reversed(owned_by(row).items()):
        ours = table.c.organization_id == row.organization_id
        session.connection().execute(delete(table).where(ours, condition))
    session.expunge_all()
    live.publish(session, actor.organization_id, "contacts", "inbox")


def _messages(session: Session, row: Contact) -> Sequence[Message]:
    """All of the person's messages; nobody claims one meanwhile."""
    talks = rows(Conversation.id).where(
        Conversation.organization_id == row.organization_id, Conversation.contact_id == row.id
    )
    theirs = rows(Message).where(
        Message.organization_id == row.organization_id, col(Message.conversation_id).in_(talks)
    )
    return session.exec(theirs.with_for_update()).all()


def owned_by(row: Contact) -> dict[Table, ColumnElement[bool]]:
    """What to remove of every table that has to do with the person, the contact's own first.

    Found by the tables' columns and references, so that a table made later is not forgotten.
    """
    owned: dict[Table, ColumnElement[bool]] = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name == "contacts":
            owned[table] = table.c.id == row.id
        elif "organization_id" in table.c:
            parts = list(_references(table, row, owned))
            if parts:
                owned[table] = or_(false(), *parts)
    return owned


def _references(
    table: Table, row: Contact, owned: dict[Table, ColumnElement[bool]]
) -> Iterator[ColumnElement[bool]]:
    if "contact_id" in table.c:
        yield table.c.contact_id == row.id
    for reference in table.foreign_keys:
        parent = reference.column.table
        if parent in owned and parent.name != "contacts" and reference.column.name == "id":
            of_parent = select(parent.c.id).where(
                parent.c.organization_id == row.organization_id, owned[parent]
            )
            yield reference.parent.in_(of_parent)


def _erase_files(session: Session, row: Contact, theirs: Sequence[Message]) -> None:
    """Files they sent, and those that were sent to nobody else; bytes go after the commit."""
    sent = {file for m in theirs for file in wire.our_files(m.type, m.content)}
    gone = [file for file in sent if not _sent_to_others(session, row, theirs, file)]
    found = rows(Media.id).where(
        Media.organization_id == row.organization_id,
        or_(col(Media.message_id).in_([message.id for message in theirs]), col(Media.id).in_(gone)),
    )
    ids = list(session.exec(found))
    for table, column in ((MediaUpload, MediaUpload.media_id), (Media, Media.id)):
        session.connection().execute(
            delete(table).where(
                col(table.organization_id) == row.organization_id, col(column).in_(ids)
            )
        )
    organization_id = row.organization_id
    after_commit(session, lambda: _delete_bytes(organization_id, ids))


def _sent_to_others(session: Session, row: Contact, theirs: Sequence[Message], file: UUID) -> bool:
    """Whether a message to somebody else holds the file's id."""
    others = rows(Message.id).where(
        Message.organization_id == row.organization_id,
        Message.direction == "outgoing",
        Message.type != "text",
        col(Message.id).not_in([message.id for message in theirs]),
        cast(Message.content, String).contains(str(file)),
    )
    return session.exec(others.limit(1)).first() is not None


def _delete_bytes(organization_id: UUID, ids: Sequence[UUID]) -> None:
    for media_id in ids:
        storage().delete(media.key_of(organization_id, media_id))
        storage().delete(media.thumbnail_key(organization_id, media_id))


def _blank_events(session: Session, row: Contact) -> None:
    """Empties what webhooks said of them; the rows stay so that no redelivery is news."""
    names = rows(ContactIdentity.value).where(
        ContactIdentity.organization_id == row.organization_id,
        ContactIdentity.contact_id == row.id,
    )
    numbers = rows(WhatsAppAccount.phone_number_id).where(
        WhatsAppAccount.organization_id == row.organization_id
    )
    keys, ours = list(session.exec(names)), list(session.exec(numbers))
    act_as_system(session)  # events are nobody's until they are handled
    values: dict[str, Any] = {"payload": {}, "contact_key": ""}
    theirs = (col(WebhookEvent.contact_key).in_(keys), col(WebhookEvent.phone_number_id).in_(ours))
    session.connection().execute(
        update(WebhookEvent)
        .where(*theirs, col(WebhookEvent.state) == "new")
        .values(**values, state="ignored", problem="erased")
    )
    session.connection().execute(update(WebhookEvent).where(*theirs).values(**values))
    act_for(session, row.organization_id)
