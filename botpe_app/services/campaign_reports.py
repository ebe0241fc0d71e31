"""What a campaign came to: its funnel, hours, markets, money, and what went wrong and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core import rates
from botpe_app.core.permissions import Permission
from botpe_app.core.significance import compare
from botpe_app.models import Campaign, Template
from botpe_app.models.base import utc_now
from botpe_app.services import campaigns
from botpe_app.services.access import Actor, get
from botpe_app.services.analytics import DELIVERED, tally
from botpe_app.services.campaign_launching import RETRYABLE
from botpe_app.services.campaign_views import CampaignCounts, CampaignItem
from botpe_app.services.outbox_refusals import SKIPS
from botpe_app.whatsapp.errors import policy

_BY_PREFIX = text(
    "select left(k.phone, 6), m.status, coalesce(m.pricing->>'billable', '') = 'false', count(*)"
    " from messages m left join contacts k on k.organization_id = m.organization_id"
    " and k.id = m.contact_id where m.organization_id = :organization"
    " and m.sent_by_kind = 'campaign' and m.sent_by_id = :campaign"
    " and not (m.status = 'failed' and coalesce(m.error_code, 0) = any(:skips)) group by 1, 2, 3"
)
_BY_HOUR = text(
    "select date_trunc('hour', at), what, count(*) from messages m, lateral (values"
    " (m.sent_at, 'sent'), (m.delivered_at, 'delivered'), (m.read_at, 'read'),"
    " (m.failed_at, 'failed')) as happened (at, what) where m.organization_id = :organization"
    " and m.sent_by_kind = 'campaign' and m.sent_by_id = :campaign"
    " and at is not null and (m.status = 'failed') = (what = 'failed')"
    " and not (m.status = 'failed' and coalesce(m.error_code, 0) = any(:skips))"
    " group by 1, 2 order by 1"
)
_ERRORS = text(
    "select coalesce(error_code, 0), max(error_title), count(*) from messages"
    " where organization_id = :organization and sent_by_kind = 'campaign'"
    " and sent_by_id = :campaign and status = 'failed' group by 1 order by 3 desc, 1"
)
_BY_VARIANT = text(
    "select r.variant, case when m.status = 'failed' and coalesce(m.error_code, 0) = any(:skips)"
    " then 'skipped' else coalesce(m.status, r.state) end, count(*), count(r.replied_at),"
    " count(r.clicked_at) from campaign_recipients r left join messages m"
    " on m.organization_id = r.organization_id and m.id = r.message_id"
    " where r.organization_id = :organization and r.campaign_id = :campaign group by 1, 2"
)
_SKIPPED = text(
    "select reason, count(*) from campaign_recipients where organization_id = :organization"
    " and campaign_id = :campaign and state = 'skipped' group by 1"
)


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failures of one cause, and what to do about it."""

    code: int
    title: str
    advice: str
    count: int
    retryable: bool


@dataclass(frozen=True, slots=True)
class HourCount:
    """What happened in an hour, which begins at `hour`."""

    hour: datetime
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0


@dataclass(slots=True)
class MarketCount:
    """The messages to one market; `planned` and `real` are what they cost."""

    market: str
    recipients: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    planned: float = 0.0
    real: float = 0.0


@dataclass(slots=True)
class VariantCount:
    """What became of one variant."""

    name: str
    template_id: str
    recipients: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    replied: int = 0
    clicked: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Winner:
    """The variant with the largest share of those delivered that `measure` counts.

    `significant` only if chance would rarely do as much; `p_value` is None while there are too few.
    """

    measure: str  # read, replied, clicked
    variant: str
    p_value: float | None
    significant: bool


@dataclass(frozen=True, slots=True)
class ReportCost:
    """`planned` if every message that was written is delivered, `real` for those that were."""

    currency: str
    planned: float
    real: float
    valid_from: str


@dataclass(frozen=True, slots=True)
class Report:
    """A campaign's outcome so far."""

    status: str
    reason: str
    counts: CampaignCounts
    skipped: dict[str, int]
    errors: list[ErrorGroup]
    by_hour: list[HourCount]
    by_market: list[MarketCount]
    by_variant: list[VariantCount]
    winners: list[Winner]
    cost: ReportCost
    started_at: datetime | None
    finished_at: datetime | None
    rates: dict[str, float] = field(default_factory=dict[str, float])


