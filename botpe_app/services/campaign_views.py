"""What services hand upstairs of campaigns; as in `views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botpe_app.services.views import MessageError


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """What became of its recipients: recipients = queued + held + sent + failed + uncertain +
    skipped.

    Cumulative: sent ≥ delivered ≥ read. Queued are also those whose turn has not come.
    """

    recipients: int = 0
    queued: int = 0
    held: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    replied: int = 0
    clicked: int = 0


@dataclass(frozen=True, slots=True)
class VariantItem:
    """One of several texts that recipients get in turn."""

    name: str
    template_id: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CampaignItem:
    """A campaign as it goes upstairs."""

    id: str
    name: str
    account_id: str
    template_id: str
    segment_id: str | None
    contact_ids: list[str]
    variables: dict[str, Any]
    rate_per_second: int | None
    variants: list[VariantItem]
    canary: dict[str, int] | None  # percent, minutes
    quiet_hours: dict[str, str] | None  # from, to: times of day in the organization's zone
    frequency_cap: dict[str, int] | None  # messages, days
    local_time: bool  # scheduled_at and quiet_hours are by each recipient's clock
    status: str  # draft, scheduled, running, paused, completed, cancelled
    reason: str  # why it is paused or was cancelled
    counts: CampaignCounts
    scheduled_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RecipientItem:
    """One recipient and what became of their message."""

    contact_id: str
    name: str
    phone: str | None
    status: str  # skipped, or as a message's
    reason: str  # why skipped
    message_id: str | None
    error: MessageError | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None
    clicked_at: datetime | None
