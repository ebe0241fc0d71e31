"""/settings/numbers/[number_id] of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.core import tiers
from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import BotpeError, Invalid, NotFound
from botpe_app.services import (
    account_business,
    account_checks,
    account_news,
    account_webhooks,
    accounts,
    blocks,
)
from botpe_app.services.access import Actor
from botpe_app.services.account_steps import Setup
from botpe_app.services.views import AccountItem
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState

_MOST, _LATEST = 50, 20  # of the blocked, and of the news, in sight
PROFILE = ("about", "description", "address", "email", "vertical")
_SUMMARY = {
    "ok": ("Everything is right", "good"),
    "warn": ("Works, with something to look at", "warn"),
    "bad": ("Something must be mended", "bad"),
    "unknown": ("Not everything is known", "info"),
}


@dataclass(frozen=True)
class Step:
    """One step of the setup as the page shows it."""

    id: str
    title: str
    state: str
    said: str
    mend: str


@dataclass(frozen=True)
class Barred:
    """Somebody the number has blocked."""

    id: str
    contact_id: str
    name: str


@dataclass(frozen=True)
class Told:
    """Something WhatsApp told of the number."""

    id: str
    text: str
    at: str


class NumberState(PageState, rx.State):
    """One number: its setup, its profile, its webhooks, whom it has blocked."""

    number: str = ""
    missing: bool = False
    loaded: bool = False
    may_manage: bool = False
    name: str = ""
    phone: str = ""
    connected: bool = True
    reason: str = ""
    summary: str = ""
    tone: rx.Field[str] = rx.field("")
    checked: str = ""
    looking: bool = False
    callback: str = ""
    steps: rx.Field[list[Step]] = rx.field(default_factory=list)
    figures: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    seen: str = ""  # when the last webhook came
    subscribe: bool = False  # whether a subscription is what is missing
    trouble: str = ""  # why Meta's part is not shown
    profile: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    picture: str = ""  # its address
    read: int = 0  # times the profile was read: its form then begins anew
    webhook: str = ""
    blocked: rx.Field[list[Barred]] = rx.field(default_factory=list)
    news: rx.Field[list[Told]] = rx.field(default_factory=list)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    rotating: bool = False

    @rx.event
    async def enter(self):
        """Shows what is known of the number that the address names, then asks Meta."""
        self.reset()
        self.number = str(self.router.page.params.get("number_id", ""))[:64]
        live.listen(self.router.session.client_token, {"accounts": NumberState.refresh})
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_NUMBERS)
        try:
            await self._read()
        except NotFound:
            self.missing = True
            return None
        return NumberState.look

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew what is kept; the live relay calls it."""
        if self.number and not self.missing:
            await self._read()

    @rx.event(background=True)
    async def look(self):
        """Asks Meta about the setup, the profile and the blocked; the tab goes on meanwhile."""
        async with self:
            if self.looking:
                return
            self.looking, self.trouble, number = True, "", self.number
        for part in (_look_at_setup, _look_at_profile, _look_at_blocked):
            try:
                await part(self, number)
            except BotpeError as error:
                async with self:
                    self.trouble = error.message
        async with self:
            if self.number == number:
                self.looking = False
                await self._read()

    @rx.event(background=True)
    async def subscribe_now(self):
        """Has Meta send the account's news to the app."""
        answer = await self._ask(
            account_checks.prepare_subscription, account_checks.subscribe, self.number
        )
        await self._call(account_checks.record, self.number, answer)
        return Toasts.tell("Meta sends this account's news now")

    @rx.event(background=True)
    async def save_profile(self, form: dict[str, Any]):
        """Changes what customers see."""
        sites = [str(form.get(name, "")).strip() for name in ("website", "website2")]
        given = {name: str(form.get(name, "")) for name in PROFILE}
        return await self._change_profile(**given, websites=[site for site in sites if site])

    @rx.event(background=True)
    async def save_picture(self, file_id: str):
        """Makes a file that was just uploaded the profile's picture."""
        return await self._change_profile(picture=str(file_id))

    async def _change_profile(self, **changes: Any) -> Any:
        number, change = self.number, account_business.change_profile
        try:
            told = await self._ask(account_business.prepare_change, change, number, **changes)
        except Invalid as error:
            async with self:
                self.errors = {error.field or "profile": error.message}
            return None
        await self._call(account_business.keep, number, told, changes.get("picture"))
        async with self:
            await self._read()
        return Toasts.tell("Customers see the new profile")

    @rx.event(background=True)
    async def override_webhook(self, form: dict[str, Any]):
        """Sends the number's webhooks to an address of its own; an empty one ends that."""
        number = self.number
        try:
            told = await self._ask(
                account_webhooks.prepare_override,
                account_webhooks.override,
                number,
                callback_url=str(form.get("callback_url", "")),
                verify_token=str(form.get("verify_token", "")),
            )
        except Invalid as error:
            async with self:
                self.errors = {error.field or "callback_url": error.message}
            return None
        await self._call(account_webhooks.record, number, told)
        async with self:
            self.errors = {}
            await self._read()
        where = "an address of the number's own" if told.number else "the app's address"
        return Toasts.tell(f"Webhooks go to {where}")

    @rx.event
    def show_rotate(self, shown: bool):
        """Opens or closes the form for another token."""
        self.rotating, self.errors = bool(shown), {}

    @rx.event(background=True)
    async def rotate(self, form: dict[str, Any]):
        """Gives the number another token, if Meta accepts it."""
        number, token = self.number, str(form.get("new_token", ""))
        try:
            answer = await self._ask(
                account_checks.prepare_token, account_checks.verify_token, number, token=token
            )
            await self._call(accounts.update_account, number, token=token)
            await self._call(account_checks.record_token, number, answer)
        except Invalid as error:
            async with self:
                self.errors = {"new_token": error.message}
            return None
        async with self:
            self.rotating, self.errors = False, {}
            await self._read()
        return Toasts.tell("The new token is in use")

    @rx.event(background=True)
    async def let_in(self, contact_id: str):
        """Lets somebody write again."""
        told = await self._ask(blocks.prepare, blocks.unblock, contact_id, account_id=self.number)
        await self._call(blocks.record, told)
        return Toasts.tell("They can write again")

    async def _read(self) -> None:
        item, setup, profile, barred, news = await self._call(_known, self.number)
        self.name, self.phone = item.name, words.phone(item.phone)
        self.connected, self.reason = item.status == "connected", item.paused_reason or ""
        self.figures = _figures(item)
        self.seen = words.stamp(item.last_webhook_at) if item.last_webhook_at else ""
        self.blocked = [Barred(one.id, one.contact_id or "", one.name or one.id) for one in barred]
        self.news = [Told(one.id, one.text, words.stamp(one.at)) for one in news]
        self._show(setup)
        if profile is not None:
            self._show_profile(*profile)
        self.loaded = True

    def _show(self, setup: Setup) -> None:
        self.summary, self.tone = _SUMMARY[setup.state]
        self.checked = words.stamp(setup.checked_at) if setup.checked_at else ""
        self.callback, self.webhook = setup.callback_url, setup.override_url
        self.steps = [Step(s.id, s.title, s.state, s.said, s.mend) for s in setup.steps]
        self.subscribe = any(s.id == "subscribed" and s.state == "bad" for s in setup.steps)

    def _show_profile(self, shown: account_business.Profile, picture: str) -> None:
        sites = [*shown.websites, "", ""]
        profile = {name: getattr(shown, name) for name in PROFILE}
        profile |= {"website": sites[0], "website2": sites[1]}
        self.picture = f"/api/media/{picture}" if picture else ""
        if profile != self.profile:  # else what is being written would be lost
            self.profile, self.errors, self.read = profile, {}, self.read + 1


