"""/settings/numbers of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.config import settings
from botpe_app.core.permissions import Permission, may
from botpe_app.errors import Invalid
from botpe_app.services import accounts, messages
from botpe_app.services.views import AccountItem
from botpe_app.ui import live, words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.connect_state import ConnectState
from botpe_app.ui.settings.editing import NEW, Editing

FIELDS = ("name", "phone", "waba_id", "phone_number_id", "token")
# Approved for every business account by Meta itself, so it may go to anyone at any time.
_TEST = {"name": "hello_world", "language": {"code": "en_US"}}


@dataclass(frozen=True)
class Number:
    """A WhatsApp number as the settings show it."""

    id: str
    name: str
    phone: str
    phone_number_id: str
    waba_id: str
    connected: bool
    reason: str
    quality: str
    pace: str
    token: str


class NumbersState(Editing, rx.State):
    """The numbers, the form for another one, and the dialogs."""

    may_manage: bool = False
    numbers: rx.Field[list[Number]] = rx.field(default_factory=list)
    testing: str = ""
    test_error: str = ""
    webhook: str = ""
    verify_token: str = ""

    @rx.event
    async def enter(self):
        """Shows the numbers."""
        live.listen(self.router.session.client_token, {"accounts": NumbersState.refresh})
        self.webhook = f"{settings().base_url}/webhooks/whatsapp"
        await self._read()
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_NUMBERS)
        self.verify_token = settings().verify_token if self.may_manage else ""
        return ConnectState.enter

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()

    @rx.event
    def show_form(self):
        """Opens the form for another number."""
        self._open(NEW)

    @rx.event
    async def add(self, form: dict[str, Any]):
        """Connects a number."""
        given = {name: str(form.get(name, "")) for name in FIELDS}
        item = await self._try(accounts.add_account, **given)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"{item.name} is connected")

    @rx.event
    async def set_status(self, account_id: str, status: str):
        """Pauses a number, or lets it send again."""
        item = await self._call(accounts.update_account, account_id, status=status)
        await self._read()
        return Toasts.tell(f"{item.name} {'sends again' if status == 'connected' else 'is paused'}")

    @rx.event
    def ask_remove(self, account_id: str):
        """Asks whether to remove a number."""
        self._ask_about(
            account_id, next((one.name for one in self.numbers if one.id == account_id), "")
        )

    @rx.event
    async def remove(self):
        """Removes the number that was asked about."""
        account_id, name = self._asked()
        await self._call(accounts.remove_account, account_id)
        await self._read()
        return Toasts.tell(f"{name} is removed")

    @rx.event
    def ask_test(self, account_id: str):
        """Asks whom to send a test message; "" closes the question."""
        self.testing, self.test_error = account_id, ""

    @rx.event
    async def test(self, form: dict[str, Any]):
        """Sends the hello_world template to a phone."""
        try:
            await self._call(
                messages.send_to,
                to=str(form.get("to", "")),
                type="template",
                content=_TEST,
                account_id=self.testing,
            )
        except Invalid as error:
            self.test_error = error.message
            return None
        self.testing = ""
        return Toasts.tell("The test message is on its way; see the inbox for its ticks")

    async def _read(self) -> None:
        self.numbers = [_number(item) for item in await self._call(accounts.list_accounts)]
        self.loaded = True


def _number(item: AccountItem) -> Number:
    return Number(
        id=item.id,
        name=item.name,
        phone=words.phone(item.phone),
        phone_number_id=item.phone_number_id,
        waba_id=item.waba_id,
        connected=item.status == "connected",
        reason=item.paused_reason or "",
        quality=(item.quality or "not told").capitalize(),
        pace=f"{item.messages_per_second} a second",
        token=f"…{item.token_hint}" if item.token_hint else "stored",
    )
