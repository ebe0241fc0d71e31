"""Making a bot answer: versions that never change, and one answerer for each trigger."""

from __future__ import annotations

from dataclasses import asdict, fields
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.engine import claims
from botpe_app.core.flow import Problem, parse, problems
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, NotFound, Unfit
from botpe_app.models import Bot, BotVersion
from botpe_app.models.base import utc_now
from botpe_app.services import bot_migrating
from botpe_app.services.access import Actor, get_locked
from botpe_app.services.bot_tests import failures
from botpe_app.services.bot_views import BotItem, Json, PublishedItem, bot_item
from botpe_app.services.bots import surroundings, version_of
from botpe_app.services.joining import answering

_ACTIVE, _PAUSED = "active", "paused"
# Two bots published at once must each see the other's triggers.
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:account, 0))")


def publish_bot(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    force: bool = False,
    migrate: bool = False,
) -> PublishedItem:
    """Makes the draft a new version, which answers from now on.

    Its dialogues are tried first, and a failing one keeps it from that unless `force` is given.
    Conversations under way stay in their version unless `migrate` is given; even then those stay
    that wait at a node which is gone.
    Raises Forbidden, NotFound, Unfit with all errors, the first one's node named, Invalid for a
    bot without a number, Conflict naming the active bot that answers the same.
    """
    actor.require(Permission.MANAGE_BOTS)
    held = bot_migrating.hold(session, actor, bot_id) if migrate else []
    row = get_locked(session, actor, Bot, bot_id)
    item = _publish(session, actor, row, row.flow, force=force)
    moved, kept = bot_migrating.take_along(session, row, held)
    return PublishedItem(**_fields(item), migrated=moved, kept=kept)


def roll_back_bot(session: Session, actor: Actor, bot_id: UUID | str, version: int) -> BotItem:
    """Publishes an old version anew, which also becomes the draft. Raises as `publish_bot`."""
    actor.require(Permission.MANAGE_BOTS)
    row = get_locked(session, actor, Bot, bot_id)
    row.flow = _version(session, row, version).flow
    row.revision += 1
    return _publish(session, actor, row, row.flow, force=True)


def pause_bot(session: Session, actor: Actor, bot_id: UUID | str) -> BotItem:
    """Has a published bot answer nobody for now. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.MANAGE_BOTS)
    row = get_locked(session, actor, Bot, bot_id)
    if not row.version:
        raise Conflict("This bot was never published.", field="status")
    return _switched(session, actor, row, _PAUSED)


def resume_bot(session: Session, actor: Actor, bot_id: UUID | str) -> BotItem:
    """Has a paused bot answer again, in the version it had. Raises as `publish_bot`."""
    actor.require(Permission.MANAGE_BOTS)
    row = get_locked(session, actor, Bot, bot_id)
    if not row.version:
        raise Conflict("This bot was never published.", field="status")
    _claim(session, row, _version(session, row, row.version).flow)
    return _switched(session, actor, row, _ACTIVE)


def _publish(session: Session, actor: Actor, row: Bot, flow: Json, *, force: bool) -> BotItem:
    _refuse(problems(flow, surroundings(session, actor, row.account_id)))
    if not force:
        _refuse(failures(session, actor, row, flow))
    _claim(session, row, flow)
    newest = session.exec(
        select(BotVersion.number)
        .where(BotVersion.organization_id == row.organization_id, BotVersion.bot_id == row.id)
        .order_by(col(BotVersion.number).desc())
        .limit(1)
    ).first()
    version = BotVersion(
        organization_id=row.organization_id,
        bot_id=row.id,
        number=(newest or 0) + 1,
        flow=flow,
        published_by=actor.user_id,
    )
    session.add(version)
    row.version = version.number
    return _switched(session, actor, row, _ACTIVE)


def _fields(item: BotItem) -> Json:
    return {one.name: getattr(item, one.name) for one in fields(item)}


def _refuse(found: list[Problem]) -> None:
    """Raises Unfit if there is an error among them."""
    first = next((problem for problem in found if problem.severity == "error"), None)
    if first:
        raise Unfit(_told(first), field=_field(first), problems=[asdict(one) for one in found])


def _told(problem: Problem) -> str:
    where = f"Node {problem.node_id}: " if problem.node_id else ""
    return f"{where}{problem.message}"


def _field(problem: Problem) -> str:
    return f"flow.nodes.{problem.node_id}.{problem.field}" if problem.node_id else problem.field


def _claim(session: Session, row: Bot, flow: Json) -> None:
    """Raises Invalid without a number, Conflict if another active bot of it answers the same."""
    if row.account_id is None:
        raise Invalid("Say on which WhatsApp number the bot answers.", field="account_id")
    session.connection().execute(_ONE_AT_A_TIME, {"account": str(row.account_id)})
    wanted = claims(parse(flow))
    rivals = session.exec(
        select(Bot, BotVersion)
        .join(BotVersion, answering())
        .where(
            Bot.organization_id == row.organization_id,
            Bot.account_id == row.account_id,
            Bot.status == _ACTIVE,
            Bot.id != row.id,
        )
    )
    for rival, version in rivals:
        shared = sorted(wanted & claims(parse(version.flow)))
        if shared:
            raise Conflict(
                f"The bot “{rival.name}” ({rival.id}) answers {shared[0].replace('_', ' ')} on "
                "this number already. Pause it, or change one of the triggers.",
                field="flow.triggers",
            )


def _version(session: Session, row: Bot, number: int) -> BotVersion:
    found = version_of(session, row, number)
    if found is None:
        raise NotFound(f"This bot has no version {number}.", field="version")
    return found


def _switched(session: Session, actor: Actor, row: Bot, status: str) -> BotItem:
    row.status, row.updated_at = status, utc_now()
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, actor.organization_id, "bots", f"bot:{row.id}")
    return bot_item(row)
