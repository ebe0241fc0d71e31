"""/settings/hours of one tab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.services import business_hours
from botpe_app.services.team_views import BusinessHoursItem
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import Editing

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_WORKDAYS = ("tue", "wed", "thu", "fri")
_OWN = ""


@dataclass(frozen=True)
class Span:
    """A time of a day when it is open."""

    id: int
    start: str
    end: str


@dataclass(frozen=True)
class Day:
    """A day of the week in the editor."""

    key: str
    name: str
    spans: list[Span]


class HoursState(Editing, rx.State):
    """The week as it is being edited; nothing is kept before it is saved."""

    may_change: bool = False
    open_now: bool = False
    changed: bool = False
    days: rx.Field[list[Day]] = rx.field(default_factory=list)
    holidays: rx.Field[list[str]] = rx.field(default_factory=list)
    timezone: str = _OWN
    zones: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    _last: int = 0

    @rx.event
    async def enter(self):
        """Shows the hours."""
        frame = await self.get_state(SessionState)
        self.may_change = may(frame._role, Permission.MANAGE_ORGANIZATION)
        self.zones = [
            (_OWN, f"The organization's ({frame._zone})"),
            *((zone, zone) for zone in words.zones()),
        ]
        self._show(await self._call(business_hours.get_hours), frame._zone)

    @rx.event
    def add_span(self, day: str):
        """Opens a day for another while, after the last one."""
        for one in self.days:
            if one.key == day and len(one.spans) < 12:
                start = one.spans[-1].end if one.spans else "09:00"
                self._put(day, [*one.spans, self._span(start, "18:00")])

    @rx.event
    def drop_span(self, day: str, span: int):
        """Takes a while away; a day without one is closed."""
        for one in self.days:
            if one.key == day:
                self._put(day, [other for other in one.spans if other.id != span])

    @rx.event
    def move(self, day: str, span: int, end: str, clock: str):
        """Says when a while begins (`start`) or ends (`end`)."""
        if end not in {"start", "end"}:
            return
        for one in self.days:
            if one.key == day:
                spans = [
                    replace(other, **{end: str(clock)[:5]}) if other.id == span else other
                    for other in one.spans
                ]
                self._put(day, spans)

    @rx.event
    def copy_monday(self):
        """Opens every workday as Monday."""
        monday = next((one.spans for one in self.days if one.key == "mon"), [])
        for day in _WORKDAYS:
            self._put(day, [self._span(span.start, span.end) for span in monday])

    @rx.event
    def choose_zone(self, zone: str):
        """Says by which clock."""
        self.timezone, self.changed = str(zone), True

    @rx.event
    def add_holiday(self, form: dict[str, Any]):
        """Closes on a date."""
        date = str(form.get("holiday", ""))
        if date:
            self.holidays, self.changed = sorted({*self.holidays, date}), True

    @rx.event
    def drop_holiday(self, date: str):
        """Opens on a date again."""
        self.holidays = [one for one in self.holidays if one != date]
        self.changed = True

    @rx.event
    async def save(self):
        """Keeps the week."""
        item = await self._try(
            business_hours.update_hours,
            timezone=self.timezone or None,
            days={one.key: [[span.start, span.end] for span in one.spans] for one in self.days},
            holidays=list(self.holidays),
        )
        if item is None:
            return None
        frame = await self.get_state(SessionState)
        self._show(item, frame._zone)
        return Toasts.tell("The hours are saved")

    def _show(self, item: BusinessHoursItem, own: str) -> None:
        self.days = [
            Day(key, name, [self._span(start, end) for start, end in item.days[key]])
            for key, name in DAYS.items()
        ]
        self.holidays, self.open_now = item.holidays, item.open_now
        self.timezone = _OWN if item.timezone == own else item.timezone
        self.loaded, self.changed = True, False

    def _span(self, start: str, end: str) -> Span:
        self._last += 1
        # A clock on a page has no 24:00; a while that ends at 00:00 ends with the day.
        return Span(self._last, start, "00:00" if end == "24:00" else end)

    def _put(self, day: str, spans: list[Span]) -> None:
        self.days = [replace(one, spans=spans) if one.key == day else one for one in self.days]
        self.changed = True
