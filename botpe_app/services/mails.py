"""Mails, written down with the work they tell of; the mail lane hands them to SMTP_URL's server.

So none is lost that was promised, none leaves for what was undone, and nobody waits for a server.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from botpe_app import vault
from botpe_app.config import settings
from botpe_app.models import Mail
from botpe_app.models.base import new_id, utc_now
from botpe_app.queue import Lane, nudge

LASTS = timedelta(days=1)  # of what no link's time is bound to


def possible() -> bool:
    """Whether there is a server that takes mails."""
    return bool(settings().smtp_url)


def send(
    session: Session,
    *,
    to: str,
    subject: str,
    text: str,
    good_until: datetime | None = None,
    organization_id: UUID | None = None,
    invitation_id: UUID | None = None,
    conversation_id: UUID | None = None,
    author: str = "",
) -> None:
    """Has a plain mail sent once this is committed; nothing without SMTP_URL.

    It is tried until `good_until`, a day if that is not said. Where it is about a conversation,
    the staff is told by a note of `author`'s if it could not be sent.
    """
    if not possible():
        return
    key = new_id()
    session.add(
        Mail(
            id=key,
            organization_id=organization_id,
            invitation_id=invitation_id,
            conversation_id=conversation_id,
            recipient=to,
            sealed=seal(key, subject, text),
            author=author,
            next_at=utc_now(),
            good_until=good_until or utc_now() + LASTS,
        )
    )
    session.flush()
    nudge(session, Lane.MAIL)


def seal(mail_id: UUID, subject: str, text: str) -> str:
    """What a mail says, as its row keeps it."""
    return vault.seal(json.dumps([subject, text]), place=place(mail_id))


def place(mail_id: UUID) -> str:
    """Where a mail's words are sealed to."""
    return f"mails:{mail_id}"


def link(page: str, token: str) -> str:
    """The address of a page of ours that takes this token."""
    return f"{settings().base_url}/{page}?token={token}"
