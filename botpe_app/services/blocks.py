"""Whom a number has blocked: prepare, ask, record. Meta keeps the list, we what we know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core import phone as phones
from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError, Conflict
from botpe_app.models import (
    Contact,
    ContactBlock,
    ContactIdentity,
    Conversation,
    WhatsAppAccount,
)
from botpe_app.services import account_checks
from botpe_app.services.access import Actor, get
from botpe_app.services.account_business import graph_of
from botpe_app.services.account_checks import Question
from botpe_app.services.joining import on
from botpe_app.whatsapp.client import GraphRefused

_MOST = 1000  # of Meta's list of up to 64,000
_NOT_ALLOWED = range(139100, 139104)


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to block or let in, and at which number."""

    question: Question
    contact_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Block:
    """Whether a number has blocked a customer."""

    account_id: str
    contact_id: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody a number has blocked; `contact_id` and `name` where they are known here."""

    id: str  # WhatsApp's id of them
    contact_id: str | None
    name: str


def prepare(
    session: Session, actor: Actor, contact_id: UUID | str, *, account_id: str | None = None
) -> Wish:
    """Whom to block or let in: at the named number, else at the one they last wrote with.

    Raises Forbidden, NotFound, Conflict for one who never wrote.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    contact = get(session, actor, Contact, contact_id)
    where = account_id or _last_number(session, actor, contact.id)
    account = get(session, actor, WhatsAppAccount, where)
    question = account_checks.question_of(account)
    address = contact.phone or _address(session, actor, contact.id)
    if not address or not question.token:
        raise Conflict("There is no number or token with which Meta could be asked.")
    return Wish(question, str(contact.id), address)


def block(wish: Wish) -> Block:
    """Has the number take nothing more from them. Raises Conflict, GraphRefused, Unavailable."""
    return _ask(wish, blocked=True)


def unblock(wish: Wish) -> Block:
    """Lets them write again. Raises Conflict, GraphRefused, Unavailable."""
    return _ask(wish, blocked=False)


def record(session: Session, actor: Actor, told: Block) -> Block:
    """Keeps what Meta did. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_CONTACTS)
    account = get(session, actor, WhatsAppAccount, told.account_id)
    contact = get(session, actor, Contact, told.contact_id)
    _keep(session, actor, account.id, [contact.id], blocked=told.blocked)
    return told


def prepare_list(session: Session, actor: Actor, account_id: UUID | str) -> Question:
    """Whose list to read. Raises Forbidden, NotFound."""
    actor.require(Permission.READ)
    return account_checks.question_of(get(session, actor, WhatsAppAccount, account_id))


def fetch(question: Question) -> list[str]:
    """The first thousand of Meta's list. Raises GraphRefused, Unavailable."""
    with graph_of(question) as graph:
        return list(islice(graph.blocked(question.phone_number_id), _MOST))


def record_list(
    session: Session, actor: Actor, account_id: UUID | str, users: list[str]
) -> list[Blocked]:
    """Keeps Meta's list of a number, and tells who they are here. Raises Forbidden, NotFound."""
    actor.require(Permission.READ)
    account = get(session, actor, WhatsAppAccount, account_id)
    listed = _named(session, actor, users)
    there = {UUID(one.contact_id) for one in listed if one.contact_id}
    kept = barred_by(session, account.organization_id, account.id)
    if there - kept:
        _keep(session, actor, account.id, sorted(there - kept), blocked=True)
    # A longer list is not whole, and somebody it names by an id unknown here may be one of ours.
    whole = len(users) < _MOST and all(one.contact_id for one in listed)
    if whole and kept - there:
        _keep(session, actor, account.id, sorted(kept - there), blocked=False)
    return listed


