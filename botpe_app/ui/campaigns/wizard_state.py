"""The wizard of one tab: who, what, when, check; and then the launch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from botpe_app.db import Session
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.services import (
    accounts,
    campaign_launching,
    campaign_plans,
    campaigns,
    custom_fields,
    segments,
    template_places,
    templates,
)
from botpe_app.services.access import Actor
from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_items import TemplateItem
from botpe_app.services.template_places import PlaceItem
from botpe_app.services.views import AccountItem
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.campaigns import checks, places
from botpe_app.ui.campaigns.checks import Check
from botpe_app.ui.campaigns.choices import Tile, segment_tile, template_tile
from botpe_app.ui.campaigns.places import Place, Source
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState

STEPS = {"who": "Who", "what": "What", "when": "When", "check": "Check"}
RATES = {
    "": "As fast as the number may",
    **{str(rate): f"{rate:,} a second" for rate in (10, 20, 40, 80, 200, 1000)},
}
_FILES = {"IMAGE", "VIDEO", "DOCUMENT", "GIF"}


class WizardState(PageState, rx.State):
    """A draft in four steps."""

    step: str = "who"
    id: str = ""
    name: str = ""
    problem: str = ""
    busy: bool = False
    segments: rx.Field[list[Tile]] = rx.field(default_factory=list)
    segment: str = ""
    people: int = -1  # whom the segment means; not counted yet
    templates: rx.Field[list[Tile]] = rx.field(default_factory=list)
    template: str = ""
    components: str = "[]"  # of the template, for the phone
    accounts: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    account: str = ""
    needs_file: bool = False
    file: str = ""  # the header's link
    sources: rx.Field[list[Source]] = rx.field(default_factory=list)
    places: rx.Field[list[Place]] = rx.field(default_factory=list)
    later: bool = False
    at: str = ""  # local, as an input says it
    zone: str = "UTC"
    rate: str = ""
    check: Check = Check()
    launching: bool = False
    removing: bool = False
    status: str = "draft"
    _templates: rx.Field[list[TemplateItem]] = rx.field(default_factory=list)
    _segments: rx.Field[list[SegmentItem]] = rx.field(default_factory=list)

    @rx.var
    def ready(self) -> bool:
        """Whether the check may be asked for."""
        return bool(self.segment and self.template and self.name.strip())

    @rx.event
    async def begin(self, campaign_id: str):
        """A new draft, or one to go on with."""
        if campaign_id and campaign_id == self.id:
            return
        self.reset()
        self.zone = (await self.get_state(SessionState))._zone
        everything = await self._call(_everything)
        self._segments, self._templates, numbers, fields = everything
        self.sources = places.sources(fields)
        self.segments = [segment_tile(item, fields) for item in self._segments]
        self.templates = [template_tile(item) for item in self._templates]
        self.accounts = [(item.id, item.name) for item in numbers]
        self.account = numbers[0].id if numbers else ""
        if campaign_id:
            await self._resume(campaign_id)

    @rx.event
    async def go(self, step: str):
        """Goes to a step; the check saves the draft first."""
        self.problem = ""
        if step not in STEPS:
            return
        if step == "check":
            await self._check()
        else:
            self.step = step

    @rx.event
    def call_it(self, name: str):
        """Names the campaign."""
        self.name = name[:120]

    @rx.event
    async def choose_segment(self, segment_id: str):
        """Chooses whom it is for, and counts them."""
        item = next((each for each in self._segments if each.id == segment_id), None)
        if item is None:
            return
        self.segment, self.people = item.id, -1
        yield
        self.people = (await self._call(segments.preview, filter=item.filter)).count

    @rx.event
    async def choose_template(self, template_id: str):
        """Chooses what is sent."""
        await self._take_template(template_id, {})

    @rx.event
    def choose_account(self, account_id: str):
        """Chooses which number sends."""
        if any(key == account_id for key, _ in self.accounts):
            self.account = account_id

    @rx.event
    def draw_from(self, key: str, source: str):
        """Says where the text of a place comes from."""
        self._change_place(key, source=source)

    @rx.event
    def say_otherwise(self, key: str, said: str):
        """Says what stands in a place without it, or for all."""
        self._change_place(key, fallback=said[:1000])

    @rx.event
    def point_to(self, link: str):
        """Where the header's file is to be had."""
        self.file = link[:1000]

    @rx.event
    def wait(self, later: bool):
        """Whether it waits for a time."""
        self.later = bool(later)

    @rx.event
    def begin_at(self, at: str):
        """When it begins, in the organization's zone."""
        self.at = at[:32]

    @rx.event
    def pace(self, rate: str):
        """How many messages a second at most; "" as fast as the number may."""
        self.rate = rate if rate in RATES else ""

    @rx.event
    def ask_launch(self, asked: bool):
        """Asks once more before it begins."""
        self.launching = bool(asked)

    @rx.event
    async def launch(self):
        """Begins it, or has it wait for its time."""
        self.launching, which = False, self.id
        try:
            item = await self._call(campaign_launching.launch, which)
        except (Invalid, Conflict) as error:
            self.problem = error.message
            return None
        self.id = ""
        said = "waits for its time" if item.status == "scheduled" else "has begun"
        return [
            rx.redirect("/campaigns" if item.status == "scheduled" else f"/campaigns?c={which}"),
            Toasts.tell(f"{item.name} {said}"),
        ]

    @rx.event
    def ask_remove(self, asked: bool):
        """Asks whether to delete the draft."""
        self.removing = bool(asked)

    @rx.event
    async def remove(self):
        """Deletes the draft."""
        self.removing, which, name = False, self.id, self.name
        await self._call(campaigns.delete_campaign, which)
        self.id = ""
        return [rx.redirect("/campaigns"), Toasts.tell(f"{name} is deleted")]

    async def _resume(self, campaign_id: str) -> None:
        item = await self._call(campaigns.get_campaign, campaign_id)
        self.id, self.name, self.account = item.id, item.name, item.account_id
        self.segment, self.status = item.segment_id or "", item.status
        self.rate = str(item.rate_per_second or "")
        if item.scheduled_at:
            local = item.scheduled_at.astimezone(words.zone(self.zone))
            self.later, self.at = True, local.strftime("%Y-%m-%dT%H:%M")
        self.file = str(item.variables.get("header", {}).get("link", ""))
        await self._take_template(item.template_id, item.variables)
        if self.ready:
            await self._check()

    async def _take_template(self, template_id: str, variables: dict[str, Any]) -> None:
        item = next((each for each in self._templates if each.id == template_id), None)
        if item is None:
            return
        self.template, self.components = item.id, json.dumps(item.components)
        formats = {
            str(component.get("format", "")).upper()
            for component in item.components
            if str(component.get("type", "")).upper() == "HEADER"
        }
        self.needs_file = bool(formats & _FILES)
        found: list[PlaceItem] = await self._call(template_places.places_of, item.id)
        self.places = places.places(found, variables, self.sources)

    def _change_place(self, key: str, **news: str) -> None:
        self.places = [
            replace(place, **news) if place.key == key else place for place in self.places
        ]

    async def _check(self) -> None:
        """Saves the draft and shows what launching it would do."""
        if not self.ready:
            self.problem = "Choose a segment and a template, and give the campaign a name."
            return
        try:
            fields = self._fields()
            if self.id:
                item = await self._call(campaigns.update_campaign, self.id, **fields)
            else:
                item = await self._call(campaigns.create_campaign, **fields)
            self.id, self.status = item.id, item.status
            plan = await self._call(campaign_plans.dry_run, item.id)
        except (Invalid, Conflict, NotFound) as error:
            self.problem = error.message
            return
        self.check, self.step = checks.check(plan), "check"

    def _fields(self) -> dict[str, Any]:
        variables: dict[str, dict[str, str]] = {}
        for place in self.places:
            part, _, name = place.key.partition(".")
            value = places.value_of(place.source, place.fallback)
            variables.setdefault(part, {})[name] = value
        if self.needs_file and self.file.strip():
            variables.setdefault("header", {})["link"] = self.file.strip()
        return {
            "name": self.name,
            "account_id": self.account,
            "template_id": self.template,
            "segment_id": self.segment,
            "variables": variables,
            "rate_per_second": int(self.rate) if self.rate.isdecimal() else None,
            "scheduled_at": self._moment(),
        }

    def _moment(self) -> datetime | None:
        if not self.later:
            return None
        try:
            local = datetime.fromisoformat(self.at)
            return local.replace(tzinfo=words.zone(self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Invalid("Say the day and the time it begins.", field="scheduled_at") from None


def _everything(
    session: Session, actor: Actor
) -> tuple[list[SegmentItem], list[TemplateItem], list[AccountItem], list[CustomFieldItem]]:
    return (
        segments.list_segments(session, actor),
        templates.list_templates(session, actor, status="APPROVED", limit=200).data,
        accounts.list_accounts(session, actor),
        custom_fields.list_fields(session, actor),
    )
