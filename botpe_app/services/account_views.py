"""A WhatsApp number as everything upstairs sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccountItem:
    """A WhatsApp number. Its token never comes back out."""

    id: str
    name: str
    phone: str
    phone_number_id: str
    waba_id: str
    status: str  # connected, paused
    paused_reason: str | None
    quality: str | None
    messages_per_second: int
    token_hint: str  # last four characters
    created_at: datetime
    # As WhatsApp told; None: not known.
    verified_name: str | None = None
    name_status: str | None = None
    messaging_limit: str | None = None  # TIER_2K
    review_status: str | None = None
    username: str | None = None
    coexistence: bool = False
    last_webhook_at: datetime | None = None  # to the minute
    checked_at: datetime | None = None  # when the setup was last looked at
    token_expires_at: datetime | None = None
