"""Connecting a number with Meta's own dialog, on /settings/numbers of one tab."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from botpe_app.config import settings
from botpe_app.core.permissions import Permission, may
from botpe_app.errors import BotpeError
from botpe_app.services import signups, simulator
from botpe_app.services.signup_steps import Asked
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState


class ConnectState(PageState, rx.State):
    """Meta's dialog, or the pretended one, and what became of it."""

    offered: bool = False  # whether the button is there
    asking: bool = False  # what is asked before Meta's dialog, or instead of it
    busy: bool = False
    error: str = ""  # at which step it stopped, and what to do
    asks_pin: bool = False
    pin: str = ""  # to be written down
    _said: dict[str, Any] = {}  # what the dialog gave, to go on with

    @rx.event
    async def enter(self):
        """Offers the button; goes on where a browser comes back from Meta's dialog."""
        session = await self.get_state(SessionState)
        configured = bool(settings().app_id and settings().config_id)
        self.offered = configured and may(session._role, Permission.MANAGE_NUMBERS)
        query = self._query()
        if query.get("error_description") or query.get("error"):
            self.error = str(query.get("error_description") or "Meta's dialog was cancelled.")[:300]
            return None
        if not query.get("code") or not query.get("state"):
            return None
        return ConnectState.come_back(query["code"], query["state"])

    @rx.event
    def ask(self):
        """Asks where the number is used, and with the simulator what Meta's dialog would."""
        self._forget()
        self.asking = True

    @rx.event
    async def go(self, form: dict[str, Any]):
        """On to Meta's dialog; with the simulator, through the pretended one."""
        if settings().simulated:
            return ConnectState.pretend(form)
        coexistence = form.get("coexistence") == "yes"
        try:
            return rx.redirect(await self._call(signups.dialog, coexistence=coexistence))
        except BotpeError as error:
            self.error = error.message
            return None

    @rx.event
    def close(self):
        """Closes whatever is open."""
        self._forget()

    @rx.event
    async def pretend(self, form: dict[str, Any]):
        """Goes through the pretended dialog, then connects the number."""
        self.busy, self.error = True, ""
        yield
        try:
            stage = await self._call(simulator.stage)
            code = await asyncio.to_thread(
                stage.sign_up,
                str(form.get("business", "")),
                str(form.get("business_phone", "")),
                coexistence=form.get("coexistence") == "yes",
            )
        except BotpeError as error:
            self.busy, self.error = False, error.message
            return
        self._said = {"code": code, "coexistence": form.get("coexistence") == "yes"}
        async for event in self._connect():
            yield event

    @rx.event
    async def go_on(self, form: dict[str, Any]):
        """Tries again with the same code, and the PIN if one was asked for."""
        self.busy, self.error = True, ""
        yield
        self._said = {**self._said, "pin": str(form.get("pin", "")).strip()}
        async for event in self._connect():
            yield event

    @rx.event
    async def come_back(self, code: str, state: str):
        """Connects the number of a browser that Meta's dialog sent back."""
        self.busy, self.error = True, ""
        yield
        try:
            asked = await self._call(signups.prepare_return, code=str(code), state=str(state))
        except BotpeError as error:
            self.busy, self.error = False, error.message
            return
        self._said = {
            "code": asked.code,
            "redirect_uri": asked.redirect_uri,
            "coexistence": asked.coexistence,
        }
        async for event in self._connect(asked):
            yield event

    async def _connect(self, asked: Asked | None = None):
        try:
            if asked is None:
                asked = await self._call(signups.prepare, **self._said)
            progress = await asyncio.to_thread(signups.carry_through, asked)
            connected = await self._call(signups.record, progress)
            if connected.failure is not None:
                raise connected.failure
        except BotpeError as error:
            self.busy, self.error, self.asks_pin = False, error.message, error.field == "pin"
            self.asking = False
            return
        self._forget()
        self.pin = connected.pin or ""
        if connected.account is not None:
            yield Toasts.tell(f"{connected.account.name} is connected")

    def _forget(self) -> None:
        self.asking, self.busy, self.error, self.pin = False, False, "", ""
        self.asks_pin, self._said = False, {}
