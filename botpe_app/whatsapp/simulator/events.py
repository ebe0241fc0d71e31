"""Webhook values as WhatsApp writes them (Cloud API docs, "Webhooks")."""

from __future__ import annotations

from dataclasses import dataclass

from botpe_app.whatsapp.loose import Json, some
from botpe_app.whatsapp.simulator.world import Customer, Entry, Number, Template, display_number


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of news for one business account."""

    waba_id: str
    field: str
    value: Json
    to: str = ""  # the web address it goes to, "" for the app's


def _contact(customer: Customer, hidden: bool, *, profile: bool = True) -> Json:
    about = some(name=customer.name, username=customer.username)
    return {
        **({"profile": about} if profile else {}),
        **({} if hidden else {"wa_id": customer.wa_id}),
        **some(user_id=customer.user_id),
    }


def _value(number: Number, **parts: object) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": display_number(number),
            "phone_number_id": number.id,
        },
        **parts,
    }


def message(number: Number, customer: Customer, entry: Entry, *, hidden: bool) -> Change:
    """A customer's message; `hidden`: without the phone number."""
    sender: Json = {} if hidden else {"from": customer.wa_id}
    told = {**sender, **some(from_user_id=customer.user_id), **entry.sent}
    value = _value(number, contacts=[_contact(customer, hidden)], messages=[told])
    return Change(number.waba_id, "messages", value)


def status(
    number: Number, customer: Customer, entry: Entry, word: str, at: float, *, hidden: bool
) -> Change:
    """What became of a message of the business; `hidden`: without the phone number."""
    told: Json = {
        "id": entry.wamid,
        "status": word,
        "timestamp": str(int(at)),
        **({} if hidden else {"recipient_id": customer.wa_id}),
        **some(biz_opaque_callback_data=entry.callback_data),
    }
    if word == "failed":
        return Change(
            number.waba_id, "messages", _value(number, statuses=[{**told, "errors": [entry.error]}])
        )
    told.update(some(recipient_user_id=customer.user_id))
    if word in ("sent", "delivered"):
        told["pricing"] = _pricing(entry)
    people = [_contact(customer, hidden, profile=word != "sent")]
    return Change(number.waba_id, "messages", _value(number, contacts=people, statuses=[told]))


def _pricing(entry: Entry) -> Json:
    return {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": entry.category,
    }


def preference(number: Number, customer: Customer, at: float, *, hidden: bool) -> Change:
    """A customer stopped marketing messages, or takes them again."""
    word = "stop" if customer.opted_out else "resume"
    told: Json = {
        **({} if hidden else {"wa_id": customer.wa_id}),
        **some(user_id=customer.user_id),
        "detail": f"User asked to {word} marketing messages",
        "category": "marketing_messages",
        "value": word,
        "timestamp": int(at),
    }
    people = [_contact(customer, hidden)]
    value = _value(number, contacts=people, user_preferences=[told])
    return Change(number.waba_id, "user_preferences", value)


def call(
    number: Number, customer: Customer, call_id: str, event: str, at: float, *, hidden: bool
) -> Change:
    """A customer's call begins (connect) or ended without an answer (terminate)."""
    told: Json = {
        "id": call_id,
        "from": customer.user_id if hidden else customer.wa_id,
        "to": display_number(number),
        "event": event,
        "timestamp": str(int(at)),
        "direction": "USER_INITIATED",
    }
    return Change(number.waba_id, "calls", _value(number, calls=[told]))


def quality(number: Number) -> Change:
    """The number's quality is low now, or no longer."""
    value: Json = {
        "display_phone_number": display_number(number),
        "event": "FLAGGED" if number.quality == "RED" else "UNFLAGGED",
        "current_limit": number.messaging_limit,
    }
    return Change(number.waba_id, "phone_number_quality_update", value)


def template_status(waba_id: str, template: Template) -> Change:
    """A template's status has changed."""
    value: Json = {
        "event": template.status,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": template.rejected_reason,
    }
    if template.status == "PAUSED":
        value["other_info"] = {"title": "FIRST_PAUSE", "description": "Paused for three hours."}
    return Change(waba_id, "message_template_status_update", value)
