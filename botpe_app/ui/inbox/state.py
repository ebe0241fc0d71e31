"""The inbox of one tab. The address says what is shown; every change of it reads anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.errors import BotpeError, Conflict, Forbidden, Invalid, NotFound, WindowClosed
from botpe_app.services import drafts, inbox, messages, notes
from botpe_app.services.canned_replies import Filled
from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.views import MessageItem
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.inbox import bubbles, reads, rows
from botpe_app.ui.inbox.bubbles import Bubble, Quoting
from botpe_app.ui.inbox.filters import Filters
from botpe_app.ui.inbox.rows import Choice, Fact, Open, Row, Tagged
from botpe_app.ui.presence import PresenceState
from botpe_app.ui.session import SessionState

PAGE, MOST = 50, 200  # rows or messages read at first, and at once however many are shown
# What the server says no to for good; anything else the browser tries again with the same key.
_NEVER = (Conflict, Forbidden, Invalid, NotFound, WindowClosed)
REMEMBERED = 20  # keys of messages that arrived, for the browser to let go of


class InboxState(PageState, rx.State):
    """List, thread and person."""

    loaded: bool = False
    show: str = "all"
    status: str = "open"
    query: str = ""
    filters: Filters = Filters()
    teams: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    numbers: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    tags: rx.Field[list[Tagged]] = rx.field(default_factory=list)
    canned: rx.Field[list[Filled]] = rx.field(default_factory=list)
    draft: str = ""
    quoting: Quoting = Quoting()
    mine: int = 0
    unassigned: int = 0
    all: int = 0
    conversations: rx.Field[list[Row]] = rx.field(default_factory=list)
    more_conversations: bool = False
    open: Open = Open()
    missing: bool = False  # the address names a conversation we cannot find
    thread: list[Bubble] = []
    more_messages: bool = False
    facts: list[Fact] = []
    people: rx.Field[list[Choice]] = rx.field(default_factory=list)
    colleagues: list[str] = []  # whom a note may name
    person_shown: bool = False
    settled: list[str] = []
    refused: str = ""
    _colors: dict[str, str] = {}
    _names: dict[str, str] = {}
    _rows: int = PAGE
    _messages: list[MessageItem] = []
    _notes: list[NoteItem] = []
    _older: str = ""

    @rx.var
    def back(self) -> str:
        """The address of the list alone, for a phone."""
        return self._filters().address(c="")

    @rx.event
    async def enter(self):
        """Shows what the address asks for."""
        filters = self._filters()
        if filters.conversation != self.open.id:
            self._messages, self._older, self.person_shown = [], "", False
            self.quoting = Quoting()
        self.show, self.status, self.query = filters.show, filters.status, filters.query
        self.filters = filters
        listen = {"inbox": InboxState.refresh}
        if filters.conversation:
            listen[f"conversation:{filters.conversation}"] = InboxState.refresh
            listen[f"presence:{filters.conversation}"] = PresenceState.refresh
        live.listen(self.router.session.client_token, listen)
        await self._read(filters, whole=True)

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads what changed; the live relay calls it."""
        await self._read(self._filters())

    @rx.event
    async def more(self):
        """Shows more conversations."""
        self._rows = min(self._rows + PAGE, MOST)
        await self._read_list(self._filters())

    @rx.event
    async def older(self):
        """Shows the messages before those already shown."""
        if not self._older:
            return
        page = await self._call(reads.read_older, self.open.id, self._older)
        self._messages = [*reversed(page.data), *self._messages]
        self._older, self.more_messages = page.next or "", page.next is not None
        await self._draw(self.open.name)

    @rx.event
    def narrow(self, name: str, value: str):
        """Changes one of the filters in the address; "" takes it away."""
        usual = {"show": "all", "status": "open"}.get(name, "")
        if name in {"show", "status", "only", "team", "tag", "priority", "number"}:
            value = "" if value == usual else str(value)[:64]
            return rx.redirect(self._filters().address(**{name: value}))
        return None

    @rx.event
    def widen(self):
        """Takes all filters away that are not always in sight."""
        none = dict.fromkeys(("only", "team", "tag", "priority", "number"), "")
        return rx.redirect(self._filters().address(**none))

    @rx.event
    def search(self, query: str):
        """Searches while somebody types."""
        return rx.redirect(self._filters().address(q=query.strip()[:200]), replace=True)

    @rx.event
    async def seen(self, conversation_id: str):
        """Somebody looks at the newest message."""
        if self.open.unread and self.open.id == conversation_id:
            await self._call(inbox.mark_read, conversation_id)

    @rx.event
    async def send(self, conversation_id: str, text: str, key: str, reply_to: str, file: str = ""):
        """Sends a text, or a file (its kind/id) with it; the same key again sends nothing twice."""
        try:
            await self._call(
                messages.reply,
                conversation_id,
                **reads.said(text, file),
                client_key=key,
                reply_to=reply_to or None,
            )
        except _NEVER as error:
            return self._refuse(error, conversation_id, text, key)
        self._settle(key)
        await self._read(self._filters())
        return None

    @rx.event
    async def note(self, conversation_id: str, text: str, key: str):
        """Leaves a note for colleagues."""
        if key not in self.settled:
            await self._call(notes.add_note, conversation_id, text)
            self._settle(key)
        await self._read(self._filters())

    @rx.event
    async def keep_draft(self, conversation_id: str, text: str):
        """Keeps what is written so far for the person's other browsers."""
        try:
            await self._call(drafts.save_draft, conversation_id, text)
        except _NEVER:
            return

    @rx.event
    def quote(self, message_id: str):
        """The next answer quotes this message; "" for none."""
        self.quoting = bubbles.quoting(self._messages, message_id, self.open.name)

    @rx.event
    def refusal_seen(self):
        """The browser has taken the refused text back."""
        self.refused = ""

    @rx.event
    async def again(self, message_id: str):
        """Sends a failed or uncertain message again."""
        await self._call(messages.resend, message_id)
        await self._read(self._filters())

    @rx.event
    async def assign(self, user_id: str):
        """Gives the open conversation to somebody, or with "" to nobody."""
        before = next((choice.id for choice in self.people if choice.current), "")
        item = await self._call(inbox.assign, self.open.id, user_id or None)
        await self._read(self._filters())
        who = item.assignee_name
        toasts = await self.get_state(Toasts)
        toasts._say(
            f"Given to {who}" if who else "Nobody has it now", undo=InboxState.assign(before)
        )

    @rx.event
    async def set_status(self, conversation_id: str, status: str):
        """Resolves, reopens, … a conversation."""
        before = self.open.status if self.open.id == conversation_id else "open"
        item = await self._call(inbox.set_status, conversation_id, status)
        await self._read(self._filters())
        toasts = await self.get_state(Toasts)
        undo = InboxState.set_status(conversation_id, before)
        toasts._say(f"{rows.title(item)}: {status}", undo=undo if before != status else None)

    @rx.event
    def toggle_person(self):
        """Shows or hides the person where there is no room for three panes."""
        self.person_shown = not self.person_shown

    def _filters(self) -> Filters:
        return Filters.of(self._query())

    async def _read(self, filters: Filters, *, whole: bool = False) -> None:
        shown = min(max(len(self._messages), PAGE), MOST)
        try:
            asked = (filters, self._rows, shown)
            found, thread = await self._call(reads.read_all, *asked, whole=whole)
            self.missing = False
        except NotFound:
            found = await self._call(reads.read_list, filters, self._rows, whole=whole)
            thread, self.missing = None, True
        await self._show_list(found, filters)
        await self._show_thread(thread)
        self.loaded = True

    async def _read_list(self, filters: Filters) -> None:
        await self._show_list(await self._call(reads.read_list, filters, self._rows), filters)

    async def _show_list(self, found: reads.List, filters: Filters) -> None:
        counts = found.counts
        (await self.get_state(SessionState)).unread = counts.unread
        self.mine, self.unassigned, self.all = counts.mine, counts.unassigned, counts.all
        if choices := found.choices:
            self.teams, self.numbers, self._colors = choices.teams, choices.numbers, choices.colors
            self.tags = rows.tagged(list(choices.colors), choices.colors)
        self.conversations = [rows.row(item, filters, self._colors) for item in found.page.data]
        self.more_conversations = found.page.next is not None and self._rows < MOST

    async def _show_thread(self, found: reads.Thread | None) -> None:
        if found is None:
            self.open, self.thread, self.facts, self.people = Open(), [], [], []
            return
        session = await self.get_state(SessionState)
        item, user_id = found.item, session._user_id
        self._keep(found)
        self.open = rows.opened(
            item,
            user_id=user_id,
            may_write=may(session._role, Permission.ANSWER),
            is_open=reads.window_open(item, now()),
            colors=self._colors,
        )
        if found.own:
            self.canned, self.draft = found.own.canned, found.own.draft
        self.facts = rows.facts(found.contact, item)
        self.people = rows.choices(found.members, item, user_id)
        self._names = {member.id: member.name for member in found.members}
        self.colleagues = [name for who, name in self._names.items() if who != user_id]
        await self._draw(rows.title(item))

    def _keep(self, found: reads.Thread) -> None:
        """The newest messages over those kept; older ones that were scrolled to stay."""
        fresh = list(reversed(found.messages.data))
        first = fresh[0].id if fresh else ""
        kept = [m for m in self._messages if m.id < first and m.conversation_id == found.item.id]
        if not kept:
            self._older = found.messages.next or ""
        self._messages, self._notes = [*kept, *fresh], found.notes
        self.more_messages = bool(self._older)

    async def _draw(self, name: str) -> None:
        session = await self.get_state(SessionState)
        self.thread = bubbles.thread(
            self._messages,
            self._notes,
            user_id=session._user_id,
            name=name,
            people=self._names,
            zone=words.zone(session._zone),
            now=now(),
        )

    def _settle(self, key: str) -> None:
        self.settled = [*self.settled, key][-REMEMBERED:]

    def _refuse(self, error: BotpeError, conversation_id: str, text: str, key: str) -> Any:
        """The server would never take it."""
        self._give_back(conversation_id, text, key)
        return Toasts.tell(error.message, "bad")

    def _give_back(self, conversation_id: str, text: str, key: str = "") -> None:
        self.refused = json.dumps({"key": key, "conversation": conversation_id, "text": text})


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
