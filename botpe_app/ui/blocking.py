"""Blocking a customer at a number, and letting them in again: asked for on several pages."""

from __future__ import annotations

import reflex as rx

from botpe_app.services import blocks
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts, confirm


class BlockState(PageState, rx.State):
    """Whom somebody is about to block in this tab."""

    contact: str = ""
    name: str = ""
    _account: str = ""

    @rx.event
    def ask(self, contact_id: str, account_id: str, name: str):
        """Asks whether to block them at that number, "" for where they last wrote; "" for nobody
        closes the question."""
        self.contact, self._account, self.name = contact_id[:64], account_id[:64], name[:200]

    @rx.event(background=True)
    async def block(self):
        """Blocks them. Meta is asked, so the tab goes on meanwhile."""
        async with self:
            contact, account, name = self.contact, self._account, self.name
            self.contact = ""
        told = await self._ask(blocks.prepare, blocks.block, contact, account_id=account or None)
        await self._call(blocks.record, told)
        return Toasts.tell(f"{name} is blocked")

    @rx.event(background=True)
    async def let_in(self, contact_id: str, account_id: str, name: str):
        """Lets somebody write to the number again."""
        told = await self._ask(blocks.prepare, blocks.unblock, contact_id, account_id=account_id)
        await self._call(blocks.record, told)
        return Toasts.tell(f"{name} can write again")


def block_question() -> rx.Component:
    """What is asked before somebody is blocked."""
    return confirm(
        f"Block {BlockState.name}?",
        "Nothing they write reaches the number any more, and nothing can be sent to them from it. "
        "They are not told. You can let them in again.",
        "Block",
        open=BlockState.contact != "",
        on_close=BlockState.ask("", "", ""),
        on_confirm=BlockState.block,
    )
