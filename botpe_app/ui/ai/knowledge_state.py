"""/settings/ai/knowledge of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.services import knowledge
from botpe_app.services.knowledge import KnowledgeView
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import NEW, Editing

_AT_ONCE = 30


@dataclass(frozen=True)
class Document:
    """A document as the list shows it."""

    id: str
    title: str
    beginning: str
    language: str
    size: str
    changed: str


class KnowledgeState(Editing, rx.State):
    """The documents, the form for one, and the question whether to remove one."""

    may_manage: bool = False
    documents: rx.Field[list[Document]] = rx.field(default_factory=list)
    more: bool = False
    sought: str = ""
    title: str = ""
    text: str = ""
    _next: str | None = None

    @rx.event
    async def enter(self):
        """Shows the documents."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_AGENTS)
        self.sought = ""
        await self._read()

    @rx.event
    async def seek(self, said: str):
        """Shows the documents that hold these words."""
        self.sought = str(said)[:200]
        await self._read()

    @rx.event
    async def show_more(self):
        """Reads the next documents."""
        page = await self._call(
            knowledge.list_items, q=self.sought or None, limit=_AT_ONCE, cursor=self._next
        )
        self.documents = [*self.documents, *map(_document, page.data)]
        self._next, self.more = page.next, page.next is not None

    @rx.event
    async def edit(self, item_id: str):
        """Opens the form for a document, `NEW` for another one."""
        self.title, self.text = "", ""
        if item_id != NEW:
            item = await self._call(knowledge.get_item, item_id)
            self.title, self.text = item.title, item.text
        self._open(str(item_id))

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps the document of the form."""
        given = {"title": str(form.get("title", "")), "text": str(form.get("text", ""))}
        if self.editing == NEW:
            item = await self._try(knowledge.create_item, **given)
        else:
            item = await self._try(knowledge.update_item, self.editing, **given)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"The agents know “{item.title}” now")

    @rx.event
    async def sent(self, files: int):
        """Shows the documents that the page has just sent to the API."""
        await self._read()
        return Toasts.tell(f"The agents know {words.plural(files, 'document')} more")

    @rx.event
    def ask_remove(self, item_id: str):
        """Asks whether to remove a document."""
        self._ask_about(
            item_id, next((one.title for one in self.documents if one.id == item_id), "")
        )

    @rx.event
    async def remove(self):
        """Removes the document that was asked about."""
        item_id, title = self._asked()
        await self._call(knowledge.delete_item, item_id)
        await self._read()
        return Toasts.tell(f"The agents have forgotten “{title}”")

    async def _read(self) -> None:
        page = await self._call(knowledge.list_items, q=self.sought or None, limit=_AT_ONCE)
        self.documents = [_document(item) for item in page.data]
        self._next, self.more = page.next, page.next is not None
        self.loaded = True


def _document(item: KnowledgeView) -> Document:
    return Document(
        item.id,
        item.title,
        item.text,
        item.language.upper(),
        words.plural(item.passages, "passage"),
        words.stamp(item.updated_at),
    )
