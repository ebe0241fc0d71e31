"""The simulator page of one tab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import reflex as rx

from botpe_app.errors import Conflict, Invalid, Unavailable
from botpe_app.services import simulator
from botpe_app.services.simulator import Stage
from botpe_app.services.simulator_views import Line, LogLine, Weather
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState
from botpe_app.ui.session import SessionState
from botpe_app.ui.simulator import screens
from botpe_app.ui.simulator.log import LogRow, log_row
from botpe_app.ui.simulator.screens import Card, Device, Spoken

Answer = TypeVar("Answer")
DRAWERS = ("", "faults", "log")


class SimulatorState(PageState, rx.State):
    """Phones, the open one's chat, faults and the raw log."""

    loaded: bool = False
    problem: str = ""
    number: str = ""
    numbers: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    phones: rx.Field[list[Card]] = rx.field(default_factory=list)
    device: Device = Device()
    lines: rx.Field[list[Spoken]] = rx.field(default_factory=list)
    typing: bool = False
    drawer: str = ""
    weather: rx.Field[dict[str, bool]] = rx.field(default_factory=dict)
    upcoming: rx.Field[list[str]] = rx.field(default_factory=list)
    log: rx.Field[list[LogRow]] = rx.field(default_factory=list)
    adding: bool = False
    filling: str = ""  # the message whose form is open
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    async def enter(self):
        """Opens the phone the address names; its owner looks at the chat."""
        live.listen(self.router.session.client_token, {"simulator": SimulatorState.refresh})
        before, asked = self.device.id, self._query().get("p", "")
        await self._read()
        if self.device.id and (asked != before or not self.device.looking):
            await self._act(lambda stage: stage.look(self.number, self.device.id, True))

    @rx.event
    async def leave(self):
        """The page is left: the phone goes back into its owner's pocket."""
        if self.device.looking:
            await self._play(lambda stage: stage.look(self.number, self.device.id, False))

    @rx.event
    async def refresh(self, topics: list[str]):
        """Looks anew; the live relay calls it."""
        await self._read()

    @rx.event
    def choose_number(self, number: str):
        """Shows the phones as they know another number."""
        return rx.redirect(screens.address(number, self.device.id))

    @rx.event
    async def say(self, form: dict[str, Any]):
        """The customer sends a text."""
        body = str(form.get("body", "")).strip()[:4096]
        if body:
            await self._act(lambda s: s.say(self.number, self.device.id, "text", {"body": body}))

    @rx.event
    async def send(self, kind: str):
        """The customer sends something ready-made."""
        if kind == "call":
            await self._act(lambda stage: stage.call(self.number, self.device.id))
        elif kind in {"image", "document"}:
            await self._act(lambda stage: stage.send_sample(self.number, self.device.id, kind))
        elif kind in screens.CONTENTS:
            made = screens.CONTENTS[kind]
            await self._act(lambda stage: stage.say(self.number, self.device.id, kind, made))

    @rx.event
    async def tap(self, wamid: str, choice: str):
        """The customer taps a button or picks a row; one of a Flow opens its form."""
        if any(line.id == wamid and line.form == choice for line in self.lines):
            self.filling = wamid
            return
        await self._act(lambda stage: stage.tap(self.number, self.device.id, wamid, choice))

    @rx.event
    def close_form(self):
        """The customer leaves the form of a Flow."""
        self.filling = ""

    @rx.event
    async def fill_in(self, form: dict[str, Any]):
        """The customer sends the form of a Flow."""
        wamid, self.filling, said = self.filling, "", screens.answers(form)
        await self._act(lambda s: s.fill_in(self.number, self.device.id, wamid, said))

    @rx.event
    async def rate(self, quality: str):
        """WhatsApp finds the number's quality to be this."""
        if quality in {word for _, word in screens.QUALITIES}:
            await self._act(lambda stage: stage.set_quality(self.number, quality))

    @rx.event
    async def look(self, looking: bool):
        """The customer opens the chat, or puts the phone away."""
        await self._act(lambda stage: stage.look(self.number, self.device.id, bool(looking)))

    @rx.event
    async def switch(self, name: str, on: bool):
        """Turns one of the phone's switches."""
        if name == "wants_marketing":
            await self._act(
                lambda stage: stage.want_marketing(self.number, self.device.id, bool(on))
            )
        elif name in {"online", "read_receipts", "shows_phone", "blocked"}:
            await self._act(lambda stage: stage.change(self.device.id, **{name: bool(on)}))

    @rx.event
    def show_form(self, shown: bool):
        """Opens or closes the form for another phone."""
        self.adding, self.errors = bool(shown), {}

    @rx.event
    async def add(self, form: dict[str, Any]):
        """A further pretend customer."""
        name, phone = str(form.get("name", "")).strip(), str(form.get("phone", "")).strip()
        try:
            made = await self._play(lambda stage: stage.add_phone(name or "Somebody", phone))
        except (Invalid, Conflict) as error:
            self.errors = {(error.field or "form").split(".")[-1]: error.message}
            return None
        self.show_form(False)
        return rx.redirect(screens.address(self.number, made))

    @rx.event
    async def open_drawer(self, drawer: str):
        """Shows the faults or the raw log, or with "" neither."""
        self.drawer = drawer if drawer in DRAWERS else ""
        await self._read()

    @rx.event
    async def switch_weather(self, name: str, on: bool):
        """Turns one of the faults that stay."""
        await self._act(lambda stage: stage.change_weather(name, bool(on)))

    @rx.event
    async def next_send(self, mishap: str, code: int):
        """Sets what happens to the next send."""
        await self._act(lambda stage: stage.next_send(mishap, int(code), self.number))

    @rx.event
    async def clear_weather(self):
        """Everything works again."""
        await self._act(lambda stage: stage.clear_weather())

    async def _play(self, act: Callable[[Stage], Answer]) -> Answer:
        """What `act` answers; it speaks to the simulator, so outside of any transaction."""
        stage = await self._call(simulator.stage)
        return await asyncio.to_thread(act, stage)

    async def _act(self, act: Callable[[Stage], object]) -> None:
        await self._play(act)
        await self._read()

    async def _read(self) -> None:
        asked = self._query()
        try:
            shown = await self._play(lambda stage: _look(stage, asked, self.drawer))
        except Unavailable as error:
            self.problem, self.loaded = error.message, True
            return
        self.problem, self.loaded = "", True
        self.numbers, self.number = shown.numbers, shown.number
        self.phones, self.device, self.typing = shown.phones, shown.device, shown.typing
        session = await self.get_state(SessionState)
        zone = words.zone(session._zone)
        self.lines = [screens.spoken(line, zone) for line in shown.lines if screens.visible(line)]
        self.log = [log_row(line, zone) for line in shown.log]
        if shown.weather:
            self.upcoming = shown.weather.upcoming
            self.weather = {name: getattr(shown.weather, name) for name, _ in screens.SWITCHES}


class _Shown:
    """What one look at the simulator found."""

    def __init__(self) -> None:
        self.numbers: list[tuple[str, str]] = []
        self.number = ""
        self.phones: list[Card] = []
        self.device = Device()
        self.lines: list[Line] = []
        self.typing = False
        self.log: list[LogLine] = []
        self.weather: Weather | None = None


def _look(stage: Stage, asked: dict[str, str], drawer: str) -> _Shown:
    shown = _Shown()
    shown.numbers = [(item.phone_number_id, item.name) for item in stage.numbers]
    known = [number for number, _ in shown.numbers]
    if not known:
        return shown
    shown.number = asked["n"] if asked.get("n") in known else known[0]
    phones = stage.phones(shown.number)
    shown.phones = [screens.card(phone, shown.number) for phone in phones]
    phone = next((phone for phone in phones if phone.id == asked.get("p")), None)
    if phone is not None:
        chat = stage.chat(shown.number, phone.id)
        shown.device = screens.device(phone)
        shown.lines, shown.typing = chat.lines, chat.typing
    shown.log = stage.log() if drawer == "log" else []
    shown.weather = stage.weather() if drawer == "faults" else None
    return shown
