"""What a campaign would do: who gets it, who does not and why, what it costs, how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from botpe_app.core import rates, templating
from botpe_app.core.conditions import Env
from botpe_app.core.permissions import Permission
from botpe_app.models import Campaign, Contact, Template, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates import ERROR, WARNING, Problem
from botpe_app.whatsapp.templates.filling import Place, places, shown

_SAMPLES = 5
_AT_ONCE = 1000
_LONG_SECONDS = 600
_FILES = ("IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION")


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
class Plan:
    """What launching now would do."""

    recipients: int
    eligible: int
    skipped: dict[str, int]
    estimated_cost: Cost
    estimated_seconds: int
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
    template = get(session, actor, Template, row.template_id)
    zone = ZoneInfo(organization_of(session, actor).time_zone)
    env = Env(now=now.astimezone(zone), timezone=zone)
    skipped: Counter[str] = Counter()
    markets: Counter[str] = Counter()
    samples: list[Sample] = []
    found = 0
    for contact in _recipients(session, row):
        found += 1
        values = fill(row, template, contact, env)
        reason = why_not(contact, template.category, now)
        reason = reason or ("" if all(values.values()) else "variable_missing")
        if reason:
            skipped[reason] += 1
            continue
        markets[rates.market_of(contact.phone or "")] += 1
        if len(samples) < _SAMPLES:
            samples.append(Sample(str(contact.id), shown(template.components, values)))
    twice = len(row.contact_ids) - len(set(row.contact_ids))
    if twice:
        skipped["duplicate"] = twice
    eligible = sum(markets.values())
    speed = min(row.rate_per_second or account.messages_per_second, account.messages_per_second)
    seconds = ceil(eligible / speed)
    return Plan(
        recipients=found + twice,
        eligible=eligible,
        skipped=dict(skipped),
        estimated_cost=_cost(markets, template.category, now),
        estimated_seconds=seconds,
        problems=_problems(row, account, template, markets, seconds),
        sample=samples,
    )


def why_not(contact: Contact, category: str, now: datetime) -> str:
    """Why a contact may not get a template of this category, "" if they may."""
    if contact.phone is None:
        return "no_phone"
    if contact.blocked_at is not None:
        return "blocked"
    if contact.unreachable_at is not None:
        return "unreachable"
    if category in ("UTILITY", "AUTHENTICATION"):
        return ""
    if contact.marketing_opted_out_at is not None:
        return "opted_out"
    if not contact.marketing_opt_in:
        return "no_opt_in"
    return "cooling_down" if contact.marketing_after and contact.marketing_after > now else ""


def fill(row: Campaign, template: Template, contact: Contact, env: Env) -> dict[Place, str]:
    """What stands in the template's places for a contact, on one line; "" for nothing."""
    known = {
        "contact": {
            "name": contact.name,
            "phone": contact.phone,
            "email": contact.email,
            "language": contact.language,
            "custom_fields": contact.custom_fields,
        }
    }
    return {
        place: " ".join(
            templating.render(
                loose.text(loose.mapping(row.variables, place[0]), place[1]), known, env
            ).split()
        )
        for place in places(template.components)
    }


def _recipients(session: Session, row: Campaign) -> Iterator[Contact]:
    """The campaign's contacts that are still there, each once, a thousand at a time."""
    ids = sorted(set(row.contact_ids))
    for start in range(0, len(ids), _AT_ONCE):
        yield from session.exec(
            select(Contact)
            .where(
                Contact.organization_id == row.organization_id,
                col(Contact.id).in_(ids[start : start + _AT_ONCE]),
            )
            .order_by(col(Contact.id))
        )


def _cost(markets: Counter[str], category: str, now: datetime) -> Cost:
    card = rates.card_on(now.date())
    lines = [(market, count, card.rate(market, category)) for market, count in markets.items()]
    lines.sort(key=lambda line: (-line[1] * line[2], line[0]))
    by_market = [
        MarketCost(market, count, float(rate), float(count * rate)) for market, count, rate in lines
    ]
    total = sum((count * rate for _, count, rate in lines), Decimal())
    return Cost(card.currency, float(total), by_market, card.valid_from.isoformat())


def _problems(
    row: Campaign,
    account: WhatsAppAccount,
    template: Template,
    markets: Counter[str],
    seconds: int,
) -> list[Problem]:
    marketing_to_america = template.category == "MARKETING" and markets["North America"]
    checks: list[tuple[Any, str, str, str]] = [
        (
            template.status != "APPROVED",
            "template_id",
            ERROR,
            f"The template is {template.status}; only an APPROVED one can be sent.",
        ),
        (
            account.status != "connected",
            "account_id",
            ERROR,
            f"The number is {account.status}: {account.paused_reason or 'by hand'}.",
        ),
        (not markets, "contact_ids", ERROR, "Nobody would get it."),
        (
            _lacks_file(row, template),
            "variables.header",
            ERROR,
            "The header needs a file: give its link or id.",
        ),
        (
            "YELLOW" in (account.quality, template.quality)
            or "RED" in (account.quality, template.quality),
            "account_id",
            WARNING,
            "The quality of the number or the template has dropped: Meta may pause it.",
        ),
        (
            marketing_to_america,
            "contact_ids",
            WARNING,
            f"{marketing_to_america} numbers begin with +1: Meta delivers no marketing to the"
            " United States.",
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


def _lacks_file(row: Campaign, template: Template) -> bool:
    header = loose.mapping(row.variables, "header")
    needs = any(
        loose.text(component, "type").upper() == "HEADER"
        and loose.text(component, "format").upper() in _FILES
        for component in template.components
    )
    return needs and not (loose.text(header, "link") or loose.text(header, "id"))
