"""Segments of one tab: the list, and the builder with its live count."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import Conflict, Invalid
from botpe_app.services import campaigns, contact_table, custom_fields, segments
from botpe_app.services.access import Actor
from botpe_app.services.segment_views import SegmentItem
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.segments import rows
from botpe_app.ui.segments.rows import Field, Sampled, Segment
from botpe_app.ui.session import SessionState

NEW = "new"
_FIRST = {"all": [{"field": "tags", "op": "contains", "value": ""}]}
_LONGEST = 200_000  # characters of a filter


class SegmentsState(PageState, rx.State):
    """What segments there are; the one that is open, and whom it means."""

    loaded: bool = False
    may_manage: bool = False
    segments: rx.Field[list[Segment]] = rx.field(default_factory=list)
    open: str = ""  # an id, "new" or ""
    name: str = ""
    filter: str = ""  # as the builder begins with it
    fields: rx.Field[list[Field]] = rx.field(default_factory=list)
    problems: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    count: int = -1  # not counted yet
    sample: rx.Field[list[Sampled]] = rx.field(default_factory=list)
    removing: bool = False
    _filter: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _items: rx.Field[list[SegmentItem]] = rx.field(default_factory=list)
    _counts: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    _labels: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    async def enter(self):
        """Shows the segments, and the builder if the address asks for one."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_CONTACTS)
        live.listen(
            self.router.session.client_token,
            dict.fromkeys(("segments", "contacts"), SegmentsState.refresh),
        )
        await self._read()
        await self._open(self._query().get("s", "")[:64])
        return SegmentsState.count_all

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads and counts anew; the live relay calls it."""
        await self._read()
        return SegmentsState.count_all

    @rx.event
    async def count_all(self):
        """Counts whom each segment means, one after the other."""
        if not self.may_manage:
            return
        for item in self._items:
            found = await self._call(segments.preview, filter=item.filter)
            self._counts = {**self._counts, item.id: found.count}
            self._draw()
            yield

    @rx.event
    async def try_filter(self, filter: str):
        """Counts whom the filter means, while somebody builds it."""
        if not isinstance(filter, str) or len(filter) > _LONGEST:
            return
        try:
            tried = json.loads(filter)
        except (ValueError, RecursionError):
            return
        self._filter = tried
        await self._preview()

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps the segment under its name."""
        name, which = str(form.get("name", "")), self.open
        try:
            if which == NEW:
                await self._call(segments.create_segment, name=name, filter=self._filter)
            else:
                await self._call(segments.update_segment, which, name=name, filter=self._filter)
        except (Invalid, Conflict) as error:
            at = error.field or "form"
            self.errors = {"form" if at.startswith("filter") else at: error.message}
            if at.startswith("filter"):
                self.problems = {at: error.message}
            return None
        self.open = ""
        return [rx.redirect("/segments"), Toasts.tell(f"{name.strip()} is saved")]

    @rx.event
    def close(self):
        """Closes the builder."""
        self.open = ""
        return rx.redirect("/segments")

    @rx.event
    def ask_remove(self, asked: bool):
        """Asks whether to delete the segment, or no longer."""
        self.removing = bool(asked)

    @rx.event
    async def remove(self):
        """Forgets the segment; its contacts stay."""
        name, which, self.removing = self.name, self.open, False
        await self._call(segments.delete_segment, which)
        self.open = ""
        return [rx.redirect("/segments"), Toasts.tell(f"{name} is deleted")]

    async def _read(self) -> None:
        self._items, custom, tags, begun = await self._call(_everything)
        self.fields = rows.fields(custom, tags, begun)
        self._labels = rows.labels(custom, begun)
        self._draw()
        self.loaded = True

    def _draw(self) -> None:
        self.segments = [
            rows.segment(item, self._labels, self._counts.get(item.id)) for item in self._items
        ]

    async def _open(self, which: str) -> None:
        if which == self.open:
            return
        item = next((each for each in self._items if each.id == which), None)
        self.open = which if item or (which == NEW and self.may_manage) else ""
        self.name = item.name if item else ""
        self._filter = item.filter if item else _FIRST
        self.filter = json.dumps(self._filter)
        self.errors, self.problems, self.count, self.sample = {}, {}, -1, []
        if self.open and self.may_manage:
            await self._preview()

    async def _preview(self) -> None:
        try:
            found = await self._call(segments.preview, filter=self._filter)
        except Invalid as error:
            self.problems = {error.field or "filter": error.message}
            self.count, self.sample = -1, []
            return
        self.problems, self.errors = {}, {}
        self.count = found.count
        self.sample = [rows.sampled(item) for item in found.sample]


def _everything(
    session: Session, actor: Actor
) -> tuple[list[SegmentItem], list[CustomFieldItem], list[str], dict[str, str]]:
    return (
        segments.list_segments(session, actor),
        custom_fields.list_fields(session, actor),
        contact_table.tags_in_use(session, actor),
        campaigns.names(session, actor),
    )
