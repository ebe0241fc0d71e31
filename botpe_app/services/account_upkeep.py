"""Which number's setup is to be looked at next, and what was found, for the scheduler."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.models import WhatsAppAccount
from botpe_app.services.account_checks import Answer, Question, keep, question_of

_KNOWN_FOR = timedelta(hours=12)
_SETTLES = timedelta(minutes=5)  # a number that was just connected is looked at by its page


def next_due(session: Session, *, now: datetime) -> tuple[UUID, Question] | None:
    """Whose setup was not looked at for longest, and its organization; None if none is due.

    For the system: it sees every organization.
    """
    wanted = (
        select(WhatsAppAccount)
        .where(
            func.coalesce(WhatsAppAccount.checked_at, WhatsAppAccount.created_at)
            < case(
                (col(WhatsAppAccount.checked_at).is_(None), now - _SETTLES),
                else_=now - _KNOWN_FOR,
            )
        )
        .order_by(col(WhatsAppAccount.checked_at).nulls_first())
        .limit(1)
    )
    row = session.exec(wanted).first()
    return None if row is None else (row.organization_id, question_of(row))


def record_due(session: Session, organization_id: UUID, answer: Answer) -> None:
    """Keeps what was found, unless the number or its token is another one by now."""
    row = session.get(WhatsAppAccount, (organization_id, answer.question.account_id))
    if row is None or row.token_sealed != answer.question.sealed:
        return
    keep(row, answer)
    session.add(row)
    session.flush()
    live.publish(session, organization_id, "accounts")