async def _look_at_setup(page: NumberState, number: str) -> None:
    answer = await page._ask(account_checks.prepare, account_checks.ask, number)
    await page._call(account_checks.record, number, answer)


async def _look_at_profile(page: NumberState, number: str) -> None:
    asks = account_business.prepare_profile, account_business.profile
    await page._call(account_business.keep, number, await page._ask(*asks, number))


async def _look_at_blocked(page: NumberState, number: str) -> None:
    listed = await page._ask(blocks.prepare_list, blocks.fetch, number)
    await page._call(blocks.record_list, number, listed)


def _known(session: Session, actor: Actor, number: str):
    """What is kept of a number: itself, its setup, its profile, whom it has blocked, its news."""
    return (
        accounts.get_account(session, actor, number),
        account_checks.kept(session, actor, number),
        account_business.kept(session, actor, number),
        blocks.kept_list(session, actor, number)[:_MOST],
        account_news.list_news(session, actor, number, limit=_LATEST).data,
    )


VERTICALS = [
    (word, word.replace("_", " ").capitalize() if word != "UNDEFINED" else "Not said")
    for word in account_business.VERTICALS
]


def _figures(item: AccountItem) -> list[tuple[str, str]]:
    people = tiers.per_day(item.messaging_limit)
    reach = f"{people:,} people a day" if people else "Not told"
    expires = item.token_expires_at
    return [
        ("Quality", (item.quality or "Not told").capitalize()),
        ("May write first to", "Everybody" if item.messaging_limit == tiers.UNLIMITED else reach),
        ("Pace", f"{item.messages_per_second} a second"),
        ("Display name", item.verified_name or "Not told"),
        ("Phone number id", item.phone_number_id),
        ("Business account id", item.waba_id),
        ("Access token", f"…{item.token_hint}" if item.token_hint else "Stored"),
        ("Token is good until", f"{expires:%d %B %Y}" if expires else "No end is known"),
    ]
