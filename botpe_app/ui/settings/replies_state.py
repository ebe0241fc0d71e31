"""/settings/replies of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from botpe_app.core import templating
from botpe_app.core.conditions.env import read_env
from botpe_app.services import canned_replies
from botpe_app.services.team_views import CannedReplyItem
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import NEW, Editing

_SAMPLE = {"name": "Ana Ruiz", "phone": "+34612345678", "language": "es", "custom_fields": {}}


@dataclass(frozen=True)
class Reply:
    """A canned reply as the settings show it."""

    id: str
    shortcut: str
    text: str
    category: str
    personal: bool


class RepliesState(Editing, rx.State):
    """The canned replies that a search leaves, and the form for one."""

    replies: rx.Field[list[Reply]] = rx.field(default_factory=list)
    search: str = ""
    shortcut: str = ""
    text: str = ""
    category: str = ""
    preview: str = ""
    _all: list[Reply] = []

    @rx.var
    def categories(self) -> list[str]:
        """Those there are, for whoever names one."""
        return sorted({reply.category for reply in self.replies if reply.category})

    @rx.event
    async def enter(self):
        """Shows the replies."""
        self.search = ""
        await self._read()

    @rx.event
    def find(self, words: str):
        """Shows the replies in which these words are."""
        self.search = str(words)
        self._sift()

    @rx.event
    async def add(self):
        """Opens an empty form."""
        self._open(NEW)
        self.shortcut, self.text, self.category = "", "", ""
        await self._fill("")

    @rx.event
    async def edit(self, reply_id: str):
        """Opens the form of a reply."""
        for reply in self._all:
            if reply.id == reply_id:
                self._open(reply.id)
                self.shortcut, self.text = reply.shortcut, reply.text
                self.category = reply.category
                await self._fill(reply.text)

    @rx.event
    async def show(self, text: str):
        """Shows a text as a customer would read it."""
        await self._fill(str(text))

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps what the form says."""
        given = {name: str(form.get(name, "")) for name in ("shortcut", "text", "category")}
        if self.editing == NEW:
            personal = "personal" in form
            item = await self._try(canned_replies.create_reply, personal=personal, **given)
        else:
            item = await self._try(canned_replies.update_reply, self.editing, **given)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"/{item.shortcut} is saved")

    @rx.event
    def ask_remove(self, reply_id: str):
        """Asks whether to remove a reply."""
        self._ask_about(
            reply_id, next((one.shortcut for one in self._all if one.id == reply_id), "")
        )

    @rx.event
    async def remove(self):
        """Removes the reply that was asked about."""
        reply_id, name = self._asked()
        await self._call(canned_replies.delete_reply, reply_id)
        await self._read()
        return Toasts.tell(f"/{name} is gone")

    async def _fill(self, text: str) -> None:
        frame = await self.get_state(SessionState)
        values = {
            "contact": _SAMPLE,
            "agent": {"name": frame.name},
            "organization": {"name": frame.organization},
        }
        env = read_env({"timezone": frame._zone}, datetime.now(UTC))
        self.preview = templating.render(text, values, env)

    async def _read(self) -> None:
        self._all = [_reply(item) for item in await self._call(canned_replies.list_replies)]
        self._sift()
        self.loaded = True

    def _sift(self) -> None:
        words = self.search.lower().split()
        self.replies = [
            reply
            for reply in self._all
            if all(
                word in f"/{reply.shortcut} {reply.text} {reply.category}".lower() for word in words
            )
        ]


def _reply(item: CannedReplyItem) -> Reply:
    return Reply(item.id, item.shortcut, item.text, item.category, item.personal)
