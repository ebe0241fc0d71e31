"""/settings/tags of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.services import tags
from botpe_app.ui.components import Toasts
from botpe_app.ui.settings.editing import NEW, Editing

# Told apart also by those who see few colours: they differ in lightness too.
PALETTE = (
    ("#64748b", "Slate"),
    ("#dc2626", "Red"),
    ("#ea580c", "Orange"),
    ("#ca8a04", "Yellow"),
    ("#65a30d", "Lime"),
    ("#0b7a4b", "Green"),
    ("#0891b2", "Cyan"),
    ("#2563eb", "Blue"),
    ("#7c3aed", "Violet"),
    ("#db2777", "Pink"),
)


@dataclass(frozen=True)
class Tag:
    """A tag as the settings show it."""

    id: str
    name: str
    color: str


class TagsState(Editing, rx.State):
    """The tags, and the form for one."""

    tags: rx.Field[list[Tag]] = rx.field(default_factory=list)
    name: str = ""
    color: str = PALETTE[0][0]
    colors: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows the tags."""
        await self._read()

    @rx.event
    def add(self):
        """Opens an empty form."""
        self._draft(NEW, "", PALETTE[len(self.tags) % len(PALETTE)][0])

    @rx.event
    def edit(self, tag_id: str):
        """Opens the form of a tag."""
        for tag in self.tags:
            if tag.id == tag_id:
                self._draft(tag.id, tag.name, tag.color)

    @rx.event
    def paint(self, color: str):
        """Chooses a colour."""
        self.color = str(color)

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps what the form says."""
        name = str(form.get("name", ""))
        if self.editing == NEW:
            item = await self._try(tags.create_tag, name=name, color=self.color)
        else:
            item = await self._try(tags.update_tag, self.editing, name=name, color=self.color)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"{item.name} is saved")

    @rx.event
    def ask_remove(self, tag_id: str):
        """Asks whether to remove a tag."""
        self._ask_about(tag_id, next((tag.name for tag in self.tags if tag.id == tag_id), ""))

    @rx.event
    async def remove(self):
        """Removes the tag that was asked about."""
        tag_id, name = self._asked()
        await self._call(tags.delete_tag, tag_id)
        await self._read()
        return Toasts.tell(f"{name} is gone")

    def _draft(self, what: str, name: str, color: str) -> None:
        self._open(what)
        self.name, self.color = name, color
        own = [] if color in dict(PALETTE) else [(color, f"Its own colour, {color}")]
        self.colors = [*PALETTE, *own]

    async def _read(self) -> None:
        self.tags = [Tag(tag.id, tag.name, tag.color) for tag in await self._call(tags.list_tags)]
        self.loaded = True
