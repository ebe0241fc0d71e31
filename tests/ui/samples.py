"""Views as services hand them up, for tests of what is drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.views import (
    ContactBrief,
    ConversationItem,
    MessageItem,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONVERSATION = ConversationItem(
    id="c1",
    contact=ContactBrief("p1", "Ana Ruiz", "+34612345678"),
    account_id="a1",
    account_name="Shop",
    status="open",
    assignee_id=None,
    assignee_name=None,
    unread_count=2,
    last_message="Hello",
    last_message_at=NOW,
    last_direction="incoming",
    last_status="received",
    window_closes_at=NOW + timedelta(hours=20),
    tags=["order"],
    owner="nobody",
)
MESSAGE = MessageItem(
    id="m1",
    conversation_id="c1",
    direction="incoming",
    type="text",
    content={"body": "Hello"},
    text="Hello",
    status="received",
    wa_message_id="wamid.1",
    sent_by_kind="contact",
    sent_by_id=None,
    sent_by_name="",
    reply_to=None,
    error=None,
    created_at=NOW,
)
NOTE = NoteItem("n1", "c1", "Mara", "Check the address", NOW)


def conversation(**changes: Any) -> ConversationItem:
    """A conversation that differs in these fields."""
    return replace(CONVERSATION, **changes)


def message(number: int = 1, minutes: float = 0, **changes: Any) -> MessageItem:
    """The customer's message of that number, `minutes` after NOW."""
    return replace(
        MESSAGE,
        id=f"m{number}",
        wa_message_id=f"wamid.{number}",
        created_at=NOW + timedelta(minutes=minutes),
        **changes,
    )


def answer(number: int, minutes: float = 0, **changes: Any) -> MessageItem:
    """An answer of the user u1."""
    ours = {
        "direction": "outgoing",
        "status": "sent",
        "sent_by_kind": "user",
        "sent_by_id": "u1",
        "sent_by_name": "Jonas",
    }
    return message(number, minutes, **{**ours, **changes})
