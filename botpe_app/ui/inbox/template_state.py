"""Choosing a template and filling its places, in one tab."""

from __future__ import annotations

from dataclasses import dataclass, replace

import reflex as rx

from botpe_app.errors import Invalid
from botpe_app.services import template_sending
from botpe_app.services.template_sending import Sendable
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.inbox.state import InboxState

_PARTS = {"header": "Heading", "body": "Text", "buttons": "Button"}


@dataclass(frozen=True)
class Choice:
    """A template one may send."""

    id: str
    name: str
    language: str
    text: str


@dataclass(frozen=True)
class Blank:
    """A place to fill."""

    name: str
    label: str
    value: str = ""


class TemplateState(PageState, rx.State):
    """The dialog: first which one, then what stands in its places."""

    open: bool = False
    conversation: str = ""
    key: str = ""
    templates: rx.Field[list[Choice]] = rx.field(default_factory=list)
    chosen: Choice = Choice("", "", "", "")
    blanks: rx.Field[list[Blank]] = rx.field(default_factory=list)
    problem: str = ""
    _found: list[Sendable] = []

    @rx.event
    async def show(self, conversation_id: str, key: str):
        """Opens the dialog; the same key sends nothing twice."""
        self._found = await self._call(template_sending.list_sendable, conversation_id)
        self.templates = [
            Choice(one.id, one.name.replace("_", " "), one.language, one.text)
            for one in self._found
        ]
        self.conversation, self.key = conversation_id, key[:100]
        self.chosen, self.blanks, self.problem = Choice("", "", "", ""), [], ""
        self.open = True

    @rx.event
    def close(self):
        """Closes it; nothing is sent."""
        self.open = False

    @rx.event
    def choose(self, template_id: str):
        """Takes a template, or with "" none."""
        self.problem, self.blanks = "", []
        self.chosen = next(
            (one for one in self.templates if one.id == template_id), Choice("", "", "", "")
        )
        for one in self._found:
            if one.id == template_id:
                self.blanks = [Blank(place, _label(place)) for place in one.places]

    @rx.event
    def put(self, name: str, value: str):
        """Fills a place."""
        self.blanks = [
            replace(blank, value=str(value)[:1024]) if blank.name == name else blank
            for blank in self.blanks
        ]

    @rx.event
    async def send(self):
        """Sends it."""
        values = {blank.name: blank.value for blank in self.blanks}
        try:
            await self._call(
                template_sending.send_template,
                self.conversation,
                self.chosen.id,
                values,
                client_key=f"{self.key}:{self.chosen.id}",
            )
        except Invalid as error:
            where = _label(error.field) if error.field and "." in error.field else ""
            self.problem = f"{where}: {error.message}" if where else error.message
            return None
        self.open = False
        page = await self.get_state(InboxState)
        await page._read(page._filters())
        return Toasts.tell("The template is on its way")


def _label(place: str) -> str:
    part, _, name = place.partition(".")
    return f"{_PARTS.get(part, part.capitalize())} {name}"
