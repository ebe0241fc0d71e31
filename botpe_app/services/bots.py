"""Bots: their drafts. `bot_publishing` makes a draft answer, `bot_simulation` tries it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import case
from sqlmodel import Session, col, delete, select, update

from botpe_app import live
from botpe_app.core.engine.dialogues import read_dialogues
from botpe_app.core.flow import Known, problems
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import (
    Bot,
    BotVersion,
    Campaign,
    Conversation,
    Membership,
    Team,
    Template,
    WhatsAppAccount,
)
from botpe_app.models.base import utc_now
from botpe_app.services import accounts, bot_library, bot_secrets, paging
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.bot_views import BotItem, Checked, Json, VersionItem, bot_item, version_item
from botpe_app.services.views import Page
from botpe_app.whatsapp import messages as wire

_LONGEST_NAME = 120
_PARTS: dict[str, type] = {
    "version": int,
    "name": str,
    "triggers": list,
    "nodes": list,
    "edges": list,
    "variables": list,
    "settings": dict,
}
_WORDS: dict[type, str] = {int: "a number", str: "a text", list: "a list", dict: "an object"}


def list_bots(
    session: Session, actor: Actor, *, limit: int = 50, cursor: str | None = None
) -> Page[BotItem]:
    """Bots, newest first."""
    actor.require(Permission.READ)
    wanted = select(Bot).where(Bot.organization_id == actor.organization_id)
    return paging.newest(session, wanted, Bot, bot_item, limit=limit, cursor=cursor)


def get_bot(session: Session, actor: Actor, bot_id: UUID | str) -> BotItem:
    """One bot. Raises NotFound."""
    actor.require(Permission.READ)
    return bot_item(get(session, actor, Bot, bot_id))


def create_bot(
    session: Session,
    actor: Actor,
    *,
    name: str | None = None,
    account_id: UUID | str | None = None,
    flow: Json | None = None,
    library: str | None = None,
) -> BotItem:
    """A new draft, of the library's if named. Without a number it takes the only one there is.

    Raises Forbidden, NotFound for the number, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_BOTS)
    start = bot_library.named(library) if library is not None else None
    named = _name(name if name is not None else start.name if start else "New bot")
    if flow is None:
        flow = start.flow if start else _empty(named)
    row = Bot(
        organization_id=actor.organization_id,
        name=named,
        account_id=_account(session, actor, account_id),
        flow=draft(flow),
        dialogues=start.dialogues if start else [],
    )
    return _saved(session, actor, row)


def update_bot(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    revision: int | None = None,
    **fields: Any,
) -> BotItem:
    """Changes name, account_id, flow or dialogues of a bot that may be answering: the draft only.

    With `revision`, raises Conflict if somebody has saved the draft since. Raises Forbidden,
    NotFound, Invalid naming the field, Conflict for an active bot that would change its number.
    """
    actor.require(Permission.MANAGE_BOTS)
    row = get_locked(session, actor, Bot, bot_id)
    if revision is not None and revision != row.revision:
        raise Conflict("Somebody else has saved this bot since. Load it again.", field="revision")
    if "name" in fields:
        row.name = _name(fields["name"] or "")
    if "account_id" in fields:
        _move(session, actor, row, fields["account_id"])
    if "flow" in fields:
        row.flow = draft(fields["flow"])
        row.revision += 1
    if fields.get("dialogues") is not None:
        read_dialogues(fields["dialogues"])
        row.dialogues = fields["dialogues"]
    return _saved(session, actor, row)


def delete_bot(session: Session, actor: Actor, bot_id: UUID | str) -> None:
    """Removes a bot with its versions. Raises Forbidden, NotFound, Conflict for an active one."""
    actor.require(Permission.MANAGE_BOTS)
    row = get_locked(session, actor, Bot, bot_id)
    if row.status == "active":
        raise Conflict("This bot is answering customers. Pause it first.")
    session.exec(
        update(Conversation)
        .where(
            col(Conversation.organization_id) == row.organization_id,
            col(Conversation.bot_id) == row.id,
        )
        .values(
            bot_id=None,
            owner=case((col(Conversation.owner) == "bot", "nobody"), else_=col(Conversation.owner)),
        )
    )
    session.exec(
        delete(BotVersion).where(
            col(BotVersion.organization_id) == row.organization_id,
            col(BotVersion.bot_id) == row.id,
        )
    )
    session.delete(row)
    session.flush()
    live.publish(session, actor.organization_id, "bots")


