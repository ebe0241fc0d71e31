"""/settings/account of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.db import Session
from botpe_app.services import auth, mails, recovery, sessions, two_factor
from botpe_app.services.access import Actor
from botpe_app.services.sessions import SessionItem
from botpe_app.services.views import Me
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import Editing


@dataclass(frozen=True)
class SignedIn:
    """A browser one is signed in with."""

    id: str
    name: str
    address: str
    seen: str
    current: bool


class AccountState(Editing, rx.State):
    """One's own name, password, second factor and browsers.

    `editing` is the dialog that is open: password, begin, scan, codes, renew or off.
    """

    name: str = ""
    email: str = ""
    verified: bool = False
    provable: bool = False  # that the address is theirs, by another mail
    two_factor: bool = False
    codes_left: int = 0
    browsers: rx.Field[list[SignedIn]] = rx.field(default_factory=list)
    # Until the dialog is closed:
    secret: str = ""
    qr: str = ""
    codes: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.var
    def codes_text(self) -> str:
        """The recovery codes, to be copied."""
        return "\n".join(self.codes)

    @rx.event
    async def enter(self):
        """Shows the account."""
        self._turn("")
        await self._read()

    @rx.event
    def show(self, what: str):
        """Opens a dialog."""
        self._turn(what if what in {"password", "begin", "renew", "off"} else "")

    @rx.event
    async def rename(self, form: dict[str, Any]):
        """Changes one's name."""
        me = await self._try(auth.rename_me, name=str(form.get("name", "")))
        if me is None:
            return None
        frame = await self.get_state(SessionState)
        frame.name, frame.initials = me.name, words.initials(me.name)
        await self._read()
        return Toasts.tell("Saved")

    @rx.event
    async def change_password(self, form: dict[str, Any]):
        """Changes one's password."""
        given = {key: str(form.get(key, "")) for key in ("password", "new_password")}
        if not await self._did(auth.change_password, **given):
            return None
        self._turn("")
        await self._read()
        return Toasts.tell("The password is changed; every other browser is signed out")

    @rx.event
    async def begin(self, form: dict[str, Any]):
        """Shows the QR code, once the password was given again."""
        found = await self._try(two_factor.begin, password=str(form.get("password", "")))
        if found is not None:
            self._turn("scan")
            self.secret, self.qr = found.secret, found.qr

    @rx.event
    async def confirm(self, form: dict[str, Any]):
        """Turns two-factor on, and shows the recovery codes."""
        await self._show_codes(two_factor.confirm, form)

    @rx.event
    async def renew(self, form: dict[str, Any]):
        """Shows other recovery codes."""
        await self._show_codes(two_factor.renew_codes, form)

    @rx.event
    async def turn_off(self, form: dict[str, Any]):
        """Turns two-factor off."""
        given = {key: str(form.get(key, "")) for key in ("password", "code")}
        if not await self._did(two_factor.turn_off, **given):
            return None
        self._turn("")
        await self._read()
        return Toasts.tell("Two-factor is off")

    @rx.event
    async def end(self, session_id: str):
        """Signs a browser out."""
        await self._call(sessions.end, session_id)
        await self._read()
        return Toasts.tell("That browser is signed out")

    @rx.event
    async def end_others(self):
        """Signs every other browser out."""
        ended = await self._call(sessions.end_others)
        await self._read()
        return Toasts.tell(f"{words.plural(ended, 'browser')} signed out")

    @rx.event
    async def ask_again(self):
        """Mails another link that proves the address."""
        await self._call(recovery.ask_again)
        return Toasts.tell(f"A mail is on its way to {self.email}")

    async def _show_codes(self, service: Any, form: dict[str, Any]) -> None:
        codes = await self._try(service, code=str(form.get("code", "")))
        if codes is not None:
            self._turn("codes")
            self.codes = codes
            await self._read()

    async def _did(self, service: Any, **given: str) -> bool:
        await self._try(service, **given)
        return not self.errors

    async def _read(self) -> None:
        me, found = await self._call(_account)
        self.name, self.email, self.verified = me.name, me.email, me.verified
        self.provable = mails.possible() and not me.verified
        self.two_factor, self.codes_left = me.two_factor, me.recovery_codes
        self.browsers = [_browser(item) for item in found]
        self.loaded = True

    def _turn(self, what: str) -> None:
        self._open(what)
        self._forget()

    def _forget(self) -> None:
        self.secret, self.qr, self.codes = "", "", []


def _account(session: Session, actor: Actor) -> tuple[Me, list[SessionItem]]:
    return auth.me(session, actor), sessions.list_sessions(session, actor)


def _browser(item: SessionItem) -> SignedIn:
    seen = words.stamp(item.seen_at)
    return SignedIn(item.id, words.browser(item.client), item.address, seen, item.current)
