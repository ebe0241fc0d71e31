"""The table of contacts of one tab. The address says what is shown."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.services import contact_imports, contact_table, custom_fields
from botpe_app.services.access import Actor
from botpe_app.services.contact_table import Table
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.contacts import rows
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.rows import Column, Head, Job, Person, Query
from botpe_app.ui.session import SessionState

PAGE = 50


class ContactsState(PageState, rx.State):
    """The table, what narrows it, and who is ticked."""

    loaded: bool = False
    may_manage: bool = False
    query: str = ""
    tag: str = ""
    export: str = ""
    tags: rx.Field[list[str]] = rx.field(default_factory=list)
    heads: rx.Field[list[Head]] = rx.field(default_factory=list)
    columns: rx.Field[list[Column]] = rx.field(default_factory=list)
    people: rx.Field[list[Person]] = rx.field(default_factory=list)
    total: int = 0
    page: int = 0
    more: bool = False
    ticked: rx.Field[list[str]] = rx.field(default_factory=list)
    everybody: bool = False  # all that the search finds are meant, not only those ticked
    importing: bool = False
    job: Job = Job()  # the long import that goes on, or the last one that was watched
    chosen: str = rx.LocalStorage(rows.USUAL, name="botpe.contacts.columns")
    _starts: rx.Field[list[str]] = rx.field(default_factory=list)  # of the pages so far
    _next: str = ""
    _asked: tuple[str, str, str] = ("", "", "")

    @rx.var
    def words(self) -> str:
        """Which rows are shown."""
        if not self.total:
            return "Nobody"
        first = self.page * PAGE
        return f"{first + 1:,}–{first + len(self.people):,} of {self.total:,}"

    @rx.var
    def meant(self) -> int:
        """How many a bulk action reaches."""
        return self.total if self.everybody else len(self.ticked)

    @rx.var
    def all_ticked(self) -> bool:
        """Whether everybody on the page is ticked."""
        return bool(self.people) and len(self.ticked) == len(self.people)

    @rx.event
    async def enter(self):
        """Shows what the address asks for."""
        query = Query.of(self._query())
        if (query.q, query.tag, query.sort) != self._asked:
            self._starts, self.page, self.ticked, self.everybody = [""], 0, [], False
        self.query, self.tag, self.export = query.q, query.tag, query.export
        self._asked = (query.q, query.tag, query.sort)
        listened = {"contacts": ContactsState.refresh, "imports": ContactsState.imported}
        live.listen(self.router.session.client_token, listened)
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_CONTACTS)
        await self._read()
        await self._read_job()
        return PersonState.enter

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()
        return PersonState.enter

    @rx.event
    async def imported(self, topics: list[str]):
        """Reads how far the import is; the live relay calls it."""
        await self._read_job()

    @rx.event
    async def watch_import(self, import_id: str):
        """Shows how far an import is."""
        item = await self._call(contact_imports.get_import, import_id)
        self.job = rows.job(item)

    @rx.event
    def search(self, query: str):
        """Searches while somebody types."""
        asked = Query.of(self._query())
        return rx.redirect(asked.address(q=query.strip()[:200], c=""), replace=True)

    @rx.event
    def with_tag(self, tag: str):
        """Shows only who bears a tag; "" everybody."""
        return rx.redirect(Query.of(self._query()).address(tag=tag[:50], c=""))

    @rx.event
    async def choose(self, key: str):
        """Shows a column, or hides it."""
        kept = [column.key for column in self.columns if column.chosen != (column.key == key)]
        self.chosen = ",".join(kept)
        await self._read()

    @rx.event
    async def forward(self):
        """The next page."""
        if self._next:
            self.page += 1
            self._starts = [*self._starts[: self.page], self._next]
            self.ticked, self.everybody = [], False
            await self._read()

    @rx.event
    async def back(self):
        """The page before."""
        self.page = max(self.page - 1, 0)
        self.ticked, self.everybody = [], False
        await self._read()

    @rx.event
    def tick(self, contact_id: str):
        """Ticks somebody of the page, or no longer."""
        self.everybody = False
        kept = [each for each in self.ticked if each != contact_id]
        known = any(person.id == contact_id for person in self.people)
        self.ticked = [*kept, contact_id] if known and kept == self.ticked else kept

    @rx.event
    def tick_all(self):
        """Ticks the whole page, or nobody."""
        self.ticked = [] if self.all_ticked else [person.id for person in self.people]
        self.everybody = False

    @rx.event
    def mean_everybody(self):
        """Means all that the search finds, also on other pages."""
        self.everybody = True

    @rx.event
    def tick_nobody(self):
        """Ends the choice."""
        self.ticked, self.everybody = [], False

    @rx.event
    async def tag_them(self, form: dict[str, str]):
        """Tags those who are meant."""
        tag, ids = str(form.get("tag", "")), None if self.everybody else self.ticked
        q, wearing = self.query or None, self.tag or None
        if not tag.strip():
            return
        changed = await self._call(
            contact_table.tag_contacts, tag=tag, on=True, ids=ids, q=q, wearing=wearing
        )
        await self._read()
        toasts = await self.get_state(Toasts)
        undo = ContactsState.untag(tag, changed) if 0 < len(changed) <= 1000 else None
        toasts._say(f"{words.plural(len(changed), 'contact')} tagged {tag.strip()}", undo=undo)

    @rx.event
    async def untag(self, tag: str, ids: list[str]):
        """Takes a tag off again."""
        await self._call(contact_table.tag_contacts, tag=tag, on=False, ids=ids)
        await self._read()

    @rx.event
    async def show_import(self, shown: bool):
        """Opens or closes the import."""
        self.importing = bool(shown) and self.may_manage
        self.job = self.job if self.job.going else Job()
        if not self.importing:
            await self._read()

    async def _read_job(self) -> None:
        if self.job.id:
            item = await self._call(contact_imports.get_import, self.job.id)
        else:
            item = await self._call(contact_imports.running)
        self.job = rows.job(item) if item else Job()

    async def _read(self) -> None:
        q, tag, sort = self._asked
        cursor = self._starts[self.page] if self.page < len(self._starts) else ""
        query = Query(q, tag, sort)
        table, tags, fields = await self._call(_everything, query, cursor)
        self.columns = rows.columns(self.chosen[:2000], fields)
        shown = [column for column in self.columns if column.chosen]
        self.heads = rows.heads(shown, query)
        self.people = [rows.person(item, shown, query) for item in table.rows]
        self.total, self._next, self.more = table.total, table.next or "", table.next is not None
        self.tags = tags
        self.ticked = [key for key in self.ticked if any(p.id == key for p in self.people)]
        self.loaded = True


def _everything(
    session: Session, actor: Actor, asked: Query, cursor: str
) -> tuple[Table, list[str], list[CustomFieldItem]]:
    return (
        contact_table.table(
            session,
            actor,
            q=asked.q,
            tag=asked.tag,
            sort=asked.sort,
            limit=PAGE,
            cursor=cursor,
        ),
        contact_table.tags_in_use(session, actor),
        custom_fields.list_fields(session, actor),
    )
