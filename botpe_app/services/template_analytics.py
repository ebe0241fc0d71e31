"""How templates do: what became of their messages, who answered, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core import rates
from botpe_app.core.permissions import Permission
from botpe_app.services.access import Actor
from botpe_app.services.analytics import DELIVERED, Asking, change, tally

_WRITTEN = text(
    "select t.id, t.name, t.language, t.category, t.status, t.quality, left(k.phone, 6) as prefix,"
    " m.status as became, coalesce(m.pricing->>'billable', '') = 'false' as free,"
    " count(*) as count from messages m"
    " join whatsapp_accounts a on a.organization_id = m.organization_id and a.id = m.account_id"
    " join templates t on t.organization_id = m.organization_id and t.waba_id = a.waba_id"
    "   and t.name = m.content->>'name' and t.language = m.content->'language'->>'code'"
    " left join contacts k on k.organization_id = m.organization_id and k.id = m.contact_id"
    " where m.organization_id = :organization and m.type = 'template'"
    " and m.direction = 'outgoing' and m.created_at >= :since and m.created_at < :until"
    " group by 1, 2, 3, 4, 5, 6, 7, 8, 9"
)
_ANSWERED = text(
    "select coalesce(v.template_id, c.template_id) as id, count(r.replied_at) as replied,"
    " count(r.clicked_at) as clicked"
    " from campaigns c join campaign_recipients r on r.organization_id = c.organization_id"
    " and r.campaign_id = c.id join messages m on m.organization_id = r.organization_id"
    " and m.id = r.message_id and m.created_at >= :since and m.created_at < :until"
    " left join campaign_variants v on v.organization_id = r.organization_id"
    " and v.campaign_id = r.campaign_id and v.place = r.variant"
    " where c.organization_id = :organization and c.started_at < :until"
    " and (r.replied_at is not null or r.clicked_at is not null) group by 1"
)
_COUNTED = text(
    "select template_id as id, sum(sent)::int as sent, sum(delivered)::int as delivered,"
    " sum(read)::int as read, sum(clicked)::int as clicked, sum(cost)::float8 as cost"
    " from template_insights where organization_id = :organization"
    " and day >= (:since)::timestamptz::date and day < (:until)::timestamptz::date group by 1"
)


@dataclass(frozen=True, slots=True)
class MetaFigures:
    """What Meta counts, by whole UTC days; `cost` is in the account's currency, None if untold."""

    sent: int
    delivered: int
    read: int
    clicked: int
    cost: float | None


@dataclass(slots=True)
class TemplateFigures:
    """A template's messages. Cumulative: sent ≥ delivered ≥ read; `cost` is of those delivered."""

    template_id: str
    name: str
    language: str
    category: str
    status: str
    quality: str | None
    messages: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    replied: int = 0
    clicked: int = 0
    cost: float = 0.0
    by_meta: MetaFigures | None = None


@dataclass(slots=True)
class TemplateTotals:
    """The sums of all."""

    messages: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    replied: int = 0
    clicked: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplatesFigures:
    """How templates did over a stretch, and in the one before."""

    since: datetime
    until: datetime
    currency: str
    totals: TemplateTotals
    before: TemplateTotals
    change: dict[str, float | None]
    templates: list[TemplateFigures]


def template_figures(
    session: Session, actor: Actor, *, since: datetime, until: datetime
) -> TemplatesFigures:
    """How templates did from `since` until before `until`, the one sent most first."""
    actor.require(Permission.READ)
    card = rates.card_on(since.date())
    ask = Asking(session, actor, since, until)
    found = list(_figures(ask, card))
    totals, before = _sums(found), _sums(list(_figures(ask.before(), card)))
    found.sort(key=lambda one: (-one.messages, one.name, one.language))
    return TemplatesFigures(
        since, until, card.currency, totals, before, change(totals, before), found
    )


def _figures(ask: Asking, card: rates.Card) -> Iterator[TemplateFigures]:
    by_id: dict[Any, TemplateFigures] = {}
    costs: dict[Any, Decimal] = {}
    for row in ask.all(_WRITTEN):
        figures = by_id.get(row["id"])
        if figures is None:
            facts = (row[name] for name in ("name", "language", "category", "status", "quality"))
            figures = by_id[row["id"]] = TemplateFigures(str(row["id"]), *facts)
        count, became = row["count"], row["became"]
        figures.messages += count
        tally(figures, became, count)
        if became in DELIVERED and not row["free"]:
            price = card.rate(rates.market_of(row["prefix"] or ""), row["category"])
            costs[row["id"]] = costs.get(row["id"], Decimal()) + count * price
    _add_others(ask, by_id)
    for template_id, figures in by_id.items():
        figures.cost = float(costs.get(template_id, Decimal()))
        yield figures


def _add_others(ask: Asking, by_id: dict[Any, TemplateFigures]) -> None:
    """Who answered, and what Meta counts."""
    for row in ask.all(_ANSWERED):
        if figures := by_id.get(row["id"]):
            figures.replied, figures.clicked = row["replied"], row["clicked"]
    for row in ask.all(_COUNTED):
        if figures := by_id.get(row["id"]):
            counts = (row[name] for name in ("sent", "delivered", "read", "clicked"))
            figures.by_meta = MetaFigures(*counts, cost=row["cost"])


def _sums(found: list[TemplateFigures]) -> TemplateTotals:
    totals = TemplateTotals()
    for one in found:
        for name in TemplateTotals.__dataclass_fields__:
            setattr(totals, name, getattr(totals, name) + getattr(one, name))
    totals.cost = round(totals.cost, 6)
    return totals
