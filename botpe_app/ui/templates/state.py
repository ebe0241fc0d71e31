"""The list of templates of one tab."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.errors import BotpeError
from botpe_app.services import template_drafting, template_syncing, templates
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.templates import rows
from botpe_app.ui.templates.editor_state import EditorState
from botpe_app.ui.templates.rows import Row, Starter

PAGE, MOST = 50, 200


class TemplatesState(PageState, rx.State):
    """What templates there are, and those to start from."""

    loaded: bool = False
    may_manage: bool = False
    query: str = ""
    status: str = ""
    templates: rx.Field[list[Row]] = rx.field(default_factory=list)
    more_there: bool = False
    library: rx.Field[list[Starter]] = rx.field(default_factory=list)
    industries: rx.Field[list[str]] = rx.field(default_factory=list)
    industry: str = ""
    syncing: bool = False
    _shown: int = PAGE

    @rx.event
    async def enter(self):
        """Shows what the address asks for."""
        asked = self._query()
        status = asked.get("status", "")
        self.query, self.status = asked.get("q", "")[:200], status if status in rows.SHOWN else ""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_TEMPLATES)
        live.listen(self.router.session.client_token, {"templates": TemplatesState.refresh})
        await self._read()
        return EditorState.enter

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()
        return EditorState.told

    @rx.event
    def search(self, query: str):
        """Searches while somebody types."""
        return rx.redirect(self._address(q=query.strip()[:200]), replace=True)

    @rx.event
    def of_status(self, status: str):
        """Shows only templates of a status; "" all."""
        return rx.redirect(self._address(status=status if status in rows.SHOWN else ""))

    @rx.event
    def of_industry(self, industry: str):
        """Shows only the library's templates for an industry; "" all."""
        self.industry = industry if industry in self.industries else ""
        self._draw_library()

    @rx.event
    async def more(self):
        """Shows more templates."""
        self._shown = min(self._shown + PAGE, MOST)
        await self._read()

    @rx.event
    async def sync(self):
        """Fetches every template from Meta."""
        sources = await self._call(template_syncing.prepare_sync)
        self.syncing = True
        yield
        try:
            listings = await asyncio.to_thread(template_syncing.fetch, sources)
            found = await self._call(template_syncing.record_sync, listings)
        except BotpeError as error:
            yield Toasts.tell(error.message, "bad")
            return
        finally:
            self.syncing = False
        await self._read()
        said = f"{found.created} new, {found.updated} changed, {found.deleted} gone at Meta"
        yield Toasts.tell(said if not found.errors else f"{said}. {found.errors[0].message}")

    async def _read(self) -> None:
        page = await self._call(
            templates.list_templates,
            q=self.query or None,
            status=self.status or None,
            limit=self._shown,
        )
        self.templates = [rows.row(item) for item in page.data]
        self.more_there = page.next is not None and self._shown < MOST
        if not self.industries:
            self.industries = sorted({item.industry for item in template_drafting.library()})
            self._draw_library()
        self.loaded = True

    def _draw_library(self) -> None:
        self.library = [
            rows.starter(item)
            for item in template_drafting.library()
            if self.industry in ("", item.industry)
        ]

    def _address(self, **changes: str) -> str:
        asked = {"q": self.query, "status": self.status, **changes}
        query = urlencode({name: value for name, value in asked.items() if value})
        return "/templates" + (f"?{query}" if query else "")
