"""Keys for other programs: shown once, kept hashed."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.names import clean
from botpe_app.core.permissions import ROLES, Permission, may
from botpe_app.errors import Invalid
from botpe_app.models import ApiKey
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get, hash_token
from botpe_app.services.views import ApiKeyItem

_SHOWN = len("bp_") + 6


def create(
    session: Session,
    actor: Actor,
    *,
    name: str,
    role: str,
    scopes: list[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKeyItem, str]:
    """A new key and its only appearance in clear. `role` is read in any case.

    Without `scopes` it may all that its role may. Raises Forbidden, Invalid.
    """
    actor.require(Permission.MANAGE_API_KEYS)
    name = clean(name)
    if not 1 <= len(name) <= 80:
        raise Invalid("A key needs a name of 1 to 80 characters.", field="name")
    if role.upper() not in ROLES:
        raise Invalid(f"A key's role is one of {', '.join(ROLES)}.", field="role")
    key = f"bp_{secrets.token_urlsafe(32)}"
    row = ApiKey(
        organization_id=actor.organization_id,
        name=name,
        role=role.upper(),
        prefix=key[:_SHOWN],
        key_hash=hash_token(key),
        scopes=_scopes(actor, role.upper(), scopes),
        expires_at=_later(expires_at),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return _item(row), key


def list_keys(session: Session, actor: Actor) -> list[ApiKeyItem]:
    """The organization's keys, newest first, revoked ones too."""
    actor.require(Permission.MANAGE_API_KEYS)
    mine = select(ApiKey).where(ApiKey.organization_id == actor.organization_id)
    return [_item(row) for row in session.exec(mine.order_by(col(ApiKey.id).desc()))]


def revoke(session: Session, actor: Actor, key_id: UUID | str) -> ApiKeyItem:
    """Makes a key useless from its next request on. Raises NotFound."""
    actor.require(Permission.MANAGE_API_KEYS)
    row = get(session, actor, ApiKey, key_id)
    row.revoked_at = row.revoked_at or utc_now()
    session.add(row)
    session.flush()
    return _item(row)


def _scopes(actor: Actor, role: str, scopes: list[str] | None) -> list[str]:
    """In one order. A key with scopes makes no key that may more than itself."""
    held = [one.value for one in Permission if may(role, one)]
    if actor.scopes:
        held = [one for one in held if one in actor.scopes]
        scopes = scopes or held
    if scopes is None:
        return []
    if not scopes or not set(scopes) <= set(held):
        raise Invalid(f"Scopes are some of {', '.join(held)}.", field="scopes")
    return [one for one in held if one in scopes]


def _later(expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and expires_at <= utc_now():
        raise Invalid("This time is over.", field="expires_at")
    return expires_at


def _item(row: ApiKey) -> ApiKeyItem:
    return ApiKeyItem(
        str(row.id),
        row.name,
        row.role,
        row.prefix,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
        list(row.scopes),
        row.expires_at,
    )
