"""/admin of one tab: the platform, to its owner. The address says which part and what is sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from botpe_app.core.plans import PLANS
from botpe_app.db import Session
from botpe_app.errors import Forbidden
from botpe_app.services import platform, platform_health
from botpe_app.services.access import Actor
from botpe_app.services.findings import Finding
from botpe_app.services.platform import OrganizationOverview, PersonOverview, Stats
from botpe_app.services.platform_health import LaneHealth, NumberOverview
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts

PARTS = {"health": "Health", "organizations": "Organizations", "people": "People"} | {
    "numbers": "Numbers",
    "failed": "Failed jobs",
}
PLAN_CHOICES = [(plan, plan.capitalize()) for plan in PLANS]
_LANES = {
    "ingest": "What comes in",
    "conversations": "Bots",
    "outbox": "What goes out",
    "media": "Files",
    "webhooks": "Webhooks",
    "mail": "Mails",
}
_ORDER = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True)
class Row:
    """A line of a list, whatever it lists."""

    id: str
    title: str
    under: str
    facts: list[str]
    tag: str
    tone: str
    at: str
    more: str = ""


@dataclass(frozen=True)
class Found:
    """Something that was looked at."""

    state: str
    message: str
    mend: str


@dataclass(frozen=True)
class Lane:
    """A lane of work."""

    name: str
    waiting: str
    oldest: str
    working: bool
    failed: str


class AdminState(PageState, rx.State):
    """The part that is shown, and a search in it."""

    denied: bool = False
    loaded: bool = False
    part: str = "health"
    q: str = ""
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    more: str = ""
    findings: rx.Field[list[Found]] = rx.field(default_factory=list)
    lanes: rx.Field[list[Lane]] = rx.field(default_factory=list)
    figures: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    bad: int = 0
    warnings: int = 0

    @rx.event
    async def enter(self):
        """Shows the part that the address names."""
        asked = self._query()
        part = asked.get("part", "health")
        self.part, self.q = part if part in PARTS else "health", asked.get("q", "")[:100]
        self.rows, self.more, self.loaded = [], "", False
        try:
            await self._read("")
        except Forbidden:
            self.denied = True

    @rx.event
    def look_for(self, form: dict[str, Any]):
        """Goes to the address that asks for this."""
        query = {"part": self.part, "q": str(form.get("q", "")).strip()}
        return rx.redirect(f"/admin?{urlencode({k: v for k, v in query.items() if v})}")

    @rx.event
    async def show_more(self):
        """Shows older ones too."""
        if self.more:
            await self._read(self.more)

    @rx.event
    async def look_again(self):
        """Looks at everything anew."""
        await self._read("")

    @rx.event
    async def choose_plan(self, organization_id: str, plan: str):
        """Moves an organization to another plan."""
        item = await self._call(platform.update_organization, organization_id, plan=plan)
        await self._read("")
        return Toasts.tell(f"{item.name} has the plan {item.plan.capitalize()}")

    @rx.event
    async def retry(self, lane: str, job_id: str):
        """Tries a piece of work again."""
        await self._call(platform_health.retry, lane=str(lane), id=str(job_id))
        await self._read("")
        return Toasts.tell("It is tried again")

    async def _read(self, cursor: str) -> None:
        if self.part == "health":
            await self._read_health()
        elif self.part == "failed":
            self.rows = [_job(one) for one in await self._call(platform_health.failed_jobs)]
        else:
            service, row = _LISTS[self.part]
            page = await self._call(service, q=self.q or None, limit=50, cursor=cursor or None)
            found = [row(item) for item in page.data]
            self.rows = [*self.rows, *found] if cursor else found
            self.more = page.next or ""
        self.loaded = True

    async def _read_health(self) -> None:
        findings, lanes, stats = await self._call(_health)
        found = [Found(one.state, one.message, one.mend) for one in findings]
        self.findings = sorted(found, key=lambda one: _ORDER.get(one.state, 0))
        self.bad = sum(one.state == "bad" for one in found)
        self.warnings = sum(one.state == "warn" for one in found)
        self.lanes = [
            Lane(
                _LANES.get(one.lane, one.lane.capitalize()),
                f"{one.waiting:,}",
                words.span(one.oldest_seconds) if one.waiting else "–",
                one.has_worker,
                f"{one.failed:,}",
            )
            for one in lanes
        ]
        self.figures = _figures(stats)


def _health(session: Session, actor: Actor) -> tuple[list[Finding], list[LaneHealth], Stats]:
    return (
        platform_health.health(session, actor),
        platform_health.lanes(session, actor),
        platform.stats(session, actor),
    )


def _figures(stats: Stats) -> list[tuple[str, str]]:
    counted = (
        ("Organizations", stats.organizations),
        ("People", stats.users),
        ("Numbers", stats.numbers),
        ("Contacts", stats.contacts),
        ("Conversations", stats.conversations),
        ("Messages", sum(stats.messages.values())),
    )
    return [(name, f"{count:,}") for name, count in counted]


def _organization(item: OrganizationOverview) -> Row:
    facts = [words.plural(item.people, "person", "people"), words.plural(item.numbers, "number")]
    return Row(item.id, item.name, item.slug, facts, item.plan, "", words.stamp(item.created_at))


def _person(item: PersonOverview) -> Row:
    homes = [f"{home.name} · {home.role.capitalize()}" for home in item.organizations]
    tag = "Superadmin" if item.is_superadmin else ""
    return Row(item.id, item.name, item.email, homes, tag, "info", words.stamp(item.created_at))


def _number(item: NumberOverview) -> Row:
    facts = [item.organization_name, *filter(None, (item.quality, item.messaging_limit))]
    connected = item.status == "connected"
    return Row(
        item.id,
        item.name or item.phone or "",
        words.phone(item.phone),
        facts,
        item.status.capitalize(),
        "good" if connected else "warn",
        words.stamp(item.created_at),
        item.paused_reason or "",
    )


def _job(item: platform_health.FailedJob) -> Row:
    return Row(
        item.id,
        item.what,
        item.problem or "It did not say why.",
        [words.plural(item.attempts, "try", "tries")],
        item.lane,
        "bad",
        words.stamp(item.at),
    )


_LISTS: dict[str, tuple[Any, Any]] = {
    "organizations": (platform.list_organizations, _organization),
    "people": (platform.list_people, _person),
    "numbers": (platform_health.list_numbers, _number),
}
