"""/settings/organization of one tab."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.core.languages import LANGUAGES
from botpe_app.services import organizations
from botpe_app.services.views import OrganizationItem
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import Editing

_FIELDS = ("name", "time_zone", "language")
UNDO_CHOICES = [
    (str(seconds), f"For {seconds} seconds" if seconds else "Only while it waits")
    for seconds in organizations.UNDO_SECONDS
]
LANGUAGE_CHOICES = list(LANGUAGES.items())


class OrganizationState(Editing, rx.State):
    """The organization, and the form for it."""

    name: str = ""
    time_zone: str = ""
    language: str = ""
    plan: str = ""
    undo_seconds: str = "0"
    zones: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)

    @rx.var
    def language_name(self) -> str:
        """The language in its own words."""
        return LANGUAGES.get(self.language, self.language)

    @rx.var
    def undo_words(self) -> str:
        """How long what people send can be taken back."""
        return dict(UNDO_CHOICES)[self.undo_seconds]

    @rx.event
    async def enter(self):
        """Shows the organization."""
        self.zones = [(zone, zone) for zone in words.zones()]
        self._show(await self._call(organizations.get_current))

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps what the form says."""
        given: dict[str, Any] = {name: str(form[name]) for name in _FIELDS if name in form}
        if str(form.get("undo_seconds", "")).isdecimal():
            given["undo_seconds"] = int(form["undo_seconds"])
        item = await self._try(organizations.update_current, **given)
        if item is None:
            return None
        self._show(item)
        frame = await self.get_state(SessionState)
        frame.organization, frame._zone = item.name, item.time_zone
        return Toasts.tell("Saved")

    def _show(self, item: OrganizationItem) -> None:
        self.name, self.plan = item.name, item.plan.capitalize()
        self.time_zone, self.language = item.time_zone, item.language
        self.undo_seconds = str(item.undo_seconds)
        self.loaded = True
