"""The customer service window: 24 hours after a customer's last message anything may be sent.

Outside it only a template may (Cloud API docs, "customer service windows").
"""

from __future__ import annotations

from datetime import datetime, timedelta

LENGTH = timedelta(hours=24)


def closes_at(last_inbound_at: datetime | None) -> datetime | None:
    """When the window closes or closed; None where the customer never wrote."""
    return None if last_inbound_at is None else last_inbound_at + LENGTH


def is_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether the window is open at `now`. The very second it closes counts as closed."""
    return last_inbound_at is not None and now < last_inbound_at + LENGTH


def may_send(message_type: str, last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether a message of this type may leave at `now`: templates always, the rest inside."""
    return message_type == "template" or is_open(last_inbound_at, now)
