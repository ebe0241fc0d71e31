"""Keys for other programs: shown once, kept hashed."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.names import clean
from botpe_app.core.permissions import ROLES, Permission
from botpe_app.errors import Invalid
from botpe_app.models import ApiKey
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get, hash_token
from botpe_app.services.views import ApiKeyItem

_SHOWN = len("bp_") + 6


def create(session: Session, actor: Actor, *, name: str, role: str) -> tuple[ApiKeyItem, str]:
    """A new key and its only appearance in clear. `role` is read in any case.

    Raises Forbidden, Invalid.
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


def _item(row: ApiKey) -> ApiKeyItem:
    return ApiKeyItem(
        str(row.id),
        row.name,
        row.role,
        row.prefix,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
    )
