"""/settings/fields of one tab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.services import custom_fields
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.ui.components import Toasts
from botpe_app.ui.settings.editing import NEW, Editing

TYPES = (
    ("text", "Text"),
    ("number", "Number"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("choice", "One of a list"),
)


@dataclass(frozen=True)
class Field:
    """A custom field as the settings show it."""

    id: str
    name: str
    label: str
    type: str
    type_words: str
    options: list[str]


class FieldsState(Editing, rx.State):
    """The custom fields of contacts, and the form for one."""

    fields: rx.Field[list[Field]] = rx.field(default_factory=list)
    label: str = ""
    name: str = ""
    type: str = "text"
    options: str = ""

    @rx.event
    async def enter(self):
        """Shows the fields."""
        await self._read()

    @rx.event
    def add(self):
        """Opens an empty form."""
        self._open(NEW)
        self.label, self.name, self.type, self.options = "", "", "text", ""

    @rx.event
    def edit(self, field_id: str):
        """Opens the form of a field."""
        for field in self.fields:
            if field.id == field_id:
                self._open(field.id)
                self.label, self.name, self.type = field.label, field.name, field.type
                self.options = "\n".join(field.options)

    @rx.event
    def choose_type(self, type: str):
        """Shows what a field of this kind needs."""
        self.type = type if type in dict(TYPES) else "text"

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps what the form says."""
        label = str(form.get("label", ""))
        lines = str(form.get("options", "")).splitlines()
        options = [line for line in lines if line.strip()] if self.type == "choice" else []
        if self.editing == NEW:
            item = await self._try(
                custom_fields.create_field,
                name=str(form.get("name", "")).strip() or _name(label),
                label=label,
                type=self.type,
                options=options,
            )
        else:
            item = await self._try(
                custom_fields.update_field, self.editing, label=label, options=options
            )
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"{item.label} is saved")

    @rx.event
    def ask_remove(self, field_id: str):
        """Asks whether to remove a field."""
        found = (field.label for field in self.fields if field.id == field_id)
        self._ask_about(field_id, next(found, ""))

    @rx.event
    async def remove(self):
        """Removes the field that was asked about."""
        field_id, name = self._asked()
        await self._call(custom_fields.delete_field, field_id)
        await self._read()
        return Toasts.tell(f"{name} is no longer a field")

    async def _read(self) -> None:
        self.fields = [_field(item) for item in await self._call(custom_fields.list_fields)]
        self.loaded = True


def _name(label: str) -> str:
    """The label as flows and programs call it: Jacket size → jacket_size."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:80]


def _field(item: CustomFieldItem) -> Field:
    words = dict(TYPES)[item.type]
    return Field(item.id, item.name, item.label, item.type, words, item.options)
