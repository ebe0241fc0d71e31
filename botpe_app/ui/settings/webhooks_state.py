"""/settings/webhooks of one tab; the one whose log is open stands in the address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.errors import Forbidden, NotFound
from botpe_app.services import webhooks
from botpe_app.services.webhooks import EVENTS, DeliveryItem, WebhookItem
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.settings.editing import NEW, Editing

_TONES = {"delivered": "good", "failed": "bad", "pending": "info"}
_EVENT = "event:"


@dataclass(frozen=True)
class Webhook:
    """A webhook as the settings show it."""

    id: str
    url: str
    events: list[str]


@dataclass(frozen=True)
class Delivery:
    """What became of telling one event."""

    id: str
    event: str
    at: str
    state: str
    tone: str
    tries: str
    said: str
    payload: str


class WebhooksState(Editing, rx.State):
    """The webhooks, the form for another, its secret once, and the log of one."""

    denied: bool = False
    webhooks: rx.Field[list[Webhook]] = rx.field(default_factory=list)
    secret: str = ""  # until the dialog is closed
    shown: str = ""
    only: str = ""
    deliveries: rx.Field[list[Delivery]] = rx.field(default_factory=list)
    more: str = ""

    @rx.event
    async def enter(self):
        """Shows the webhooks, and the log that the address names."""
        self.secret, self.shown, self.only = "", self._query().get("w", ""), ""
        try:
            await self._read()
        except Forbidden:
            self.denied = True
            return
        if self.shown:
            await self._read_log()

    @rx.event
    def show_form(self):
        """Opens the form for another webhook."""
        self.secret = ""
        self._open(NEW)

    @rx.event
    async def make(self, form: dict[str, Any]):
        """Makes a webhook and shows its secret, this once."""
        events = [key.removeprefix(_EVENT) for key in form if key.startswith(_EVENT)]
        made = await self._try(webhooks.create_webhook, url=str(form.get("url", "")), events=events)
        if made is not None:
            self.secret = made[1]
            await self._read()

    @rx.event
    def ask_remove(self, webhook_id: str):
        """Asks whether to remove a webhook."""
        self._ask_about(
            webhook_id, next((one.url for one in self.webhooks if one.id == webhook_id), "")
        )

    @rx.event
    async def remove(self):
        """Removes the webhook that was asked about, with its log."""
        webhook_id, _ = self._asked()
        await self._call(webhooks.delete_webhook, webhook_id)
        if self.shown == webhook_id:
            self.shown = ""
        await self._read()
        return Toasts.tell("The webhook is gone")

    @rx.event
    async def filter_log(self, state: str):
        """Shows only what stands so; "" shows all."""
        self.only = state if state in _TONES else ""
        await self._read_log()

    @rx.event
    async def show_more(self):
        """Shows older deliveries too."""
        if self.more:
            await self._read_log(self.more)

    @rx.event
    async def reload(self):
        """Reads the log anew."""
        await self._read_log()

    @rx.event
    async def replay(self, delivery_id: str):
        """Tells an event again."""
        await self._call(webhooks.replay, self.shown, delivery_id)
        await self._read_log()
        return Toasts.tell("It is told again")

    def _forget(self) -> None:
        self.secret = ""

    async def _read(self) -> None:
        self.webhooks = [_webhook(item) for item in await self._call(webhooks.list_webhooks)]
        self.loaded = True

    async def _read_log(self, cursor: str = "") -> None:
        try:
            page = await self._call(
                webhooks.list_deliveries,
                self.shown,
                state=self.only or None,
                limit=20,
                cursor=cursor or None,
            )
        except NotFound:
            self.shown, self.deliveries, self.more = "", [], ""
            return
        older = [_delivery(item) for item in page.data]
        self.deliveries = [*self.deliveries, *older] if cursor else older
        self.more = page.next or ""


EVENT_CHOICES = {
    "message.received": "A customer wrote",
    "message.status": "A message was sent, delivered, read or failed",
    "conversation.updated": "A conversation changed its status, owner or tags",
    "bot.event": "A bot says that something happened",
}
assert set(EVENT_CHOICES) >= set(EVENTS)  # noqa: S101 - each has words


def _webhook(item: WebhookItem) -> Webhook:
    return Webhook(item.id, item.url, item.events)


def _delivery(item: DeliveryItem) -> Delivery:
    said = item.problem or (f"answered {item.status_code}" if item.status_code else "not yet told")
    return Delivery(
        item.id,
        item.event,
        words.stamp(item.created_at),
        item.state,
        _TONES[item.state],
        words.plural(item.attempts, "try", "tries"),
        said,
        json.dumps(item.payload, indent=2, ensure_ascii=False)[:8000],
    )
