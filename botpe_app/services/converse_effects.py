"""What a bot wants done, done to its conversation: messages, notes, contact, who has it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from botpe_app.core.conditions.values import as_text
from botpe_app.core.engine import Act, Effect, HandOff, Send
from botpe_app.core.engine.belongings import contact_after, variables_after
from botpe_app.errors import Invalid
from botpe_app.models.base import new_id
from botpe_app.services import credentials, mails
from botpe_app.services.access import as_id
from botpe_app.services.bot_simulation import as_sent
from botpe_app.services.converse_batch import Errand, Letter, Said, Talk

log = logging.getLogger(__name__)

_WHY = {
    "fallback": "The bot did not understand the customer.",
    "error": "Something the bot tried did not work.",
    "loop": "The bot went round in a circle.",
    "interrupt": "The customer asked for a person.",
    "ai": "The AI proposed a person.",
}
_LONGEST_NOTE = 4000


def apply(talk: Talk, bot_id: UUID, effects: Sequence[Effect], correlation_id: UUID) -> UUID | None:
    """Does them, in their order; the id of the last message among them."""
    last: UUID | None = None
    before = 0.0
    for effect in effects:
        if isinstance(effect, Send):
            _type(talk, effect, before)
            before = effect.after_seconds
            last = _say(talk, bot_id, effect, correlation_id) or last
        elif isinstance(effect, HandOff):
            _hand_off(talk, effect)
        elif isinstance(effect, Act):
            _act(talk, effect)
    return last


def _say(talk: Talk, bot_id: UUID, send: Send, correlation_id: UUID) -> UUID | None:
    try:
        content = as_sent(send.type, send.content)
    except Invalid as error:
        log.warning("bot_message_unsendable", extra={"node_id": send.node_id})
        _note(talk, f"A {send.type} of the bot could not be sent: {error.message}")
        return None
    said = Said(new_id(), bot_id, send, content, correlation_id)
    talk.said.append(said)
    return said.id


def _type(talk: Talk, send: Send, before: float) -> None:
    """Shows that the bot types until the message leaves, to a customer who has just written."""
    heard = next((one.wamid for one in reversed(talk.inputs) if one.wamid), None)
    if heard and send.typing and send.after_seconds > before:
        request = {"kind": "typing", "message_id": heard, "timeout_seconds": 10, "retries": 0}
        talk.errands.append(Errand(request, before))


def _hand_off(talk: Talk, effect: HandOff) -> None:
    """A person speaks from here; what the bot has said before is still sent."""
    talk.owner, talk.needs_person = "human", True
    _give_to(talk, effect.user_id, effect.team_id)
    _note(talk, " ".join(filter(None, (_WHY.get(effect.reason, ""), effect.note))))


def _act(talk: Talk, act: Act) -> None:
    if known := _ACTS.get(act.action):
        known(talk, act)
    else:
        if act.action in ("opt_in", "opt_out"):
            talk.consent = act.action == "opt_in"
        after = contact_after(talk.contact, act)
        if after != talk.contact:
            talk.contact, talk.contact_changed = after, True


def _assign(talk: Talk, act: Act) -> None:
    _give_to(talk, as_text(act.params.get("user_id")), as_text(act.params.get("team_id")))


def _give_to(talk: Talk, user_id: str, team_id: str) -> None:
    """To this person, or to whoever of the team has least to do."""
    if assignee := as_id(user_id or None):
        talk.assignee_id, talk.team_id = assignee, None
    elif team := as_id(team_id or None):
        talk.assignee_id, talk.team_id = None, team


def _send_email(talk: Talk, act: Act) -> None:
    to = as_text(act.params.get("to"))
    try:
        address = credentials.email_address(to)
    except Invalid:
        _note(talk, f"The bot's e-mail was not sent: {to[:200]} is no address.")
        return
    if not mails.possible():
        _note(
            talk, f"The bot's e-mail to {address} was not sent: there is no mail server (SMTP_URL)."
        )
        return
    subject, words = (as_text(act.params.get(part)) for part in ("subject", "body"))
    talk.mails.append(Letter(address, subject, words))


def _call_webhook(talk: Talk, act: Act) -> None:
    talk.events.append({"name": act.params.get("event"), "payload": act.params.get("payload")})


def _add_to_campaign(talk: Talk, act: Act) -> None:
    talk.campaigns.append(as_text(act.params.get("campaign_id")))


def _set_status(talk: Talk, act: Act) -> None:
    talk.status = as_text(act.params.get("status")) or talk.status


def _set_variable(talk: Talk, act: Act) -> None:
    name = as_text(act.params.get("name"))
    after = variables_after(talk.organization["variables"], act)
    talk.organization = {**talk.organization, "variables": after}
    talk.variables[name] = after[name]


def _add_note(talk: Talk, act: Act) -> None:
    _note(talk, as_text(act.params.get("text")))


def _note(talk: Talk, text: str) -> None:
    if text.strip():
        talk.notes.append(text.strip()[:_LONGEST_NOTE])


_ACTS: dict[str, Callable[[Talk, Act], None]] = {
    "assign": _assign,
    "set_status": _set_status,
    "set_organization_variable": _set_variable,
    "add_note": _add_note,
    "send_email": _send_email,
    "call_webhook": _call_webhook,
    "add_to_campaign": _add_to_campaign,
}
