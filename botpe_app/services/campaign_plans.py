"""What a campaign would do: who gets it, who does not and why, what it costs, how long it takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from botpe_app.core.significance import FEWEST
from botpe_app.models import Campaign, Contact, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import campaign_links, plans
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.campaign_audience import meant
from botpe_app.services.campaign_caps import capped
from botpe_app.services.campaign_clocks import Clock
from botpe_app.services.campaign_messages import Letter
from botpe_app.services.campaign_parts import Part, canary_size, parts_of
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates import ERROR, WARNING, Problem
from botpe_app.whatsapp.templates.filling import lacking

_SAMPLES = 5
_ADDRESS = re.compile(r"https?://[^\s{]")
_AT_ONCE = 1000
_LONG_SECONDS = 600
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
    zone = ZoneInfo(home.time_zone)
    letters = [Letter(part.template.model_dump(), part.variables, now, zone.key) for part in parts]
    plain: Any = session.connection().connection.driver_connection
    full = capped(plain, row.organization_id, row.rules)
    skipped: Counter[str] = Counter()
    markets: Counter[tuple[str, str]] = Counter()
    samples: list[Sample] = []
    shares, clocks = [0] * len(parts), Counter[ZoneInfo]()
    clock = Clock(row.rules, row.scheduled_at, zone)
    found = 0
    for contact in _recipients(session, row):
        turn = found % len(letters)
        letter = letters[turn]
        found += 1
        values = letter.values(contact)
        reason = letter.why_not(contact, values, full)
        if reason:
            skipped[reason] += 1
            continue
        shares[turn] += 1
        clocks[clock.zone_of(contact)] += 1
        markets[rates.market_of(contact.phone or ""), letter.category] += 1
        if len(samples) < _SAMPLES:
            samples.append(Sample(str(contact.id), letter.text(values)))
    twice = len(row.contact_ids) - len(set(row.contact_ids))
    if twice:
        skipped["duplicate"] = twice
    eligible = sum(markets.values())
    first = canary_size(row.rules, found)
    speed = min(row.rate_per_second or account.messages_per_second, account.messages_per_second)
    seconds = ceil(eligible / speed)
    if limit := tiers.per_day(account.messaging_limit):
        seconds += max(0, ceil(eligible / limit) - 1) * _DAY_SECONDS
    zones = _zones(clock, clocks, now)
    watched = row.rules["canary"]["minutes"] * 60 if first and eligible else 0
    short = plans.short_of_messages(plain, home, eligible)
    return Plan(
        recipients=found + twice,
        eligible=eligible,
        skipped=dict(skipped),
        estimated_cost=_cost(markets, now),
        estimated_seconds=seconds + watched,
        begins_at=min(opens.begins_at for opens in zones),
        canary=first,
        by_variant=[
            VariantPlan(part.name, share)
            for part, share in zip(parts, shares, strict=True)
            if len(parts) > 1 and eligible
        ],
        by_zone=zones if clock.is_local and eligible else [],
        problems=[
            *obstacles(account, parts, now),
            *_problems(row, account, parts, markets, seconds),
            *([Problem(_whom(row), WARNING, short)] if short else []),
        ],
        sample=samples,
    )


def _zones(clock: Clock, clocks: Counter[ZoneInfo], now: datetime) -> list[ZonePlan]:
    """Each zone with when it may be written to there, the earliest first; home if there is none."""
    found = clocks or Counter({clock.home: 0})
    listed = [ZonePlan(zone.key, n, clock.opens_at(zone, now)) for zone, n in found.items()]
    return sorted(listed, key=lambda plan: (plan.begins_at, plan.zone))


def _whom(row: Campaign) -> str:
    return "contact_ids" if row.segment_id is None else "segment_id"


def obstacles(account: WhatsAppAccount, parts: Sequence[Part], now: datetime) -> list[Problem]:
    """What keeps it from being sent to anybody."""
    found: list[Problem] = []
    for place, part in enumerate(parts):
        where = f"variants[{place}]." if len(parts) > 1 else ""
        template = part.template
        if template.status != "APPROVED":
            words = f"The template is {template.status}; only an APPROVED one can be sent."
            found.append(Problem(f"{where}template_id", ERROR, words))
        found += _dead_links(part, where)
        lacks, why = lacking(template.components, part.variables, now)
        if why:
            found.append(Problem(f"{where}variables.{lacks}", ERROR, why))
    if account.status != "connected":
        words = f"The number is {account.status}: {account.paused_reason or 'by hand'}."
        found.append(Problem("account_id", ERROR, words))
    return found


def _dead_links(part: Part, where: str) -> list[Problem]:
    """Counted buttons that are not told where they lead."""
    return [
        Problem(f"{where}variables.{of}", ERROR, "Say where the button leads: https://…")
        for of, name in campaign_links.counted(part.template.components)
        if not _ADDRESS.match(loose.text(loose.mapping(part.variables, of), name))
    ]


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


def _problems(
    row: Campaign,
    account: WhatsAppAccount,
    parts: Sequence[Part],
    markets: Counter[tuple[str, str]],
    seconds: int,
) -> list[Problem]:
    marketing_to_america = markets["North America", "MARKETING"]
    limit, eligible = tiers.per_day(account.messaging_limit), sum(markets.values())
    qualities = {account.quality, *(part.template.quality for part in parts)}
    whom = _whom(row)
    checks: list[tuple[Any, str, str, str]] = [
        (not markets, whom, ERROR, "Nobody would get it."),
        (
            bool(qualities & {"YELLOW", "RED"}),
            "account_id",
            WARNING,
            "The quality of the number or the template has dropped: Meta may pause it.",
        ),
        (
            marketing_to_america,
            whom,
            WARNING,
            f"{marketing_to_america} numbers begin with +1: Meta delivers no marketing to the"
            " United States.",
        ),
        (
            account.messaging_limit is None or account.quality is None,
            "account_id",
            WARNING,
            "WhatsApp has not told this number's daily limit or quality yet: no limit is assumed.",
        ),
        (
            bool(limit and eligible > limit),
            "account_id",
            WARNING,
            f"The number may write first to {limit or 0:,} people a day; more wait for the next.",
        ),
        (
            len(parts) > 1 and 0 < eligible < FEWEST * len(parts),
            "variants",
            WARNING,
            f"Fewer than {FEWEST} people get each variant: that will not tell which is better.",
        ),
        (
            seconds > _LONG_SECONDS,
            "rate_per_second",
            WARNING,
            f"It takes about {ceil(seconds / 60)} minutes. 100,000 messages in ten minutes need"
            " three numbers of 80 a second, or one of 1,000.",
        ),
    ]
    return [Problem(field, severity, words) for holds, field, severity, words in checks if holds]
