"""What /api/campaigns/{id}/report answers."""

from __future__ import annotations

from botpe_app.web.api.campaign_shapes import Counts
from botpe_app.web.api.shapes import Id, Moment, Shape


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


class VariantCount(Shape):
    """What became of one variant."""

    name: str
    template_id: Id
    recipients: int
    sent: int
    delivered: int
    read: int
    replied: int
    clicked: int
    failed: int
    skipped: int


class Winner(Shape):
    """The variant with the largest share of those delivered in `measure`; `significant` only if
    chance would rarely do as much. `p_value` is null while there are too few."""

    measure: str
    variant: str
    p_value: float | None
    significant: bool


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
    by_variant: list[VariantCount]
    winners: list[Winner]
    cost: ReportCost
    started_at: Moment | None
    finished_at: Moment | None
