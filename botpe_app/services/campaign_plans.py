"""What a campaign would do: who gets it, who does not and why, what it costs, how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from botpe_app.core import rates, tiers
from botpe_app.core.permissions import Permission
from botpe_app.models import Campaign, Contact, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import blocks, plans
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.campaign_audience import meant
from botpe_app.services.campaign_caps import capped
from botpe_app.services.campaign_clocks import Clock
from botpe_app.services.campaign_messages import Letter
from botpe_app.services.campaign_parts import canary_size, parts_of
from botpe_app.services.campaign_problems import audience_field, obstacles, warnings
from botpe_app.whatsapp.templates import WARNING, Problem

_SAMPLES = 5
_AT_ONCE = 1000
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class MarketCost:
    """What the messages to one market cost."""

    market: str
    messages: int
    rate: float
    amount: float


@dataclass(frozen=True, slots=True)
class Cost:
    """An estimate: every eligible one is delivered. `valid_from` is the rate card's."""

    currency: str
    amount: float
    by_market: list[MarketCost]
    valid_from: str


@dataclass(frozen=True, slots=True)
class Sample:
    """How one customer would read it."""

    contact_id: str
    rendered: str


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """How many get this variant."""

    name: str
    recipients: int


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """How many have their clocks in a zone, and when the first of them gets it."""

    zone: str
    recipients: int
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What launching now would do: from `begins_at` on, `canary` of them first."""

    recipients: int
    eligible: int
    skipped: dict[str, int]
    estimated_cost: Cost
    estimated_seconds: int
    begins_at: datetime
    canary: int
    by_variant: list[VariantPlan]
    by_zone: list[ZonePlan]
    problems: list[Problem]
    sample: list[Sample]


def dry_run(
    session: Session, actor: Actor, campaign_id: UUID | str, *, now: datetime | None = None
) -> Plan:
    """The plan of a campaign. Raises NotFound."""
    actor.require(Permission.READ)
    now = now or utc_now()
    row = get(session, actor, Campaign, campaign_id)
    account = get(session, actor, WhatsAppAccount, row.account_id)
    parts = parts_of(session, row)
    home = organization_of(session, actor)
    zone = home.time_zone
    letters = [Letter(part.template.model_dump(), part.variables, now, zone) for part in parts]
    clock = Clock(row.rules, row.scheduled_at, ZoneInfo(zone))
    count = _counted(session, row, letters, clock)
    eligible = sum(count.markets.values())
    first = canary_size(row.rules, count.found)
    watched = row.rules["canary"]["minutes"] * 60 if first and eligible else 0
    seconds = _seconds(row, account, eligible)
    zones = _zones(clock, count.zones, now)
    short = plans.short_of_messages(_plain(session), home, eligible)
    return Plan(
        recipients=count.found + count.skipped["duplicate"],
        eligible=eligible,
        skipped=dict(count.skipped),
        estimated_cost=_cost(count.markets, now),
        estimated_seconds=seconds + watched,
        begins_at=min(opens.begins_at for opens in zones),
        canary=first,
        by_variant=[
            VariantPlan(part.name, count.shares[place])
            for place, part in enumerate(parts)
            if len(parts) > 1 and eligible
        ],
        by_zone=zones if clock.is_local and eligible else [],
        problems=[
            *obstacles(account, parts, now),
            *warnings(row, account, parts, count.markets, seconds),
            *([Problem(audience_field(row), WARNING, short)] if short else []),
        ],
        sample=count.samples,
    )


@dataclass(slots=True)
class _Count:
    """What the campaign's contacts come to; `shares` by variant, `markets` with the category."""

    found: int = 0
    skipped: Counter[str] = field(default_factory=Counter[str])
    shares: Counter[int] = field(default_factory=Counter[int])
    zones: Counter[ZoneInfo] = field(default_factory=Counter[ZoneInfo])
    markets: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    samples: list[Sample] = field(default_factory=list[Sample])


def _counted(session: Session, row: Campaign, letters: Sequence[Letter], clock: Clock) -> _Count:
    count = _Count()
    full = capped(_plain(session), row.organization_id, row.rules)
    barred = blocks.barred_by(session, row.organization_id, row.account_id)
    for contact in _recipients(session, row):
        turn = count.found % len(letters)
        letter = letters[turn]
        count.found += 1
        values = letter.values(contact)
        reason = letter.why_not(contact, values, full)
        if not reason and contact.id in barred:
            reason = "barred"  # the outbox refuses it
        if reason:
            count.skipped[reason] += 1
            continue
        count.shares[turn] += 1
        count.zones[clock.zone_of(contact)] += 1
        count.markets[rates.market_of(contact.phone or ""), letter.category] += 1
        if len(count.samples) < _SAMPLES:
            count.samples.append(Sample(str(contact.id), letter.text(values)))
    if twice := len(row.contact_ids) - len(set(row.contact_ids)):
        count.skipped["duplicate"] = twice
    return count


def _plain(session: Session) -> Any:
    """The connection beneath the session."""
    return session.connection().connection.driver_connection


def _seconds(row: Campaign, account: WhatsAppAccount, eligible: int) -> int:
    """How long the messages take; who is beyond a day's limit waits for the next day."""
    speed = min(row.rate_per_second or account.messages_per_second, account.messages_per_second)
    seconds = ceil(eligible / speed)
    if limit := tiers.per_day(account.messaging_limit):
        seconds += max(0, ceil(eligible / limit) - 1) * _DAY_SECONDS
    return seconds


def _zones(clock: Clock, clocks: Counter[ZoneInfo], now: datetime) -> list[ZonePlan]:
    """Each zone with when it may be written to there, the earliest first; home if there is none."""
    found = clocks or Counter({clock.home: 0})
    listed = [ZonePlan(zone.key, n, clock.opens_at(zone, now)) for zone, n in found.items()]
    return sorted(listed, key=lambda plan: (plan.begins_at, plan.zone))


def _recipients(session: Session, row: Campaign) -> Iterator[Any]:
    """The campaign's contacts that are still there, each once."""
    wanted = select(*(col(getattr(Contact, name)) for name in _COLUMNS)).where(*meant(session, row))
    options = {"yield_per": _AT_ONCE}
    yield from session.connection().execute(
        wanted.order_by(col(Contact.id)), execution_options=options
    )


_COLUMNS = (
    "id", "name", "phone", "email", "language", "custom_fields", "marketing_opt_in",
    "marketing_opted_out_at", "marketing_after", "unreachable_at", "blocked_at",
)  # fmt: skip


def _cost(markets: Counter[tuple[str, str]], now: datetime) -> Cost:
    card = rates.card_on(now.date())
    lines = [(market, count, card.rate(market, kind)) for (market, kind), count in markets.items()]
    lines.sort(key=lambda line: (-line[1] * line[2], line[0]))
    by_market = [
        MarketCost(market, count, float(rate), float(count * rate)) for market, count, rate in lines
    ]
    total = sum((count * rate for _, count, rate in lines), Decimal())
    return Cost(card.currency, float(total), by_market, card.valid_from.isoformat())
