"""The template builder of one tab: checked while one types, saved, submitted, copied."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any, cast

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.errors import BotpeError, Conflict, Invalid, NotFound
from botpe_app.services import (
    agent_asking,
    agent_templates,
    campaign_links,
    template_drafting,
    template_submitting,
    templates,
)
from botpe_app.services.template_items import TemplateItem
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.templates import rows
from botpe_app.ui.templates.rows import Mend, Open, Version

NEW, LIBRARY, DESCRIBE = "new", "library", "describe"
_EMPTY: dict[str, Any] = {
    "name": "",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": ""}],
}
_LONGEST = 100_000  # characters of a draft


class EditorState(PageState, rx.State):
    """What is in the builder, and what is wrong with it."""

    mode: str = ""  # "", new, library, describe, or edit
    open: Open = Open()
    start: str = ""  # what the builder begins with
    turn: int = 0  # another number has the builder begin anew
    languages: rx.Field[list[str]] = rx.field(default_factory=list)
    mends: rx.Field[list[Mend]] = rx.field(default_factory=list)
    counting: str = ""  # the address of a button whose clicks are counted
    changed: bool = False
    may_manage: bool = False
    busy: str = ""  # "", save, submit, describe
    problem: str = ""
    price: str = ""
    versions: rx.Field[list[Version]] = rx.field(default_factory=list)
    asking: str = ""  # "", delete, language, versions
    _draft: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(_EMPTY))

    @rx.var
    def errors(self) -> int:
        """How many problems keep Meta from taking it."""
        return sum(mend.severity == "error" for mend in self.mends)

    @rx.event
    async def enter(self):
        """Opens what the address names."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_TEMPLATES)
        self.languages = list(template_drafting.LANGUAGES)
        self.counting = campaign_links.address()
        asked = self._query().get("t", "")[:64]
        if asked != self.open.id:
            self.asking, self.problem = "", ""
        if asked in ("", LIBRARY, DESCRIBE):
            self.mode = asked if self.may_manage else ""
        elif asked == NEW:
            await self._begin_anew(self._query().get("from", ""))
        elif asked != self.open.id or self.mode != "edit":
            await self._show(asked)

    @rx.event
    async def told(self):
        """Something changed, such as Meta's verdict: shows it, and keeps what is typed."""
        if self.mode == "edit" and self.open.id:
            try:
                item = await self._call(templates.get_template, self.open.id)
            except NotFound:
                return
            self.open = rows.opened(item, may_manage=self.may_manage)

    @rx.event
    async def write(self, draft: str):
        """Checks what is typed."""
        if not isinstance(draft, str) or len(draft) > _LONGEST:
            return
        try:
            said = json.loads(draft.replace("\\u0000", ""))
        except (ValueError, RecursionError):
            return
        if isinstance(said, dict):
            self._draft, self.changed = cast("dict[str, Any]", said), True
            await self._check()

    @rx.event
    async def save(self):
        """Keeps the draft."""
        if (item := await self._saved()) is None:
            return None
        gone = f"/templates?t={item.id}"
        return [rx.redirect(gone, replace=True), Toasts.tell(f"{item.name} is saved")]

    @rx.event
    async def submit(self):
        """Sends it to Meta for approval."""
        if self.changed or not self.open.id:
            item = await self._saved()
            if item is None:
                return
            self.mode, self.open = "edit", rows.opened(item, may_manage=self.may_manage)
            yield rx.redirect(f"/templates?t={item.id}", replace=True)
        which, self.busy = self.open.id, "submit"
        yield
        try:
            prepared = await self._call(template_submitting.prepare_submission, which)
            outcome = await asyncio.to_thread(template_submitting.submit, prepared)
            item = await self._call(template_submitting.record_submission, which, outcome)
        except BotpeError as error:
            self.problem, self.busy = error.message, ""
            return
        self.busy, self.problem = "", ""
        self.open = rows.opened(item, may_manage=self.may_manage)
        yield Toasts.tell(f"{item.name} is with Meta; its verdict appears here by itself")

    @rx.event
    async def ask(self, question: str):
        """Asks for a language, whether to delete, or shows versions; "" closes it."""
        self.asking = question if question in ("delete", "language", "versions") else ""
        self.problem = ""
        if self.asking == "versions" and self.open.id:
            found = await self._call(templates.versions, self.open.id)
            self.versions = [rows.version(item) for item in found]

    @rx.event
    async def duplicate(self, form: dict[str, Any]):
        """Makes a draft of it for another language."""
        language = str(form.get("language", ""))
        try:
            item = await self._call(template_drafting.duplicate, self.open.id, language=language)
        except (Invalid, Conflict) as error:
            self.problem = error.message
            return None
        self.asking = ""
        return rx.redirect(f"/templates?t={item.id}")

    @rx.event
    def restore(self, number: int):
        """Puts what an older version said into the builder."""
        old = next((each for each in self.versions if each.number == number), None)
        if old is None or self.open.fixed:
            return None
        self._draft = {**self._draft, "components": json.loads(old.said)}
        self.start, self.changed, self.asking = json.dumps(self._draft), True, ""
        self.turn += 1
        return EditorState.write(self.start)

    @rx.event
    async def delete(self):
        """Removes it, at Meta too."""
        which, name, self.asking = self.open.id, self.open.title, ""
        try:
            prepared = await self._call(template_submitting.prepare_deletion, which)
            await asyncio.to_thread(template_submitting.delete, prepared)
            await self._call(template_submitting.record_deletion, which)
        except BotpeError as error:
            return Toasts.tell(error.message, "bad")
        self.open, self.mode = Open(), ""
        return [rx.redirect("/templates"), Toasts.tell(f"{name} is deleted")]

    @rx.event
    async def describe(self, form: dict[str, Any]):
        """Has the agent write one from a description; it opens as a new one. With translations or
        variants all of them are kept as drafts."""
        try:
            prepared = await self._call(
                agent_templates.prepare,
                str(form.get("description", "")),
                languages=str(form.get("languages", "")).replace(",", " ").split(),
                variants=int(str(form.get("variants", "0") or "0")[:3]),
            )
        except ValueError:
            self.problem = "How many variants? A number is needed."
            return
        except Invalid as error:
            self.problem = error.message
            return
        self.busy, self.problem = "describe", ""
        yield
        asked = await asyncio.to_thread(agent_asking.ask, prepared)
        draft = await self._call(agent_templates.finish, asked)
        self.busy = ""
        if draft.translations or draft.variants:
            try:
                kept = await self._call(agent_templates.keep, draft)
            except (Invalid, Conflict) as error:
                yield Toasts.tell(error.message, "bad")
            else:
                yield rx.redirect("/templates")
                yield Toasts.tell(f"{len(kept)} templates are kept as drafts")
                return
        self._begin(draft.template)
        self.changed = True
        await self._check()
        yield rx.redirect("/templates?t=new&from=agent")

    async def _begin_anew(self, source: str) -> None:
        if not self.may_manage:
            self.mode = ""
            return
        if source == "agent" and self.mode == NEW and self.changed:
            return  # as the agent wrote it a moment ago
        kept = next((i.template for i in template_drafting.library() if i.id == source), _EMPTY)
        self._begin(kept)
        await self._check()

    def _begin(self, said: dict[str, Any]) -> None:
        self.mode, self.open, self.changed = NEW, Open(), False
        self._draft, self.start = dict(said), json.dumps(said)
        self.turn += 1

    async def _show(self, template_id: str) -> None:
        try:
            item = await self._call(templates.get_template, template_id)
        except NotFound:
            self.mode = "missing"
            return
        self.mode, self.open = "edit", rows.opened(item, may_manage=self.may_manage)
        self.start, self.changed = rows.started(item), False
        self._draft = json.loads(self.start)
        self.turn += 1
        await self._check()

    async def _check(self) -> None:
        which = self.open.id or None
        try:
            found = await self._call(template_drafting.check, self._draft, which)
        except Invalid as error:
            self.mends = [Mend(error.field or "components", "error", error.message)]
            return
        self.mends = [Mend(one.field, one.severity, one.message) for one in found]
        category = str(self._draft.get("category", ""))
        self.price = rows.price(category, datetime.now(UTC).date())

    async def _saved(self) -> TemplateItem | None:
        """The template as it is kept; None, and the reason shown, if it cannot be."""
        said = self._draft
        fields: dict[str, Any] = {
            "name": str(said.get("name", "")),
            "language": str(said.get("language", "")),
            "category": str(said.get("category", "")),
            "components": [c for c in said.get("components") or [] if isinstance(c, dict)],
        }
        try:
            if self.open.id:
                item = await self._call(templates.update_template, self.open.id, **fields)
            else:
                item = await self._call(templates.create_template, **fields)
        except (Invalid, Conflict) as error:
            self.problem = error.message
            return None
        self.changed, self.problem = False, ""
        return item
