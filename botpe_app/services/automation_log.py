"""What automation rules did."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.models import AutomationRule, AutomationRun, Contact, Conversation
from botpe_app.services import paging
from botpe_app.services.access import Actor, get
from botpe_app.services.automation_views import RunItem, Step
from botpe_app.services.joining import on
from botpe_app.services.views import Page


def list_runs(
    session: Session,
    actor: Actor,
    *,
    automation_id: UUID | str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RunItem]:
    """What rules, or one, did in the last 30 days, newest first. Raises NotFound, Invalid."""
    actor.require(Permission.READ)
    wanted = (
        select(AutomationRun, Contact.name)
        .join(Conversation, on(Conversation, AutomationRun.conversation_id))
        .join(Contact, on(Contact, Conversation.contact_id))
        .where(
            AutomationRun.organization_id == actor.organization_id,
            AutomationRun.outcome != "passed",
        )
    )
    if automation_id:
        rule = get(session, actor, AutomationRule, automation_id)
        wanted = wanted.where(AutomationRun.rule_id == rule.id)
    order = (col(AutomationRun.at), col(AutomationRun.id))
    if cursor:
        wanted = wanted.where(tuple_(*order) < tuple_(*paging.read(cursor)))
    found = session.exec(wanted.order_by(*(c.desc() for c in order)).limit(limit + 1)).all()
    page = [_run(row, name) for row, name in found[:limit]]
    last = found[limit - 1][0] if len(found) > limit else None
    return Page(page, paging.write(last.at, last.id) if last else None)


def _run(row: AutomationRun, contact_name: str) -> RunItem:
    steps = [Step(one["type"], one.get("problem", "")) for one in cast("list[Any]", row.steps)]
    return RunItem(
        str(row.id),
        str(row.rule_id),
        str(row.conversation_id),
        contact_name,
        row.outcome,
        steps,
        row.at,
    )
