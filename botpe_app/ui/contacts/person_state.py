"""One customer of one tab: the drawer, its forms and its questions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import BotpeError, Conflict, Invalid, NotFound
from botpe_app.services import contact_removal, contact_story, contact_table, contacts
from botpe_app.services import custom_fields as fields_of
from botpe_app.services.access import Actor
from botpe_app.services.contact_story import Story
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import ContactItem
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.contacts import profile, rows
from botpe_app.ui.contacts.profile import Input, Profile
from botpe_app.ui.contacts.rows import Person, Query
from botpe_app.ui.session import SessionState

_FOUND = 8


class PersonState(PageState, rx.State):
    """Whose drawer is open, and what is asked about them."""

    person: Profile = Profile()
    missing: bool = False
    may_manage: bool = False
    may_erase: bool = False
    form: str = ""  # "", new, edit, consent
    inputs: rx.Field[list[Input]] = rx.field(default_factory=list)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    asking: str = ""  # "", delete, erase, merge
    twins: rx.Field[list[Person]] = rx.field(default_factory=list)
    twin: str = ""
    twin_name: str = ""
    _item: ContactItem | None = None
    _fields: rx.Field[list[CustomFieldItem]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Opens whom the address names, and closes the drawer if it names nobody."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_CONTACTS)
        self.may_erase = may(session._role, Permission.MANAGE_ORGANIZATION)
        await self._read()

    @rx.event
    def close(self):
        """Closes the drawer."""
        self.person, self.missing = Profile(), False
        return rx.redirect(Query.of(self._query()).address(c=""))

    @rx.event
    async def show_form(self, form: str):
        """Opens the form for a new customer, for changing this one or for their consent."""
        if not self.may_manage:
            return
        self.form = form if form in ("new", "edit", "consent") else ""
        self.errors = {}
        self._fields = await self._call(fields_of.list_fields)
        item = self._item if self.form == "edit" else None
        self.inputs = profile.inputs(self._fields, item)

    @rx.event
    async def add(self, form: dict[str, Any]):
        """Adds a customer and opens them."""
        item = await self._tried(form, contacts.create_contact)
        if item is None:
            return None
        return [
            rx.redirect(Query.of(self._query()).address(c=item.id)),
            Toasts.tell(f"{rows.title(item)} is added"),
        ]

    @rx.event
    async def change(self, form: dict[str, Any]):
        """Changes the customer."""
        item = await self._tried(form, contacts.update_contact, self.person.id)
        if item is None:
            return None
        await self._read()
        return Toasts.tell(f"{rows.title(item)} is saved")

    @rx.event
    async def consent(self, form: dict[str, Any]):
        """Keeps that the customer allowed marketing or stopped it, and how we know."""
        evidence, granted = str(form.get("evidence", "")).strip(), not self.person.allowed
        if granted and not evidence:
            self.errors = {"evidence": "Say how you know: Meta may ask for it."}
            return
        await self._call(
            contacts.update_contact,
            self.person.id,
            marketing_opt_in=granted,
            evidence=evidence[:500],
        )
        self.form = ""
        await self._read()

    @rx.event
    async def turn_ai(self):
        """Keeps what the customer writes from every model, or lets one read it again."""
        refused = not self.person.ai_opt_out
        await self._call(contacts.update_contact, self.person.id, ai_opt_out=refused)
        await self._read()
        return Toasts.tell(
            "No model sees what they write" if refused else "AI may read what they write"
        )

    @rx.event
    async def add_tag(self, form: dict[str, Any]):
        """Puts a tag on the customer."""
        if tag := str(form.get("tag", "")).strip():
            await self._tag(tag, on=True)

    @rx.event
    async def remove_tag(self, tag: str):
        """Takes a tag off the customer."""
        await self._tag(tag, on=False)

    @rx.event
    def ask(self, question: str):
        """Asks whether to delete, erase or merge; "" closes the question."""
        self.asking = question if question in ("delete", "erase", "merge") else ""
        self.twins, self.twin, self.twin_name = [], "", ""

    @rx.event
    async def delete(self):
        """Removes a customer nobody has talked with."""
        self.asking = ""
        return await self._remove(contacts.delete_contact, "is deleted")

    @rx.event
    async def erase(self):
        """Removes a person for good, with everything they said."""
        self.asking = ""
        return await self._remove(contact_removal.erase_contact, "is erased")

    @rx.event
    async def find_twin(self, query: str):
        """Looks for who else this customer may be."""
        found = await self._call(contacts.list_contacts, q=query[:200], limit=_FOUND + 1)
        phone = [column for column in rows.columns("phone", []) if column.chosen]
        self.twins = [
            rows.person(item, phone, Query()) for item in found.data if item.id != self.person.id
        ][:_FOUND]

    @rx.event
    def choose_twin(self, contact_id: str):
        """Chooses whose things this customer is to get."""
        self.twin = contact_id
        self.twin_name = next((p.name for p in self.twins if p.id == contact_id), "")

    @rx.event
    async def merge(self):
        """Gives the customer all that the other one has, who is then gone."""
        twin, name, self.asking = self.twin, self.twin_name, ""
        await self._call(contact_removal.merge_contacts, self.person.id, twin)
        await self._read()
        return Toasts.tell(f"{name} is now part of {self.person.title}")

    async def _read(self) -> None:
        asked = Query.of(self._query()).contact
        if not asked:
            self.person, self.missing, self._item = Profile(), False, None
            return
        try:
            told, self._fields = await self._call(_story, asked)
        except NotFound:
            self.person, self.missing, self._item = Profile(), True, None
            return
        self._item, self.missing = told.contact, False
        self.person = profile.profile(told, self._fields)

    async def _tried(self, form: dict[str, Any], verb: Any, *which: str) -> ContactItem | None:
        """What the verb made of the form; None, and the errors shown, if it refused."""
        try:
            item = await self._call(verb, *which, **profile.given(form))
        except (Invalid, Conflict) as error:
            self.errors = {error.field or "form": error.message}
            return None
        self.form, self.errors = "", {}
        return item

    async def _tag(self, tag: str, *, on: bool) -> None:
        await self._call(contact_table.tag_contacts, tag=tag, on=on, ids=[self.person.id])
        await self._read()

    async def _remove(self, verb: Any, said: str) -> Any:
        name = self.person.title
        try:
            await self._call(verb, self.person.id)
        except BotpeError as error:
            return Toasts.tell(error.message, "bad")
        return [self.close(), Toasts.tell(f"{name} {said}")]


def _story(session: Session, actor: Actor, contact_id: str) -> tuple[Story, list[CustomFieldItem]]:
    return contact_story.story(session, actor, contact_id), fields_of.list_fields(session, actor)
