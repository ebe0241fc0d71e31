"""What surrounds a bot that is tried: its organization as it is now, and any customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from botpe_app.core.conditions import Hours
from botpe_app.core.engine import Context, Program
from botpe_app.core.flow import parse
from botpe_app.errors import Invalid
from botpe_app.models import Bot, BotVariable, BotVersion, BusinessHours
from botpe_app.services import signals
from botpe_app.services.access import Actor, organization_of
from botpe_app.services.joining import answering

Json = dict[str, Any]
Sounds = Callable[[str], Json]
NOBODY: Json = {"name": "", "phone": "", "tags": [], "custom_fields": {}}


def context_of(
    session: Session, actor: Actor, contact: Json | None, variables: Json | None = None
) -> Context:
    """The organization with its hours and variables (unless given), and this customer."""
    organization = organization_of(session, actor)
    held = _variables(session, actor) if variables is None else variables
    return Context(
        contact={**NOBODY, **(contact or {})},
        organization={
            "name": organization.name,
            "language": organization.language,
            "variables": held,
        },
        timezone=organization.time_zone,
        business_hours=_hours(session, actor, organization.time_zone),
    )


def published(session: Session, organization_id: UUID) -> dict[str, Program]:
    """The bots of an organization that others can go to, in the version that answers."""
    found = session.exec(
        select(BotVersion)
        .join(Bot, answering())
        .where(BotVersion.organization_id == organization_id)
    )
    return {
        str(one.bot_id): Program(parse(one.flow), str(one.bot_id), str(one.number)) for one in found
    }


def sounds_of(
    session: Session, actor: Actor, program: Program, others: Mapping[str, Program]
) -> Sounds | None:
    """What tells what a text sounds like now, as customers' are read; None if no bot asks."""
    if not any(map(signals.asked_by, (program, *others.values()))):
        return None
    plain: Any = session.connection().connection.driver_connection
    known = signals.classifier(plain, actor.organization_id, signals.MOST_AT_ONCE)
    return lambda text: signals.of_text(text, known)


def _variables(session: Session, actor: Actor) -> Json:
    ours = select(BotVariable).where(BotVariable.organization_id == actor.organization_id)
    return {row.name: row.value.get("value") for row in session.exec(ours)}


def _hours(session: Session, actor: Actor, time_zone: str) -> Hours | None:
    row = session.get(BusinessHours, actor.organization_id)
    if row is None:
        return None
    zone = row.timezone or time_zone
    try:
        return Hours.read({"days": row.days, "holidays": row.holidays, "timezone": zone})
    except Invalid:
        return None
