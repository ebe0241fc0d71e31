"""What bots' calls prove themselves with: kept sealed, named by flows, never told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, func, select

from botpe_app import live, vault
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import BotSecret
from botpe_app.models.base import new_id
from botpe_app.services import plans
from botpe_app.services.access import Actor, get_locked

_MOST, _LONGEST_NAME, _LONGEST_VALUE = 100, 100, 4096


@dataclass(frozen=True, slots=True)
class SecretItem:
    """A stored secret, without what it is."""

    id: str
    name: str
    created_at: datetime


def list_secrets(session: Session, actor: Actor) -> list[SecretItem]:
    """The organization's secrets, by name. Raises Forbidden."""
    actor.require(Permission.MANAGE_BOTS)
    ours = select(BotSecret).where(BotSecret.organization_id == actor.organization_id)
    return [_item(row) for row in session.exec(ours.order_by(func.lower(BotSecret.name)))]


def keep_secret(session: Session, actor: Actor, *, name: str, value: str) -> SecretItem:
    """Keeps a secret, in the place of one of the same name.

    Raises Forbidden, Invalid naming the field, Conflict when there are too many.
    """
    actor.require(Permission.MANAGE_BOTS)
    name = clean(name)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise Invalid(f"A name has 1 to {_LONGEST_NAME} characters.", field="name")
    if not 1 <= len(value) <= _LONGEST_VALUE or not value.isprintable():
        told = f"A secret is 1 to {_LONGEST_VALUE} characters in one line."
        raise Invalid(told, field="value")
    row = _named(session, actor, name) or BotSecret(
        organization_id=actor.organization_id, id=new_id(), name=name, value_sealed=""
    )
    row.value_sealed = vault.seal(value, place=place(row.organization_id, row.id))
    session.add(row)
    session.flush()
    session.refresh(row)
    live.publish(session, actor.organization_id, "bots")
    return _item(row)


def forget_secret(session: Session, actor: Actor, secret_id: UUID | str) -> None:
    """Removes a secret; calls that name it fail from now on. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_BOTS)
    session.delete(get_locked(session, actor, BotSecret, secret_id))
    session.flush()
    live.publish(session, actor.organization_id, "bots")


def names(session: Session, actor: Actor) -> set[str]:
    """The names that flows may use."""
    ours = select(BotSecret.name).where(BotSecret.organization_id == actor.organization_id)
    return set(session.exec(ours))


def place(organization_id: UUID, secret_id: UUID) -> str:
    """Where a secret is sealed to (see `vault`)."""
    return f"bot_secrets:{organization_id}:{secret_id}"


def _named(session: Session, actor: Actor, name: str) -> BotSecret | None:
    ours = BotSecret.organization_id == actor.organization_id
    found = session.exec(
        select(BotSecret).where(ours, BotSecret.name == name).with_for_update()
    ).first()
    if found is None and plans.count(session, BotSecret, actor) >= _MOST:
        raise Conflict(f"There are {_MOST} secrets already. Remove one first.")
    return found


def _item(row: BotSecret) -> SecretItem:
    return SecretItem(str(row.id), row.name, row.created_at)
