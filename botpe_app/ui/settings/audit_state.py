"""/settings/audit of one tab; what is looked for stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from botpe_app.core.conditions.values import as_text
from botpe_app.errors import Forbidden
from botpe_app.services import audit
from botpe_app.services.audit import AuditItem
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.session import SessionState

_DONE = {"created": "made", "updated": "changed", "deleted": "removed"}
_FILTERS = ("q", "action", "from", "to")


@dataclass(frozen=True)
class Change:
    """One thing that changed: what it was, what it is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """A line of the log."""

    id: str
    at: str
    when: str
    who: str
    initials: str
    hue: int
    said: str
    address: str
    changes: list[Change]


class AuditState(PageState, rx.State):
    """The lines that are looked for, newest first."""

    loaded: bool = False
    denied: bool = False
    events: rx.Field[list[Event]] = rx.field(default_factory=list)
    more: str = ""
    q: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    export: str = ""

    @rx.event
    async def enter(self):
        """Shows what the address asks for."""
        asked = self._query()
        self.q, self.action = asked.get("q", "")[:100], asked.get("action", "")[:50]
        self.since, self.until = asked.get("from", ""), asked.get("to", "")
        try:
            await self._read("")
        except Forbidden:
            self.denied = True

    @rx.event
    def look_for(self, form: dict[str, Any]):
        """Goes to the address that asks for this."""
        asked = {name: str(form.get(name, "")).strip() for name in _FILTERS}
        query = urlencode({name: value for name, value in asked.items() if value})
        return rx.redirect(f"/settings/audit{'?' if query else ''}{query}")

    @rx.event
    async def show_more(self):
        """Shows older lines too."""
        if self.more:
            await self._read(self.more)

    async def _read(self, cursor: str) -> None:
        frame = await self.get_state(SessionState)
        zone = words.zone(frame._zone)
        wanted: dict[str, Any] = {
            "q": self.q or None,
            "action": self.action or None,
            "since": _midnight(self.since, zone, 0),
            "until": _midnight(self.until, zone, 1),
        }
        page = await self._call(audit.list_events, limit=40, cursor=cursor or None, **wanted)
        lines = [_event(item, zone) for item in page.data]
        self.events = [*self.events, *lines] if cursor else lines
        self.more, self.loaded = page.next or "", True
        given = {name: value for name, value in wanted.items() if value}
        query = urlencode(
            {n: v.isoformat() if isinstance(v, datetime) else v for n, v in given.items()}
        )
        self.export = f"/api/audit-log/export{'?' if query else ''}{query}"


def _midnight(day: str, zone: Any, days: int) -> datetime | None:
    """When a day begins there, or ends; None for what is no day."""
    try:
        found = date.fromisoformat(day) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(found, time(), zone)


def _event(item: AuditItem, zone: Any) -> Event:
    thing, _, done = item.action.partition(".")
    names = sorted({*item.before, *item.after})
    changes = [
        Change(name.replace("_", " "), _text(item.before, name), _text(item.after, name))
        for name in names
    ]
    label = next((one.after or one.before for one in changes if one.name in {"name", "email"}), "")
    return Event(
        item.id,
        words.stamp(item.at),
        words.full(item.at, zone),
        item.actor_name or item.actor_kind,
        words.initials(item.actor_name),
        words.hue(item.actor_id or item.actor_kind),
        f"{_DONE.get(done, done)} {thing.replace('_', ' ')} {label}".strip(),
        item.address,
        changes,
    )


def _text(held: dict[str, Any], name: str) -> str:
    value = held.get(name)
    return "" if value is None else as_text(value)[:500]
