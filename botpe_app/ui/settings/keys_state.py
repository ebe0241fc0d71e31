"""/settings/api-keys of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import reflex as rx

from botpe_app.core.permissions import ROLES
from botpe_app.errors import Forbidden
from botpe_app.services import api_keys
from botpe_app.services.views import ApiKeyItem
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.settings.editing import NEW, Editing

_SCOPE = "scope:"
LASTS = {"": "Until it is revoked", "30": "30 days", "90": "90 days", "365": "A year"}


@dataclass(frozen=True)
class Key:
    """An API key as the settings show it."""

    id: str
    name: str
    role: str
    prefix: str
    made: str
    used: str
    state: str  # "", Revoked, Expired
    may: str
    until: str


class KeysState(Editing, rx.State):
    """The keys, the form for another one, and the key that was just made."""

    denied: bool = False
    keys: rx.Field[list[Key]] = rx.field(default_factory=list)
    fresh: str = ""  # in clear, until the dialog is closed

    @rx.event
    async def enter(self):
        """Shows the keys."""
        self.fresh = ""
        try:
            await self._read()
        except Forbidden:
            self.denied = True

    @rx.event
    def show_form(self):
        """Opens the form for another key."""
        self.fresh = ""
        self._open(NEW)

    @rx.event
    async def make(self, form: dict[str, Any]):
        """Makes a key and shows it, this once."""
        scopes = [key.removeprefix(_SCOPE) for key in form if key.startswith(_SCOPE)]
        days = str(form.get("days", ""))
        made = await self._try(
            api_keys.create,
            name=str(form.get("name", "")),
            role=str(form.get("role", "")),
            scopes=scopes or None,
            expires_at=_in_days(int(days)) if days in LASTS and days else None,
        )
        if made is not None:
            self.fresh = made[1]
            await self._read()

    @rx.event
    def ask_revoke(self, key_id: str):
        """Asks whether to revoke a key."""
        self._ask_about(key_id, next((key.name for key in self.keys if key.id == key_id), ""))

    @rx.event
    async def revoke(self):
        """Revokes the key that was asked about."""
        key_id, name = self._asked()
        await self._call(api_keys.revoke, key_id)
        await self._read()
        return Toasts.tell(f"{name} is revoked")

    def _forget(self) -> None:
        self.fresh = ""

    async def _read(self) -> None:
        self.keys = [_key(item) for item in await self._call(api_keys.list_keys)]
        self.loaded = True


def _in_days(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


ROLE_CHOICES = [(role, role.capitalize()) for role in reversed(ROLES)]


def _key(item: ApiKeyItem) -> Key:
    return Key(
        item.id,
        item.name,
        item.role.capitalize(),
        f"{item.prefix}…",
        words.stamp(item.created_at),
        words.stamp(item.last_used_at) if item.last_used_at else "",
        _state(item),
        ", ".join(item.scopes) or f"all that {item.role.lower()}s may",
        item.expires_at.date().isoformat() if item.expires_at else "",
    )


def _state(item: ApiKeyItem) -> str:
    if item.revoked_at:
        return "Revoked"
    over = item.expires_at is not None and item.expires_at <= datetime.now(UTC)
    return "Expired" if over else ""
