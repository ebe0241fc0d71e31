"""What /api/campaigns takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from botpe_app.web.api.shapes import Id, Moment, Paging, Shape

Variables = dict[str, dict[str, str]]


class Counts(Shape):
    """What became of the recipients, who are queued, held, sent, failed, uncertain or skipped.

    Cumulative: sent ≥ delivered ≥ read.
    """

    recipients: int
    queued: int
    held: int
    sent: int
    delivered: int
    read: int
    failed: int
    uncertain: int
    skipped: int
    replied: int
    clicked: int


class Campaign(Shape):
    """A campaign; `variables` is by part (header, body, buttons) and name.

    `status` is draft, scheduled, running, paused, completed (nobody is left to send to) or
    cancelled; `reason` says why it is paused.
    """

    id: Id
    name: str
    account_id: Id
    template_id: Id
    segment_id: Id | None
    contact_ids: list[Id]
    variables: dict[str, Any]
    rate_per_second: int | None
    status: str
    reason: str
    counts: Counts
    scheduled_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    created_at: Moment


class NewCampaign(BaseModel):
    """A campaign to draft."""

    name: str
    account_id: str
    template_id: str
    segment_id: str | None = None
    contact_ids: list[str] | None = Field(None, description="Instead of a segment")
    variables: Variables = Field(
        default_factory=dict, description='Such as {"body": {"1": "{{contact.name|there}}"}}'
    )
    rate_per_second: int | None = None
    scheduled_at: datetime | None = Field(None, description="When a launched one begins")


class CampaignChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    account_id: str | None = None
    template_id: str | None = None
    segment_id: str | None = None
    contact_ids: list[str] | None = None
    variables: Variables | None = None
    rate_per_second: int | None = None
    scheduled_at: datetime | None = None


class MarketCost(Shape):
    """What the messages to one market cost."""

    market: str
    messages: int
    rate: float
    amount: float


class Cost(Shape):
    """An estimate from the rate card of `valid_from`, if all are delivered."""

    currency: str
    amount: float
    by_market: list[MarketCost]
    valid_from: str


class CampaignProblem(Shape):
    """Something to know before sending. An error keeps it from being sent."""

    field: str
    severity: str
    message: str


class Sample(Shape):
    """How one customer would read it."""

    contact_id: Id
    rendered: str


class Plan(Shape):
    """What launching now would do; recipients = eligible + all skipped."""

    recipients: int
    eligible: int
    skipped: dict[str, int]
    estimated_cost: Cost
    estimated_seconds: int
    problems: list[CampaignProblem]
    sample: list[Sample]


class RecipientError(Shape):
    """Why a message failed."""

    code: int
    title: str
    details: str


class Recipient(Shape):
    """Somebody a campaign is for. `status` is skipped (see `reason`) or as a message's."""

    contact_id: Id
    name: str
    phone: str | None
    status: str
    reason: str
    message_id: Id | None
    error: RecipientError | None
    sent_at: Moment | None
    delivered_at: Moment | None
    read_at: Moment | None
    replied_at: Moment | None
    clicked_at: Moment | None


class RecipientQuery(Paging):
    """Which recipients are wanted."""

    status: str | None = Field(None, description="Only those of this status")


class Retried(Shape):
    """How many failed messages are sent again, and the campaign's status now."""

    retried: int
    status: str


class ErrorGroup(Shape):
    """Failures of one cause, and what to do about it."""

    code: int
    title: str
    advice: str
    count: int
    retryable: bool


class HourCount(Shape):
    """What happened in the hour that begins at `hour`."""

    hour: Moment
    sent: int
    delivered: int
    read: int
    failed: int


class MarketCount(Shape):
    """The messages to one market, and what they cost."""

    market: str
    recipients: int
    sent: int
    delivered: int
    read: int
    failed: int
    planned: float
    real: float


class ReportCost(Shape):
    """`planned` if every message written is delivered, `real` for those that were."""

    currency: str
    planned: float
    real: float
    valid_from: str


class Report(Shape):
    """What a campaign came to so far. `rates` are shares: delivered of sent, the rest of
    delivered, failed of all that were tried."""

    status: str
    reason: str
    counts: Counts
    rates: dict[str, float]
    skipped: dict[str, int]
    errors: list[ErrorGroup]
    by_hour: list[HourCount]
    by_market: list[MarketCount]
    cost: ReportCost
    started_at: Moment | None
    finished_at: Moment | None
