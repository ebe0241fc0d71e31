"""The doors: who is acting, what they may do, and the only way to a row.

Every handler, route and job derives its actor here, afresh, and reaches rows through `get`.
Another organization's row is not found, exactly like one that does not exist.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from botpe_app.core.permissions import SUPERADMIN, Permission, may
from botpe_app.db import act_as_system, act_for, act_in_the_name_of
from botpe_app.errors import Forbidden, Invalid, NotFound, Unauthorized
from botpe_app.models import ApiKey, Membership, Organization, User, UserSession
from botpe_app.models.base import utc_now

Row = TypeVar("Row", bound=SQLModel)

_SIGN_IN = "Please sign in."
_KEY_SEEN_EVERY_SECONDS, _SESSION_SEEN_EVERY_SECONDS = 60, 300
_SEEN = text(
    "update user_sessions set seen_at = :now, address = coalesce(nullif(:address, ''), address)"
    " where id = (select id from user_sessions where id = :id for update skip locked)"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, in which organization, in which role."""

    organization_id: UUID
    user_id: UUID | None
    role: str
    name: str
    kind: str = "user"  # user, api
    key_id: UUID | None = None
    session_id: UUID | None = None  # the browser it is
    scopes: frozenset[str] = frozenset()  # of a key: what it may of its role, if any are named

    def require(self, permission: Permission) -> None:
        """Raises Forbidden unless the role holds the permission, and the key's scopes name it."""
        if not may(self.role, permission):
            raise Forbidden(f"Your role ({self.role}) may not do this. Ask an admin.")
        if self.scopes and permission not in self.scopes:
            raise Forbidden(f"This key's scopes do not have {permission.value}.")


def hash_token(token: str) -> bytes:
    """How sessions' tokens and API keys are kept: they are random, so one hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def actor_of_session(session: Session, token: str, *, now: datetime | None = None) -> Actor:
    """The person a session token belongs to, with the role they have this moment.

    The transaction then sees that organization only. Raises Unauthorized.
    """
    act_as_system(session)
    digest = hash_token(token)
    found = session.exec(
        select(UserSession, User, Membership.role)
        .join(User, col(User.id) == col(UserSession.user_id))
        .join(
            Membership,
            (col(Membership.user_id) == col(UserSession.user_id))
            & (col(Membership.organization_id) == col(UserSession.organization_id))
            & col(Membership.deactivated_at).is_(None),
            isouter=True,
        )
        .where(
            (col(UserSession.token_hash) == digest) | (col(UserSession.previous_hash) == digest),
            col(UserSession.expires_at) > (now or utc_now()),
        )
    ).first()
    if found is None:
        raise Unauthorized(_SIGN_IN)
    seen, user, membership_role = found
    organization_id = seen.organization_id
    if membership_role is None and not user.is_superadmin:  # pyright: ignore[reportUnnecessaryComparison] - an outer join
        raise Unauthorized("You are no longer a member of this organization.")
    _see(session, seen, now or utc_now())
    act_for(session, organization_id)
    act_in_the_name_of(session, "user", user.id, user.name)
    role = SUPERADMIN if user.is_superadmin else membership_role
    return Actor(organization_id, user.id, role, user.name, session_id=seen.id)


def _see(session: Session, row: UserSession, now: datetime) -> None:
    """Notes now and then that this browser is in use, and whence; waits for nobody."""
    if (now - row.seen_at).total_seconds() < _SESSION_SEEN_EVERY_SECONDS:
        return
    session.connection().execute(
        _SEEN, {"id": row.id, "now": now, "address": session.info.get("address", "")}
    )


def actor_of_key(session: Session, key: str) -> Actor:
    """The program an API key belongs to. Raises Unauthorized for an unknown or revoked key.

    The transaction then sees that organization only.
    """
    act_as_system(session)
    row = session.exec(select(ApiKey).where(ApiKey.key_hash == hash_token(key))).first()
    if row is None or row.revoked_at is not None:
        raise Unauthorized("This API key is not valid. Make one under Settings → API keys.")
    now = utc_now()
    if row.expires_at and row.expires_at <= now:
        raise Unauthorized("This API key has expired. Make another under Settings → API keys.")
    if row.last_used_at is None or (now - row.last_used_at).seconds >= _KEY_SEEN_EVERY_SECONDS:
        row.last_used_at = now
        session.add(row)
        session.flush()
    act_for(session, row.organization_id)
    act_in_the_name_of(session, "api", row.id, row.name)
    return Actor(
        row.organization_id,
        None,
        row.role,
        row.name,
        kind="api",
        key_id=row.id,
        scopes=frozenset(row.scopes),
    )


def get(session: Session, actor: Actor, table: type[Row], row_id: UUID | str) -> Row:
    """The actor's organization's row. Raises NotFound for any other id, malformed ones too."""
    key = as_id(row_id)
    row = session.get(table, (actor.organization_id, key)) if key else None
    if row is None:
        raise NotFound(f"{_WORDS.get(table.__name__, table.__name__)} not found.")
    return row


def get_named(
    session: Session, actor: Actor, table: type[Row], row_id: UUID | str, field: str
) -> Row:
    """Like `get`, for an id that stands in a body. Raises Invalid naming its field."""
    try:
        return get(session, actor, table, row_id)
    except NotFound as error:
        raise Invalid(error.message, field=field) from None


def get_locked(session: Session, actor: Actor, table: type[Row], row_id: UUID | str) -> Row:
    """Like `get`, and nobody else changes the row until this transaction ends."""
    get(session, actor, table, row_id)
    key = (actor.organization_id, as_id(row_id))
    row = session.get(table, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"{_WORDS.get(table.__name__, table.__name__)} not found.")
    return row


def organization_of(session: Session, actor: Actor) -> Organization:
    """The actor's own organization."""
    row = session.get(Organization, actor.organization_id)
    if row is None:
        raise NotFound("Organization not found.")
    return row


def as_id(value: UUID | str | None) -> UUID | None:
    """The id that `value` spells, None if it spells none."""
    if value is None or isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except ValueError:
        return None


def filter_id(value: UUID | str, field: str) -> UUID:
    """The id that a filter spells. Raises Invalid naming the field."""
    found = as_id(value)
    if found is None:
        raise Invalid("This is not an id.", field=field)
    return found


_WORDS = {
    "ApiKey": "API key",
    "AutomationRule": "Automation",
    "CannedReply": "Canned reply",
    "BotSecret": "Secret",
    "BotVersion": "Version",
    "ContactImport": "Import",
    "CustomField": "Custom field",
    "KnowledgeItem": "Document",
    "Membership": "Person",
    "WebhookDelivery": "Delivery",
    "WebhookSubscription": "Webhook",
    "WhatsAppAccount": "WhatsApp number",
}