def report(session: Session, actor: Actor, campaign_id: UUID | str) -> Report:
    """What a campaign came to so far. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Campaign, campaign_id)
    template = get(session, actor, Template, row.template_id)
    item = campaigns.get_campaign(session, actor, row.id)
    ask = _Asking(session, row)
    card = rates.card_on((row.started_at or utc_now()).date())
    markets, planned, real = _markets(ask.rows(_BY_PREFIX), card, template.category)
    failures = ask.rows(_ERRORS)
    variants = _variants(item, ask.rows(_BY_VARIANT))
    skipped = Counter[str](dict(ask.rows(_SKIPPED)))
    for code, _, count in failures:
        if code in SKIPS:
            skipped[SKIPS[code]] += count
    return Report(
        status=item.status,
        reason=item.reason,
        counts=item.counts,
        skipped=dict(skipped),
        errors=[_group(*failure) for failure in failures if failure[0] not in SKIPS],
        by_hour=_hours(ask.rows(_BY_HOUR)),
        by_market=markets,
        by_variant=variants,
        winners=_winners(variants),
        cost=ReportCost(card.currency, float(planned), float(real), card.valid_from.isoformat()),
        started_at=item.started_at,
        finished_at=item.finished_at,
        rates=shares(item.counts),
    )


def shares(counts: CampaignCounts) -> dict[str, float]:
    """Delivered of sent, read and clicked of delivered, replied of delivered, failed of tried."""
    tried = counts.sent + counts.failed
    pairs = {
        "delivered": (counts.delivered, counts.sent),
        "read": (counts.read, counts.delivered),
        "replied": (counts.replied, counts.delivered),
        "clicked": (counts.clicked, counts.delivered),
        "failed": (counts.failed, tried),
    }
    return {name: round(part / whole, 4) if whole else 0.0 for name, (part, whole) in pairs.items()}


class _Asking:
    def __init__(self, session: Session, row: Campaign) -> None:
        self._connection = session.connection()
        self._values: dict[str, Any] = {
            "organization": row.organization_id,
            "campaign": row.id,
            "skips": list(SKIPS),
        }

    def rows(self, question: Any) -> list[Any]:
        found: list[Any] = list(self._connection.execute(question, self._values).all())
        return found


def _group(code: int | None, title: str | None, count: int) -> ErrorGroup:
    known = policy(code or 0)
    ours = (code or 0) < 0  # never refused by WhatsApp
    return ErrorGroup(
        code=code or 0,
        title=title or known.title,
        advice="Read the details with the message." if ours else known.advice,
        count=count,
        retryable=code in RETRYABLE,
    )


def _markets(
    found: list[Any], card: rates.Card, category: str
) -> tuple[list[MarketCount], Decimal, Decimal]:
    """By market, the one with most recipients first; planned and real cost of all."""
    by_market: dict[str, MarketCount] = {}
    planned, real = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for prefix, status, free, count in found:
        market = rates.market_of(prefix or "")
        row = by_market.setdefault(market, MarketCount(market))
        row.recipients += count
        tally(row, status, count)
        price = card.rate(market, category)
        planned[market] += count * price
        real[market] += count * price * (status in DELIVERED and not free)
    for market, row in by_market.items():
        row.planned, row.real = float(planned[market]), float(real[market])
    ordered = sorted(by_market.values(), key=lambda row: (-row.recipients, row.market))
    return ordered, sum(planned.values(), Decimal()), sum(real.values(), Decimal())


def _variants(item: CampaignItem, found: list[Any]) -> list[VariantCount]:
    """One for each variant; a campaign without any is told as a whole elsewhere."""
    rows = [VariantCount(each.name, each.template_id) for each in item.variants]
    for place, became, count, replied, clicked in found if rows else []:
        row = rows[int(place)]
        row.recipients += count
        tally(row, became, count)
        row.skipped += count * (became == "skipped")
        row.replied += replied
        row.clicked += clicked
    return rows


def _winners(variants: list[VariantCount]) -> list[Winner]:
    found: list[Winner] = []
    for measure in ("read", "replied", "clicked"):
        shares = [(getattr(each, measure), each.delivered) for each in variants]
        verdict = compare(shares)
        if verdict and any(hits for hits, _ in shares):
            name = variants[verdict.best].name
            found.append(Winner(measure, name, verdict.p_value, verdict.significant))
    return found


def _hours(found: list[Any]) -> list[HourCount]:
    by_hour: dict[datetime, dict[str, int]] = defaultdict(dict)
    for hour, what, count in found:
        by_hour[hour][what] = count
    return [HourCount(hour, **counts) for hour, counts in by_hour.items()]
