"""What Meta counts of templates' messages, kept by the day beside ours: due, ask, record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.config import settings
from botpe_app.errors import Misconfigured
from botpe_app.models import Template, TemplateInsight, WhatsAppAccount
from botpe_app.services import accounts
from botpe_app.whatsapp.business import GraphBusiness, TemplateDay
from botpe_app.whatsapp.client import GraphRefused

_KNOWN_FOR = timedelta(hours=12)
_AT_FIRST, _AGAIN = timedelta(days=89), timedelta(days=7)  # Meta looks back 90 days
_MOST, _AT_ONCE = 100, 10  # templates asked about, and in one request
_NOT_ENABLED = range(200005, 200008)


@dataclass(frozen=True, slots=True)
class Question:
    """Which templates of a business account to ask about, by Meta's id of them."""

    organization_id: UUID
    waba_id: str
    token: str
    templates: dict[str, UUID]
    start: datetime
    end: datetime


def next_due(session: Session, *, now: datetime) -> Question | None:
    """The business account that was not asked for longest, which then counts as asked.

    For the system: it sees every organization. None if none is due.
    """
    sent = select(Template.id).where(
        Template.organization_id == WhatsAppAccount.organization_id,
        Template.waba_id == WhatsAppAccount.waba_id,
        col(Template.wa_template_id).is_not(None),
    )
    row = session.exec(
        select(WhatsAppAccount)
        .where(
            WhatsAppAccount.status == "connected",
            or_(
                col(WhatsAppAccount.insights_at).is_(None),
                col(WhatsAppAccount.insights_at) < now - _KNOWN_FOR,
            ),
            sent.exists(),
        )
        .order_by(col(WhatsAppAccount.insights_at).nulls_first())
        .limit(1)
    ).first()
    if row is None:
        return None
    question = _question(session, row, now)
    session.connection().execute(
        update(WhatsAppAccount)
        .where(
            col(WhatsAppAccount.organization_id) == row.organization_id,
            col(WhatsAppAccount.waba_id) == row.waba_id,
        )
        .values(insights_at=now)
    )
    return question


def ask(question: Question) -> list[TemplateDay]:
    """What Meta counted. A business account for which it does not count yet is told to.

    Raises GraphRefused, Unavailable.
    """
    with GraphBusiness(settings().graph_url, settings().graph_version, question.token) as graph:
        try:
            return list(_days(graph, question))
        except GraphRefused as error:
            if error.refused.code not in _NOT_ENABLED:
                raise
            graph.enable_insights(question.waba_id)
            return []


def record(session: Session, question: Question, days: list[TemplateDay]) -> None:
    """Keeps the days; one that is known already is counted anew."""
    rows = [
        {
            "organization_id": question.organization_id,
            "template_id": question.templates[one.template_id],
            "day": one.day,
            "sent": one.sent,
            "delivered": one.delivered,
            "read": one.read,
            "clicked": one.clicked,
            "cost": one.cost,
        }
        for one in days
        if one.template_id in question.templates
    ]
    if not rows:
        return
    fresh = insert(TemplateInsight).values(rows)
    kept = ("sent", "delivered", "read", "clicked", "cost")
    session.connection().execute(
        fresh.on_conflict_do_update(
            index_elements=["organization_id", "template_id", "day"],
            set_={name: fresh.excluded[name] for name in kept},
        )
    )
    live.publish(session, question.organization_id, "templates")


def _question(session: Session, row: WhatsAppAccount, now: datetime) -> Question | None:
    try:
        token = accounts.token_of(row)
    except Misconfigured:
        return None
    named = session.exec(
        select(Template.wa_template_id, Template.id)
        .where(
            Template.organization_id == row.organization_id,
            Template.waba_id == row.waba_id,
            col(Template.wa_template_id).is_not(None),
        )
        .order_by(col(Template.updated_at).desc())
        .limit(_MOST)
    )
    start = now - (_AT_FIRST if row.insights_at is None else _AGAIN)
    templates = {meta or "": ours for meta, ours in named}
    return Question(row.organization_id, row.waba_id, token, templates, start, now)


def _days(graph: GraphBusiness, question: Question) -> Iterator[TemplateDay]:
    ids = list(question.templates)
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        yield from graph.template_days(question.waba_id, some, question.start, question.end)
