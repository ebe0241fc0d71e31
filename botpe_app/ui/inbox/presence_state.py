"""Who else is at the open conversation, in one tab."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from botpe_app.errors import NotFound
from botpe_app.services import presence
from botpe_app.services.presence import Present
from botpe_app.ui import words
from botpe_app.ui.base import PageState


@dataclass(frozen=True)
class Other:
    """A colleague; the browser takes them away when their time is over."""

    id: str
    name: str
    here: str
    typing: str


class PresenceState(PageState, rx.State):
    """The colleagues at the open conversation."""

    others: rx.Field[list[Other]] = rx.field(default_factory=list)

    @rx.event
    async def here(self, conversation_id: str, typing: bool):
        """The tab shows a conversation, and somebody may be writing in it."""
        try:
            found = await self._call(presence.show, conversation_id, typing=bool(typing))
        except NotFound:
            return
        self.others = [_other(one) for one in found]

    @rx.event
    async def gone(self, conversation_id: str):
        """The tab shows it no longer."""
        try:
            await self._call(presence.leave, conversation_id)
        except NotFound:
            return

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads who is there; the live relay calls it."""
        conversation_id = self._query().get("c", "")[:64]
        if not conversation_id:
            self.others = []
            return
        try:
            self.others = [
                _other(one) for one in await self._call(presence.others, conversation_id)
            ]
        except NotFound:
            self.others = []


def _other(one: Present) -> Other:
    return Other(
        one.user_id,
        one.name,
        words.stamp(one.here_until),
        words.stamp(one.typing_until) if one.typing_until else "",
    )