def clone_bot(session: Session, actor: Actor, bot_id: UUID | str) -> BotItem:
    """A draft like this bot's. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    copy = Bot(
        organization_id=row.organization_id,
        name=f"{row.name[: _LONGEST_NAME - 7]} (copy)",
        account_id=row.account_id,
        flow=row.flow,
        dialogues=row.dialogues,
    )
    return _saved(session, actor, copy)


def validate_bot(
    session: Session, actor: Actor, bot_id: UUID | str, flow: object = None
) -> Checked:
    """What is wrong with the flow, the bot's draft unless given. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    known = surroundings(session, actor, row.account_id)
    return Checked(problems(row.flow if flow is None else flow, known))


def list_versions(session: Session, actor: Actor, bot_id: UUID | str) -> list[VersionItem]:
    """What was published, newest first. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Bot, bot_id)
    found = session.exec(
        select(BotVersion)
        .where(BotVersion.organization_id == row.organization_id, BotVersion.bot_id == row.id)
        .order_by(col(BotVersion.number).desc())
    )
    return [version_item(version, row.version) for version in found]


def answering_flow(session: Session, row: Bot) -> Json:
    """The flow that answers customers, the draft of a bot that was never published."""
    found = version_of(session, row, row.version)
    return found.flow if found else row.flow


def version_of(session: Session, row: Bot, number: int) -> BotVersion | None:
    """A published version of the bot, None if it has none of this number."""
    return session.exec(
        select(BotVersion).where(
            BotVersion.organization_id == row.organization_id,
            BotVersion.bot_id == row.id,
            BotVersion.number == number,
        )
    ).first()


def surroundings(session: Session, actor: Actor, account_id: UUID | None = None) -> Known:
    """What exists around the flows of an organization; templates of one number, or of all."""
    people = session.exec(
        select(Membership.user_id).where(
            Membership.organization_id == actor.organization_id,
            col(Membership.deactivated_at).is_(None),
        )
    )
    return Known(
        bots=_ids(session, actor, Bot),
        users={str(one) for one in people},
        teams=_ids(session, actor, Team),
        secrets=bot_secrets.names(session, actor),
        templates=_templates(session, actor, account_id),
        campaigns=_ids(session, actor, Campaign),
        check_message=wire.validate,
    )


def _ids(session: Session, actor: Actor, table: type[Bot | Team | Campaign]) -> set[str]:
    ours = select(table.id).where(table.organization_id == actor.organization_id)
    return {str(one) for one in session.exec(ours)}


def _templates(
    session: Session, actor: Actor, account_id: UUID | None
) -> dict[tuple[str, str], str]:
    """The status of each (name, language); approved with one number of several is approved."""
    wanted = select(Template).where(Template.organization_id == actor.organization_id)
    if account_id:
        wanted = wanted.where(Template.account_id == account_id)
    found: dict[tuple[str, str], str] = {}
    for row in session.exec(wanted):
        key = (row.name, row.language)
        if found.get(key, "").upper() != "APPROVED":
            found[key] = row.status
    return found


def draft(flow: object) -> Json:
    """A flow as a draft may be: unfinished, but made of the parts of a flow.

    Raises Invalid naming the part that is not.
    """
    if not isinstance(flow, dict):
        raise Invalid("A flow is an object.", field="flow")
    given = cast("Json", flow)
    for name, value in given.items():
        wanted = _PARTS.get(name)
        if wanted is None:
            raise Invalid(f"A flow has no {name[:40]}.", field=f"flow.{name[:40]}")
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise Invalid(f"{name} must be {_WORDS[wanted]}.", field=f"flow.{name}")
    if given.get("version", 1) != 1:
        raise Invalid("The version of the format is 1.", field="flow.version")
    return given


def _empty(name: str) -> Json:
    return {
        "version": 1,
        "name": name,
        "triggers": [{"id": "any", "type": "any_message"}],
        "nodes": [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}}],
        "edges": [],
    }


def _name(name: str) -> str:
    name = clean(name)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise Invalid(f"A bot's name has 1 to {_LONGEST_NAME} characters.", field="name")
    return name


def _account(session: Session, actor: Actor, account_id: UUID | str | None) -> UUID | None:
    if account_id is not None:
        return accounts.choose(session, actor, account_id).id
    mine = select(WhatsAppAccount.id).where(
        WhatsAppAccount.organization_id == actor.organization_id
    )
    found = session.exec(mine.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _move(session: Session, actor: Actor, row: Bot, account_id: UUID | str | None) -> None:
    wanted = accounts.choose(session, actor, account_id).id if account_id else None
    if row.status == "active" and wanted != row.account_id:
        raise Conflict("This bot is answering customers. Pause it first.", field="account_id")
    row.account_id = wanted


def _saved(session: Session, actor: Actor, row: Bot) -> BotItem:
    row.updated_at = utc_now()
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, actor.organization_id, "bots", f"bot:{row.id}")
    return bot_item(row)
