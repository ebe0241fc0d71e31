"""Where a number's webhooks go: to the app's address, or to one of its own (an override)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session

from botpe_app import live
from botpe_app.config import META_GRAPH_URL, settings
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import WhatsAppAccount
from botpe_app.services.access import Actor, get
from botpe_app.services.account_checks import Question, open_question
from botpe_app.whatsapp.client import GraphRefused
from botpe_app.whatsapp.setup import GraphSetup, WebhookAddresses

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Override:
    """Where webhooks shall go; "" ends an override."""

    question: Question
    callback_url: str
    verify_token: str


def prepare(session: Session, actor: Actor, account_id: UUID | str) -> Question:
    """Whose addresses to read. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.MANAGE_NUMBERS)
    return open_question(session, actor, account_id)


def addresses(question: Question) -> WebhookAddresses:
    """Where its webhooks go now. Raises GraphRefused, Unavailable."""
    with _graph(question) as graph:
        return graph.webhook_addresses(question.phone_number_id)


def prepare_override(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    *,
    callback_url: str = "",
    verify_token: str = "",
) -> Override:
    """What to set. Raises Forbidden, NotFound, Conflict, Invalid naming the field."""
    question = prepare(session, actor, account_id)
    callback_url = callback_url.strip()
    if callback_url:
        _check(callback_url)
        if not 1 <= len(verify_token.strip()) <= 200:
            raise Invalid("Give the verify token that this address expects.", field="verify_token")
    return Override(question, callback_url, verify_token.strip())


def override(wish: Override) -> WebhookAddresses:
    """Sets it, and where they go then. Raises Invalid if the address does not answer Meta,
    GraphRefused, Unavailable."""
    question = wish.question
    with _graph(question) as graph:
        try:
            graph.override_webhook(question.phone_number_id, wish.callback_url, wish.verify_token)
        except GraphRefused as error:
            if error.refused.code != 100:
                raise
            said = error.refused.details or error.refused.title
            raise Invalid(f"Meta does not take this address: {said}", field="callback_url") from (
                error
            )
        return graph.webhook_addresses(question.phone_number_id)


def record(
    session: Session, actor: Actor, account_id: UUID | str, told: WebhookAddresses
) -> WebhookAddresses:
    """Keeps where they go. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_NUMBERS)
    row = get(session, actor, WhatsAppAccount, account_id)
    row.found = {**row.found, "override": told.number}
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "accounts")
    return told


def _check(address: str) -> None:
    schemes = ("https",) if settings().graph_url == META_GRAPH_URL else ("https", "http")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in schemes and bool(parts.hostname) and address.isascii()
    except ValueError:
        usable = False
    if not usable or len(address) > LONGEST or any(c.isspace() for c in address):
        raise Invalid(
            f"A public https address of up to {LONGEST} characters.", field="callback_url"
        )


def _graph(question: Question) -> GraphSetup:
    return GraphSetup(settings().graph_url, settings().graph_version, question.token, patience=20.0)
