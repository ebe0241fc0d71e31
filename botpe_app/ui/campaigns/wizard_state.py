"""The wizard of one tab: who, what, when, check; and then the launch."""

from __future__ import annotations

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
    templates,
)
from botpe_app.services.access import Actor
from botpe_app.services.campaign_views import CampaignItem
from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.template_items import TemplateItem
from botpe_app.services.views import AccountItem
from botpe_app.ui import words
from botpe_app.ui.campaigns import checks, places, rules, variants
from botpe_app.ui.campaigns.checks import Check
from botpe_app.ui.campaigns.choices import NAMED, Tile, named_tile, segment_tiles, template_tile
from botpe_app.ui.campaigns.variants import Variant
from botpe_app.ui.campaigns.writing import Writing
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState

STEPS = {"who": "Who", "what": "What", "when": "When", "check": "Check"}


class WizardState(Writing, rx.State):
    """A draft in four steps."""

    step: str = "who"
    id: str = ""
    name: str = ""
    problem: str = ""
    busy: bool = False
    segments: rx.Field[list[Tile]] = rx.field(default_factory=list)
    segment: str = ""
    people: int = -1  # whom the segment means; not counted yet
    accounts: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    account: str = ""
    check: Check = Check()
    launching: bool = False
    removing: bool = False
    status: str = "draft"
    _segments: rx.Field[list[SegmentItem]] = rx.field(default_factory=list)
    _named: rx.Field[list[str]] = rx.field(default_factory=list)  # contacts it is for

    @rx.var
    def ready(self) -> bool:
        """Whether the check may be asked for."""
        written = all(each.template for each in self.variants)
        return bool(self.segment and written and self.name.strip())

    @rx.event
    async def begin(self, campaign_id: str):
        """A new draft, or one to go on with."""
        if campaign_id and campaign_id == self.id:
            return
        self.reset()
        self.zone = (await self.get_state(SessionState))._zone
        everything = await self._call(_everything)
        self._segments, self._templates, numbers, fields, begun = everything
        self.sources = places.sources(fields)
        self.segments = segment_tiles(self._segments, fields, begun)
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
        if segment_id == NAMED and self._named:
            self.segment, self.people = NAMED, len(set(self._named))
            return
        item = next((each for each in self._segments if each.id == segment_id), None)
        if item is None:
            return
        self.segment, self.people = item.id, -1
        yield
        self.people = (await self._call(segments.preview, filter=item.filter)).count

    @rx.event
    def choose_account(self, account_id: str):
        """Chooses which number sends."""
        if any(key == account_id for key, _ in self.accounts):
            self.account = account_id

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
        self.status, self.rules = item.status, rules.rules_of(item)
        await self._take_audience(item)
        self.rate = str(item.rate_per_second or "")
        if item.scheduled_at:
            self.later, self.at = True, words.typed(item.scheduled_at, words.zone(self.zone))
        for place, each in enumerate(item.variants or [item]):
            name = variants.NAMES[place] if each is item else each.name
            blank = Variant(name)
            written = await self._with_template(each.template_id, each.variables, blank)
            self.variants = [*self.variants[:place], written]
        if self.ready:
            await self._check()

    async def _take_audience(self, item: CampaignItem) -> None:
        self.segment, self._named = item.segment_id or "", item.contact_ids
        if self._named:
            self.segments = [named_tile(len(self._named)), *self.segments]
            self.segment, self.people = NAMED, len(set(self._named))

    async def _check(self) -> None:
        """Saves the draft and shows what launching it would do."""
        if not self.ready:
            self.problem = "Name the campaign, and choose whom it is for and what they get."
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
        self.check, self.step = (
            checks.check(plan, words.zone(self.zone), datetime.now(UTC)),
            "check",
        )

    def _fields(self) -> dict[str, Any]:
        named = self.segment == NAMED
        return {
            "name": self.name,
            "account_id": self.account,
            **({"contact_ids": self._named} if named else {"segment_id": self.segment}),
            **variants.fields_of(self.variants, words.zone(self.zone)),
            **rules.fields_of(self.rules),
            "rate_per_second": int(self.rate) if self.rate.isdecimal() else None,
            "scheduled_at": self._moment(),
        }


def _everything(
    session: Session, actor: Actor
) -> tuple[
    list[SegmentItem],
    list[TemplateItem],
    list[AccountItem],
    list[CustomFieldItem],
    dict[str, str],
]:
    return (
        segments.list_segments(session, actor),
        templates.list_templates(session, actor, status="APPROVED", limit=200).data,
        accounts.list_accounts(session, actor),
        custom_fields.list_fields(session, actor),
        campaigns.names(session, actor),
    )
