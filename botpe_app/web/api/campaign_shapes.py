"""What /api/campaigns takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

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


class Canary(BaseModel):
    """First so many percent get it; after so many minutes without trouble the rest."""

    percent: int
    minutes: int = 10


QuietHours = Annotated[
    dict[str, str],
    Field(
        description="Times of day, in the organization's zone unless `local_time` is set, between"
        " which nothing leaves:"
        ' `{"from": "21:00", "to": "08:00"}`'
    ),
]


class FrequencyCap(BaseModel):
    """Nobody gets more campaigns' messages than so many in so many days; marketing only."""

    messages: int
    days: int


class Variant(Shape):
    """One of several texts that recipients get in turn."""

    name: str
    template_id: Id
    variables: dict[str, Any]


class NewVariant(BaseModel):
    """A variant; template and variables are the campaign's unless given."""

    name: str | None = None
    template_id: str | None = None
    variables: Variables | None = None


class Rules(BaseModel):
    """What a campaign may keep to beside its rate; off unless given."""

    canary: Canary | None = None
    quiet_hours: QuietHours | None = None
    frequency_cap: FrequencyCap | None = None
    local_time: bool | None = Field(
        None,
        description="Whether `scheduled_at`, by the hour it is in the organization's zone, and"
        " `quiet_hours` are meant by each recipient's own clock: that of their custom field"
        " `time_zone`, else of their phone number",
    )
    variants: list[NewVariant] | None = Field(None, description="2 to 5, or none")


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
    variants: list[Variant]
    canary: Canary | None
    quiet_hours: QuietHours | None
    frequency_cap: FrequencyCap | None
    local_time: bool
    status: str
    reason: str
    counts: Counts
    scheduled_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    created_at: Moment


class NewCampaign(Rules):
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


class CampaignChange(Rules):
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


class VariantPlan(Shape):
    """How many get this variant."""

    name: str
    recipients: int


class ZonePlan(Shape):
    """How many have their clocks in a zone, and when the first of them gets it."""

    zone: str
    recipients: int
    begins_at: Moment


class Plan(Shape):
    """What launching now would do; recipients = eligible + all skipped.

    It begins at `begins_at`, which knows of quiet hours; `canary` of them get it first.
    """

    recipients: int
    eligible: int
    skipped: dict[str, int]
    estimated_cost: Cost
    estimated_seconds: int
    begins_at: Moment
    canary: int
    by_variant: list[VariantPlan]
    by_zone: list[ZonePlan]
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
