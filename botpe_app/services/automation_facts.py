"""What automation rules look at: the conversation, its customer, what was said, and the hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.automations import Happened, holds, starts
from botpe_app.core.conditions import Env, Hours
from botpe_app.models import AutomationRule, Contact, Conversation, Message, Organization
from botpe_app.services import business_hours
from botpe_app.services.access import Actor, organization_of

_EARLIER = text("""
select exists (select from conversations v
  join messages m on m.organization_id = v.organization_id and m.conversation_id = v.id
  where v.organization_id = :organization and v.contact_id = :contact
    and m.direction = 'incoming' and m.type <> 'system' and m.id < :message)
""")


@dataclass(frozen=True, slots=True)
class House:
    """The organization around: its name, its zone and when it is open."""

    organization: Organization
    hours: Hours

    @property
    def zone(self) -> ZoneInfo:
        """Where it is."""
        return ZoneInfo(self.organization.time_zone)


def house_of(session: Session, actor: Actor) -> House:
    """The actor's own organization."""
    return House(organization_of(session, actor), business_hours.hours_of(session, actor))


@dataclass(frozen=True, slots=True)
class Facts:
    """Something that happened in a conversation, with all that a rule may ask or say of it."""

    house: House
    conversation: Conversation
    contact: Contact
    message: Message | None
    happened: Happened
    at: datetime

    def fit(self, rule: AutomationRule) -> bool:
        """Whether the rule starts at this and its conditions hold."""
        known = self.surroundings()
        return starts(rule.trigger, self.happened) and holds(rule.conditions, known, self.at)

    def surroundings(self) -> dict[str, Any]:
        """The contact's fields and what is around, by the names that conditions know."""
        talk, message = self.conversation, self.message
        return {
            **_fields(self.contact),
            "marketing_opt_in": self.contact.marketing_opt_in,
            "created_at": self.contact.created_at,
            "last_inbound_at": self.contact.last_inbound_at,
            "message.text": message.text if message else "",
            "message.type": message.type if message else "",
            "conversation.status": talk.status,
            "conversation.tags": list(talk.tags),
            "conversation.assignee": str(talk.assignee_id or ""),
            "conversation.account_id": str(talk.account_id),
            "open_now": self.happened.is_open,
        }

    def values(self) -> dict[str, Any]:
        """What texts may fill in."""
        talk = self.conversation
        return {
            "contact": _fields(self.contact),
            "message": {"text": self.message.text if self.message else ""},
            "conversation": {"id": str(talk.id), "status": talk.status, "tags": list(talk.tags)},
            "organization": {"name": self.house.organization.name},
            "event": dict(self.happened.data),
        }

    def env(self) -> Env:
        """Where and when texts are filled in."""
        return Env(now=self.at.astimezone(self.house.zone), timezone=self.house.zone)


def happened(
    session: Session,
    house: House,
    kind: str,
    *,
    contact: Contact,
    message: Message | None,
    at: datetime,
    data: dict[str, Any],
) -> Happened:
    """What a rule's trigger is told."""
    return Happened(
        kind=kind,
        text=message.text if message else "",
        is_first=message is not None and not _wrote_before(session, contact, message.id),
        is_open=house.hours.is_open(at),
        data=data,
    )


def _wrote_before(session: Session, contact: Contact, message_id: UUID) -> bool:
    values = {
        "organization": contact.organization_id,
        "contact": contact.id,
        "message": message_id,
    }
    return bool(session.connection().execute(_EARLIER, values).scalar())


def _fields(contact: Contact) -> dict[str, Any]:
    return {
        "id": str(contact.id),
        "name": contact.name,
        "phone": contact.phone or "",
        "email": contact.email or "",
        "language": contact.language or "",
        "tags": list(contact.tags),
        "custom_fields": dict(contact.custom_fields),
    }
