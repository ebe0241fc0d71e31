"""/bots/[bot_id]: one bot on its canvas.

The draft lives in the browser (docs/decisions/0008): this state only says which bot it is, who
may change it, and that somebody saved it.
"""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from botpe_app.core.conditions import OPERATORS
from botpe_app.core.permissions import Permission, may
from botpe_app.errors import NotFound
from botpe_app.services import bots
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.bots.forms import forms
from botpe_app.ui.bots.kinds import kinds
from botpe_app.ui.components import Toasts
from botpe_app.ui.layout import page
from botpe_app.ui.presence import PresenceState, presence
from botpe_app.ui.session import SessionState

_SIGNS = {
    "eq": "is",
    "ne": "is not",
    "lt": "is less than",
    "lte": "is at most",
    "gt": "is more than",
    "gte": "is at least",
    "in": "is one of",
    "not_in": "is none of",
    "exists": "is there",
    "not_exists": "is not there",
    "is_open": "is within business hours",
    "is_weekday": "is a weekday (mon, tue …)",
    "has_phone": "has a phone number",
    "has_pattern": "fits the regular expression",
}


class BuilderState(PageState, rx.State):
    """Which bot is built on this tab."""

    bot: str = ""
    name: str = "Bot"
    revision: int = 0
    may_edit: bool = False

    @rx.event
    async def enter(self):
        """Opens the bot that the address names."""
        asked = str(self.router.page.params.get("bot_id", ""))[:64]
        session = await self.get_state(SessionState)
        self.may_edit = may(session._role, Permission.MANAGE_BOTS)
        topics = {f"bot:{asked}": BuilderState.refresh, f"presence:{asked}": PresenceState.refresh}
        live.listen(self.router.session.client_token, topics)
        self.bot, self.name, self.revision = asked, "Bot", 0
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Somebody saved the bot; the live relay calls it."""
        await self._read()

    async def _read(self) -> None:
        try:
            item = await self._call(bots.get_bot, self.bot)
        except NotFound:
            return  # the canvas says so
        self.name, self.revision = item.name, item.revision


class Builder(rx.NoSSRComponent):
    """Palette, canvas, forms and phone."""

    library = "$/public/bots/builder.jsx"
    tag = "Builder"
    lib_dependencies: list[str] = ["@xyflow/react@12.12.1"]
    bot: rx.Var[str]
    may_edit: rx.Var[bool]
    revision: rx.Var[int]
    kit: rx.Var[Any]
    on_tell: rx.EventHandler[passthrough_event_spec(str, str)]


def kit() -> dict[str, Any]:
    """What the canvas knows of flows: kinds of node, their forms, and the tests of conditions."""
    tests = [
        {
            "op": one.name,
            "fewest": one.fewest,
            "most": one.most,
            "label": _SIGNS.get(one.name, one.name.replace("_", " ")),
        }
        for one in sorted(OPERATORS.values(), key=lambda one: not one.name.startswith("has_"))
    ]
    return {"kinds": kinds(), "forms": forms(), "operators": tests}


@page(BuilderState.name, route="/bots/[bot_id]", here="Bots", on_load=BuilderState.enter)
def builder() -> rx.Component:
    """One bot on its canvas."""
    return rx.cond(
        BuilderState.bot != "",
        Builder.create(
            presence("bot", BuilderState.bot),
            bot=BuilderState.bot,
            may_edit=BuilderState.may_edit,
            revision=BuilderState.revision,
            kit=rx.Var(json.dumps(kit())),
            on_tell=Toasts.tell,
        ),
    )
