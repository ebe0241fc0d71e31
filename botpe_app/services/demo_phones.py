"""What the demo's customers have on their phones: without it WhatsApp would call windows closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from botpe_app.config import settings
from botpe_app.core import phone
from botpe_app.db import act_as_system
from botpe_app.models import ContactIdentity, Conversation, Message, WhatsAppAccount
from botpe_app.services import demo_story as story
from botpe_app.services.joining import on
from botpe_app.whatsapp.loose import Json, mappings
from botpe_app.whatsapp.simulator.client import SimulatorClient
from botpe_app.whatsapp.simulator.world import LONGEST_THREAD, default_customers


@dataclass(frozen=True, slots=True)
class Chats:
    """The demo's number as the simulator registers it, and each phone's chat with it."""

    number: str
    known: Json
    entries: dict[str, list[Json]]  # by the simulator's id of the customer


def chats(session: Session) -> Chats | None:
    """The chats of the pretend customers with the demo's number; None where there is no demo."""
    act_as_system(session)
    number = story.NUMBER["phone_number_id"]
    account = session.exec(
        select(WhatsAppAccount).where(WhatsAppAccount.phone_number_id == number)
    ).first()
    if account is None:
        return None
    known: Json = {
        "waba_id": account.waba_id,
        "display_phone_number": account.phone,
        "name": account.name,
    }
    names = {
        name: customer.id
        for customer in default_customers().values()
        for name in (phone.key(customer.wa_id), customer.user_id)
    }
    people = select(ContactIdentity.contact_id, ContactIdentity.value).where(
        ContactIdentity.organization_id == account.organization_id,
        col(ContactIdentity.value).in_(names),
    )
    entries = {
        names[value]: _said(session, account, contact_id)
        for contact_id, value in session.exec(people)
    }
    return Chats(number, known, {customer: said for customer, said in entries.items() if said})


def remember(found: Chats) -> int:
    """Tells the simulator of the chats that it does not have; how many. Raises Unavailable."""
    told = 0
    with SimulatorClient(settings().simulator_url, settings().secret_key) as simulator:
        people = {str(person["id"]) for person in mappings(simulator.state(), "customers")}
        simulator.put_number(found.number, **found.known)
        for customer, entries in found.entries.items():
            if customer not in people or simulator.thread(found.number, customer)["entries"]:
                continue
            simulator.put_history(found.number, customer, entries)
            told += 1
    return told


def _said(session: Session, account: WhatsAppAccount, contact_id: object) -> list[Json]:
    """What passed between them, oldest first, as far as a phone remembers."""
    newest = session.exec(
        select(Message)
        .join(Conversation, on(Conversation, Message.conversation_id))
        .where(
            Conversation.organization_id == account.organization_id,
            Conversation.contact_id == contact_id,
            Conversation.account_id == account.id,
            col(Message.wa_message_id).is_not(None),
        )
        .order_by(col(Message.id).desc())
        .limit(LONGEST_THREAD)
    ).all()
    lines = [
        {
            "sender": "customer" if message.direction == "incoming" else "business",
            "type": message.type,
            "content": message.content,
            "at": message.created_at.timestamp(),
            "wamid": message.wa_message_id,
            **({"status": message.status} if message.direction == "outgoing" else {}),
        }
        for message in newest
    ]
    return sorted(lines, key=lambda line: line["at"])
