"""Who else is at the conversation or the bot that a tab shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import reflex as rx
from reflex.event import passthrough_event_spec

from botpe_app.errors import NotFound
from botpe_app.services import presence as service
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
    """The colleagues at the place that this tab shows."""

    others: rx.Field[list[Other]] = rx.field(default_factory=list)
    _kind: str = ""
    _place: str = ""

    @rx.event
    async def here(self, kind: str, place: str, typing: bool):
        """The tab shows a conversation or a bot, and somebody may be writing in it."""
        self._kind, self._place = kind, place
        await self._read(service.show, typing=bool(typing))

    @rx.event
    async def gone(self, kind: str, place: str):
        """The tab shows it no longer."""
        if (kind, place) == (self._kind, self._place):
            self._kind = self._place = ""
            self.others = []
        try:
            await self._call(service.leave, kind, place)
        except NotFound:
            return

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads who is there; the live relay calls it."""
        if self._place:
            await self._read(service.others)

    async def _read(self, asked: Callable[..., list[Present]], **how: bool) -> None:
        try:
            found = await self._call(asked, self._kind, self._place, **how)
        except NotFound:
            found = []
        self.others = [_other(one) for one in found]


class Presence(rx.Component):
    """Who else is there; says that this tab is."""

    library = "$/public/presence.jsx"
    tag = "Presence"
    kind: rx.Var[str]
    place: rx.Var[str]
    others: rx.Var[list[Other]]
    ready: rx.Var[bool]
    on_here: rx.EventHandler[passthrough_event_spec(str, str, bool)]
    on_gone: rx.EventHandler[passthrough_event_spec(str, str)]


def presence(kind: str, place: rx.Var[str] | str) -> rx.Component:
    """The colleagues who are at the same place, by name."""
    return Presence.create(
        kind=kind,
        place=place,
        others=PresenceState.others,
        ready=rx.State.is_hydrated,
        on_here=PresenceState.here,
        on_gone=PresenceState.gone,
    )


def _other(one: Present) -> Other:
    return Other(
        one.user_id,
        one.name,
        words.stamp(one.here_until),
        words.stamp(one.typing_until) if one.typing_until else "",
    )
