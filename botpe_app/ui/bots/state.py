"""/bots of one tab."""

from __future__ import annotations

from urllib.parse import quote

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.services import bot_cards, bot_library, bot_publishing, bots
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.bots.cards import Card, Start, card, start
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState

PAGE = 24
MOST = 200  # cards shown at once


class BotsState(PageState, rx.State):
    """The bots, and the dialogs for a new one and for deleting one."""

    loaded: bool = False
    may_manage: bool = False
    bots: rx.Field[list[Card]] = rx.field(default_factory=list)
    more: bool = False
    library: rx.Field[list[Start]] = rx.field(default_factory=list)
    making: bool = False
    deleting: str = ""
    deleting_name: str = ""
    _shown: int = PAGE

    @rx.event
    async def enter(self):
        """Shows the bots."""
        live.listen(self.router.session.client_token, {"bots": BotsState.refresh})
        self.making, self.deleting = False, ""
        self.library = [start(item) for item in bot_library.library()]
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_BOTS)
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()

    @rx.event
    async def show_more(self):
        """Shows older bots too."""
        self._shown = min(self._shown + PAGE, MOST)
        await self._read()

    @rx.event
    def show_library(self, shown: bool):
        """Opens or closes the choice of what to start from."""
        self.making = bool(shown)

    @rx.event
    async def make(self, library: str):
        """Makes a bot of the library's, or with "" an empty one, and opens it."""
        item = await self._call(bots.create_bot, library=library or None)
        self.making = False
        return rx.redirect(f"/bots/{item.id}")

    @rx.event
    def open(self, bot_id: str):
        """Opens a bot that was just made."""
        return rx.redirect(f"/bots/{quote(bot_id, safe='')}")

    @rx.event
    async def imported(self, bot_id: str, name: str):
        """A file became a bot."""
        await self._read()
        return Toasts.tell(f"{name[:120]} is there, as a draft")

    @rx.event
    async def clone(self, bot_id: str):
        """Makes a draft like a bot's."""
        item = await self._call(bots.clone_bot, bot_id)
        await self._read()
        return Toasts.tell(f"{item.name} is there, as a draft")

    @rx.event
    async def pause(self, bot_id: str):
        """Has a bot answer nobody for now."""
        item = await self._call(bot_publishing.pause_bot, bot_id)
        await self._read()
        toasts = await self.get_state(Toasts)
        toasts._say(f"{item.name} is paused", undo=BotsState.activate(bot_id))

    @rx.event
    async def activate(self, bot_id: str):
        """Has a paused bot answer again."""
        item = await self._call(bot_publishing.resume_bot, bot_id)
        await self._read()
        return Toasts.tell(f"{item.name} answers again")

    @rx.event
    def ask_delete(self, bot_id: str):
        """Asks whether to delete a bot; "" closes the question."""
        self.deleting = bot_id
        self.deleting_name = next((bot.name for bot in self.bots if bot.id == bot_id), "")

    @rx.event
    async def delete(self):
        """Deletes the bot that was asked about."""
        bot_id, name, self.deleting = self.deleting, self.deleting_name, ""
        await self._call(bots.delete_bot, bot_id)
        await self._read()
        return Toasts.tell(f"{name} is deleted")

    async def _read(self) -> None:
        page = await self._call(bot_cards.list_cards, limit=self._shown)
        self.bots = [card(item) for item in page.data]
        self.more = page.next is not None and self._shown < MOST
        self.loaded = True
