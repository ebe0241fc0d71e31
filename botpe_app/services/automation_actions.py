"""What automation rules do: each action through the same service that a person's click uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from botpe_app.core import templating
from botpe_app.core.segments import CUSTOM
from botpe_app.errors import BotpeError, Conflict, Invalid
from botpe_app.models import WebhookDelivery, WebhookSubscription
from botpe_app.models.base import new_id, utc_now
from botpe_app.queue import Lane, nudge
from botpe_app.services import (
    assignment,
    bot_starts,
    contacts,
    credentials,
    inbox,
    mails,
    messages,
    notes,
    template_sending,
)
from botpe_app.services.access import Actor, as_id
from botpe_app.services.automation_facts import Facts

Json = dict[str, Any]

EVENT = "automation.fired"  # what a webhook is told


@dataclass(frozen=True, slots=True)
class Doing:
    """A rule at work: in whose name, and at what."""

    session: Session
    actor: Actor
    facts: Facts

    def filled(self, text: str) -> str:
        """The text with its placeholders filled in."""
        return templating.render(text, self.facts.values(), self.facts.env())


def do(doing: Doing, action: Json) -> str:
    """Does it, or undoes all of it and says in words why it cannot be done."""
    try:
        with doing.session.begin_nested():
            _ACTIONS[action["type"]](doing, action)
    except BotpeError as error:
        return error.message
    return ""


def _reply(doing: Doing, action: Json) -> None:
    body = doing.filled(action["text"]).strip()[:4096]
    if not body:
        raise Invalid("Nothing is left of the text once it is filled in.")
    talk = doing.facts.conversation
    messages.reply(doing.session, doing.actor, talk.id, type="text", content={"body": body})


def _template(doing: Doing, action: Json) -> None:
    values = {place: doing.filled(text) for place, text in action["values"].items()}
    talk = doing.facts.conversation
    template_sending.send_template(
        doing.session, doing.actor, talk.id, action["template_id"], values
    )


def _assign(doing: Doing, action: Json) -> None:
    assignment.transfer(
        doing.session,
        doing.actor,
        doing.facts.conversation.id,
        user_id=action["user_id"],
        team_id=action.get("team_id"),
    )


def _tag(doing: Doing, action: Json) -> None:
    facts = doing.facts
    bearer = facts.contact if action["on"] == "contact" else facts.conversation
    kept = [tag for tag in bearer.tags if tag not in action["remove"]]
    wanted = list(dict.fromkeys([*kept, *action["add"]]))
    if wanted == bearer.tags:
        return
    if action["on"] == "contact":
        contacts.update_contact(doing.session, doing.actor, facts.contact.id, tags=wanted)
    else:
        inbox.set_tags(doing.session, doing.actor, facts.conversation.id, wanted)


def _field(doing: Doing, action: Json) -> None:
    name, value = action["field"], doing.filled(action["value"])
    if name.startswith(CUSTOM):
        change: Json = {"custom_fields": {name.removeprefix(CUSTOM): value or None}}
    else:
        change = {name: value}
    contacts.update_contact(doing.session, doing.actor, doing.facts.contact.id, **change)


def _note(doing: Doing, action: Json) -> None:
    text = doing.filled(action["text"])[:4000]
    notes.add_note(doing.session, doing.actor, doing.facts.conversation.id, text)


def _bot(doing: Doing, action: Json) -> None:
    talk = doing.facts.conversation
    if action["do"] == "start":
        bot_starts.hand_to(doing.session, doing.actor, action["bot_id"], talk.id)
    else:
        move = inbox.resume_bot if action["do"] == "resume" else inbox.hand_off
        move(doing.session, doing.actor, talk.id)


def _webhook(doing: Doing, action: Json) -> None:
    key = (doing.actor.organization_id, as_id(action["webhook_id"]))
    hook = doing.session.get(WebhookSubscription, key)
    if hook is None:
        raise Conflict("This webhook is gone.")
    facts = doing.facts
    told = {
        "automation": {"id": str(doing.actor.key_id), "name": doing.actor.name},
        "conversation_id": str(facts.conversation.id),
        "message_id": str(facts.message.id) if facts.message else None,
        **facts.values(),
    }
    doing.session.add(
        WebhookDelivery(
            organization_id=hook.organization_id,
            id=new_id(),
            subscription_id=hook.id,
            event=EVENT,
            payload=told,
            next_at=utc_now(),
        )
    )
    doing.session.flush()
    nudge(doing.session, Lane.WEBHOOKS)


def _email(doing: Doing, action: Json) -> None:
    if not mails.possible():
        raise Conflict("No mail server is set up: SMTP_URL is missing.")
    to = credentials.email_address(doing.filled(action["to"]))
    mails.send(
        doing.session,
        to=to,
        subject=doing.filled(action["subject"])[:200],
        text=doing.filled(action["text"]),
        organization_id=doing.actor.organization_id,
        conversation_id=doing.facts.conversation.id,
        author=doing.actor.name,
    )


def _status(doing: Doing, action: Json) -> None:
    inbox.set_status(
        doing.session, doing.actor, doing.facts.conversation.id, action.get("status", "resolved")
    )


_ACTIONS: dict[str, Callable[[Doing, Json], None]] = {
    "reply": _reply,
    "template": _template,
    "assign": _assign,
    "tag": _tag,
    "field": _field,
    "note": _note,
    "bot": _bot,
    "webhook": _webhook,
    "email": _email,
    "status": _status,
    "resolve": _status,
}