def kept_list(session: Session, actor: Actor, account_id: UUID | str) -> list[Blocked]:
    """Whom a number has blocked as far as we know, the latest first. Raises Forbidden, NotFound."""
    actor.require(Permission.READ)
    account = get(session, actor, WhatsAppAccount, account_id)
    rows = session.exec(
        select(Contact.id, Contact.name, Contact.phone)
        .join(ContactBlock, on(Contact, ContactBlock.contact_id))
        .where(
            ContactBlock.organization_id == actor.organization_id,
            ContactBlock.account_id == account.id,
        )
        .order_by(col(ContactBlock.blocked_at).desc())
        .limit(_MOST)
    )
    return [Blocked(phone or str(found), str(found), name) for found, name, phone in rows]


def barred_by(session: Session, organization_id: UUID, account_id: UUID) -> set[UUID]:
    """The contacts that a number has blocked, as far as we know."""
    found = select(ContactBlock.contact_id).where(
        ContactBlock.organization_id == organization_id, ContactBlock.account_id == account_id
    )
    return set(session.exec(found))


def bars(session: Session, row: Conversation) -> bool:
    """Whether the conversation's number has blocked its customer."""
    found = select(ContactBlock.account_id).where(
        ContactBlock.organization_id == row.organization_id,
        ContactBlock.account_id == row.account_id,
        ContactBlock.contact_id == row.contact_id,
    )
    return session.exec(found).first() is not None


def _keep(
    session: Session, actor: Actor, account_id: UUID, people: Sequence[UUID], *, blocked: bool
) -> None:
    which = {"organization_id": actor.organization_id, "account_id": account_id}
    if blocked:
        session.connection().execute(
            insert(ContactBlock)
            .values([{**which, "contact_id": one} for one in people])
            .on_conflict_do_nothing()
        )
    else:
        session.connection().execute(
            delete(ContactBlock).where(
                col(ContactBlock.organization_id) == actor.organization_id,
                col(ContactBlock.account_id) == account_id,
                col(ContactBlock.contact_id).in_(people),
            )
        )
    live.publish(session, actor.organization_id, "contacts", "inbox", "accounts")


def _named(session: Session, actor: Actor, blocked: list[str]) -> list[Blocked]:
    keys = {user: phones.key(user) for user in dict.fromkeys(blocked)}
    rows = session.exec(
        select(ContactIdentity.value, Contact.id, Contact.name)
        .join(Contact, on(Contact, ContactIdentity.contact_id))
        .where(
            ContactIdentity.organization_id == actor.organization_id,
            col(ContactIdentity.value).in_(list(keys.values())),
        )
    )
    known = {value: (str(contact_id), name) for value, contact_id, name in rows}
    return [Blocked(user, *known.get(key, (None, ""))) for user, key in keys.items()]


def _ask(wish: Wish, *, blocked: bool) -> Block:
    question = wish.question
    try:
        with graph_of(question) as graph:
            change = graph.block if blocked else graph.unblock
            change(question.phone_number_id, wish.address)
    except GraphRefused as error:
        raise _refusal(error) from error
    return Block(str(question.account_id), wish.contact_id, blocked)


def _refusal(error: GraphRefused) -> BotpeError:
    refused = error.refused
    if refused.code not in _NOT_ALLOWED:
        return error
    said = (refused.details or refused.title).rstrip(".")
    return Conflict(
        f"Meta does not block them ({said}). Only who wrote within 24 hours can be blocked."
    )


def _last_number(session: Session, actor: Actor, contact_id: UUID) -> UUID:
    found = session.exec(
        select(Conversation.account_id)
        .where(
            Conversation.organization_id == actor.organization_id,
            Conversation.contact_id == contact_id,
        )
        .order_by(col(Conversation.last_inbound_at).desc().nulls_last())
        .limit(1)
    ).first()
    if found is None:
        raise Conflict("This contact has written to none of your numbers.")
    return found


def _address(session: Session, actor: Actor, contact_id: UUID) -> str:
    found = session.exec(
        select(ContactIdentity.address).where(
            ContactIdentity.organization_id == actor.organization_id,
            ContactIdentity.contact_id == contact_id,
        )
    ).first()
    return found or ""
