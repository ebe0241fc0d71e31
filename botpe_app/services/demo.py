"""Demo data: one believable organization, and as many more rows as one wants to try it with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from botpe_app.core import phone as phones
from botpe_app.db import act_as_system
from botpe_app.models import (
    Contact,
    ContactIdentity,
    Conversation,
    Membership,
    Message,
    Note,
    Organization,
    User,
    WhatsAppAccount,
)
from botpe_app.models.base import new_id
from botpe_app.services import (
    accounts,
    credentials,
    demo_agents,
    demo_bots,
    demo_bulk,
    demo_campaigns,
    demo_marketing,
    demo_rules,
    demo_settings,
    organizations,
)
from botpe_app.services import demo_story as story
from botpe_app.services import demo_templates as templates
from botpe_app.services.access import Actor
from botpe_app.whatsapp.preview import preview

_TICKS = ("sent", "delivered", "read")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Someone the demo's sign-in page offers."""

    name: str
    role: str
    email: str
    password: str


SIGN_INS = [SignIn(name, role, email, story.PASSWORD) for name, email, role in story.PEOPLE]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What is there after seeding."""

    organization_id: str
    slug: str
    made: bool  # False if the demo was there already
    sign_ins: list[SignIn]


def seed(session: Session, *, now: datetime, messages: int = 0, contacts: int = 0) -> Seeded:
    """Makes the demo organization unless it is there, and adds bulk rows to it.

    `messages` and `contacts` are how many more of each to add, 0 or more.
    """
    act_as_system(session)
    mara = session.exec(select(User).where(User.email == story.PEOPLE[0][1])).first()
    home = _home(session, mara) if mara else None
    made = home is None
    if home is None:
        home = _found(session, now)
    if messages or contacts:
        demo_bulk.add(session, home.id, now=now, messages=messages, contacts=contacts)
    return Seeded(str(home.id), home.slug, made, SIGN_INS)


def _home(session: Session, mara: User) -> Organization | None:
    membership = session.exec(select(Membership).where(Membership.user_id == mara.id)).first()
    return session.get(Organization, membership.organization_id) if membership else None


def _found(session: Session, now: datetime) -> Organization:
    home = organizations.make_organization(session, story.ORGANIZATION)
    home.time_zone = story.TIME_ZONE
    people = {name: _employ(session, home, name, email, role) for name, email, role in story.PEOPLE}
    boss = Actor(home.id, people[story.MARA], "ADMIN", story.MARA)
    number = accounts.add_account(session, boss, **story.NUMBER)
    account = session.get_one(WhatsAppAccount, (home.id, UUID(number.id)))
    for talk in story.TALKS:
        _tell(session, account, talk, people, now)
    _earlier_days(session, account, people[story.JONAS], now)
    demo_bots.build(
        session,
        boss,
        number.id,
        tell=lambda talk: _tell(session, account, talk, people, now),
        now=now,
    )
    demo_marketing.know(session, boss)
    templates.write(session, boss, number.id, now)
    demo_campaigns.plan(session, boss, number.id, now)
    demo_agents.build(session, boss, now)
    session.flush()
    demo_settings.furnish(session, boss, people)
    demo_settings.hear(session, account, now)
    demo_rules.build(session, boss)
    return home


def _employ(session: Session, home: Organization, name: str, email: str, role: str) -> UUID:
    user = credentials.make_user(session, name=name, email=email, password=story.PASSWORD)
    session.add(Membership(organization_id=home.id, user_id=user.id, role=role))
    session.flush()
    return user.id


def _tell(
    session: Session,
    account: WhatsAppAccount,
    talk: story.Talk,
    people: dict[str, UUID],
    now: datetime,
) -> list[Message]:
    """A conversation as it was told; gives its messages in their order."""
    contact = _customer(session, account.organization_id, talk, now)
    conversation = Conversation(
        organization_id=account.organization_id,
        account_id=account.id,
        contact_id=contact.id,
        status=talk.status,
        assignee_id=people.get(talk.assignee),
        tags=list(talk.tags),
        unread_count=talk.unread,
        owner="human" if talk.assignee else "nobody",
        created_at=now - timedelta(minutes=talk.lines[0][0]),
    )
    session.add(conversation)
    session.flush()
    told: list[Message] = []
    for line in talk.lines:
        message = _line(conversation, line, people.get(line[1]), now)
        if message.status == "failed":
            message.failed_at = message.created_at
            message.error_code, message.error_title, message.error_details = talk.error
        session.add(message)
        told.append(message)
    for ago, who, said in talk.notes:
        session.add(
            Note(
                organization_id=account.organization_id,
                conversation_id=conversation.id,
                user_id=people[who],
                text=said,
                created_at=now - timedelta(minutes=ago),
            )
        )
    contact.last_inbound_at = conversation.last_inbound_at
    session.flush()
    return told


def _customer(session: Session, organization_id: UUID, talk: story.Talk, now: datetime) -> Contact:
    is_bsuid = phones.is_bsuid(talk.address)
    contact = Contact(
        organization_id=organization_id,
        name=talk.name,
        phone=None if is_bsuid else talk.address,
        language=talk.language,
        tags=list(talk.contact_tags),
        custom_fields={"city": talk.city} if talk.city else {},
        marketing_opt_in=talk.opted_in,
        created_at=now - timedelta(days=90),
    )
    session.add(contact)
    session.flush()
    session.add(
        ContactIdentity(
            organization_id=organization_id,
            kind="bsuid" if is_bsuid else "phone",
            value=phones.key(talk.address),
            contact_id=contact.id,
            address=talk.address if is_bsuid else talk.address.removeprefix("+"),
        )
    )
    return contact


def _line(
    conversation: Conversation, line: story.Line, speaker: UUID | None, now: datetime
) -> Message:
    """One message, and the conversation moved on by it; no speaker means the customer."""
    ago, _, kind, content, status = line
    at = now - timedelta(minutes=ago)
    message = _message(conversation, kind, content, status, at)
    if speaker is None:
        message.sent_by_kind, message.sent_by_id = "contact", conversation.contact_id
        conversation.last_inbound_at = at
        conversation.waiting_since = conversation.waiting_since or at
    else:
        message.sent_by_kind, message.sent_by_id = "user", speaker
        conversation.waiting_since = None
    conversation.last_message, conversation.last_direction = message.text, message.direction
    conversation.last_message_id, conversation.last_message_at = message.id, at
    return message


def _message(
    conversation: Conversation, kind: str, content: dict[str, Any], status: str, at: datetime
) -> Message:
    reached = _TICKS.index(status) + 1 if status in _TICKS else 0
    incoming = status == "received"
    message = Message(
        organization_id=conversation.organization_id,
        conversation_id=conversation.id,
        account_id=conversation.account_id,
        contact_id=conversation.contact_id,
        direction="incoming" if incoming else "outgoing",
        type=kind,
        content=content,
        text=preview(kind, content),
        status=status,
        sent_by_kind="contact",
        correlation_id=new_id(),
        attempt_id=None if incoming else new_id(),  # every one of these was tried
        created_at=at,
    )
    if incoming or reached:
        message.wa_message_id = _wamid(message.id)
    for step, name in enumerate(_TICKS[:reached]):
        setattr(message, f"{name}_at", at + timedelta(seconds=1 + 20 * step))
    return message


def _wamid(message_id: UUID) -> str:
    return f"wamid.demo{hashlib.sha256(message_id.bytes).hexdigest()[:32].upper()}"


def _earlier_days(session: Session, account: WhatsAppAccount, jonas: UUID, now: datetime) -> None:
    """Two weeks of questions and answers, resolved, with quieter weekends."""
    first, last = story.NAMES
    for day in range(1, 15):
        date = now - timedelta(days=day)
        for n in range(2 if date.weekday() >= 5 else 4 + day % 3):
            asked, answered = story.SMALL_TALK[(day + n) % len(story.SMALL_TALK)]
            ago = day * story.DAY + n * 47
            talk = story.Talk(
                f"{first[(day * 3 + n) % len(first)]} {last[(day + n * 2) % len(last)]}",
                f"+4915{day:02}{n:02}{(day * 7919 + n * 104729) % 100000:05}",
                (
                    (ago, "<", "text", {"body": asked}, "received"),
                    (ago - 3 - n, story.JONAS, "text", {"body": answered}, _TICKS[-1 - n % 2]),
                ),
                language="de",
                status="resolved",
                assignee=story.JONAS,
            )
            _tell(session, account, talk, {story.JONAS: jonas}, now)
