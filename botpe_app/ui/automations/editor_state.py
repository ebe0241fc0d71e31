"""The editor of a rule, in one tab. What it holds are texts; the service says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

import reflex as rx

from botpe_app.errors import Invalid
from botpe_app.services import automation_trials, automations
from botpe_app.ui import words
from botpe_app.ui.automations import drafts
from botpe_app.ui.automations.drafts import STARTS, Deed, Draft, Line, changed
from botpe_app.ui.automations.state import AutomationsState
from botpe_app.ui.automations.words import DEEDS
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts

_TEXTS = ("name", "trigger", "keywords", "match", "minutes", "tag", "about", "event", "every",
          "rest")  # fmt: skip
_OF_LINE = ("field", "op", "value")
_OF_DEED = ("text", "address", "subject", "who", "add", "remove", "on", "field", "value", "do",
            "bot", "webhook", "template", "status")  # fmt: skip
_MOST = 20


@dataclass(frozen=True)
class Match:
    """Something of the past on which the rule would have fired."""

    id: str
    name: str
    text: str
    href: str
    at: str


class EditorState(PageState, rx.State):
    """The rule being written, what is wrong with it, and what it would have fired on."""

    open: bool = False
    draft: Draft = Draft()
    problem: str = ""
    tried: str = ""  # how many, in words; "" if it was not tried
    matches: rx.Field[list[Match]] = rx.field(default_factory=list)
    choosing: bool = False
    _made: int = 100  # keys of parts

    @rx.event
    def choose(self, shown: bool):
        """Shows what to start from."""
        self.choosing = bool(shown)

    @rx.event
    def begin(self, name: str):
        """A new rule, from one of the starts or from nothing."""
        start = STARTS.get(name)
        empty = Draft(deeds=[Deed("d0", "reply")])
        self._show(start[3] if start else empty)

    @rx.event
    async def edit(self, rule_id: str):
        """Opens a rule."""
        self._show(drafts.of(await self._call(automations.get_rule, rule_id)))

    @rx.event
    def close(self):
        """Closes the editor; what was not saved is gone."""
        self.open = False

    @rx.event
    def put(self, name: str, value: str):
        """Changes a text of the rule."""
        self._take(changed(self.draft, name, value, _TEXTS))

    @rx.event
    def turn_stops(self):
        """Whether the rules after it are looked at, or no longer."""
        self._take(replace(self.draft, stops=not self.draft.stops))

    @rx.event
    def add_line(self):
        """One more condition."""
        if len(self.draft.lines) < _MOST:
            self._take(replace(self.draft, lines=[*self.draft.lines, Line(self._key())]))

    @rx.event
    def put_line(self, key: str, name: str, value: str):
        """Changes a condition."""
        lines = [
            changed(line, name, value, _OF_LINE) if line.key == key else line
            for line in self.draft.lines
        ]
        self._take(replace(self.draft, lines=lines))

    @rx.event
    def remove_line(self, key: str):
        """Takes a condition away."""
        lines = [line for line in self.draft.lines if line.key != key]
        self._take(replace(self.draft, lines=lines))

    @rx.event
    def add_deed(self, kind: str):
        """One more action."""
        if kind in DEEDS and len(self.draft.deeds) < _MOST:
            self._take(replace(self.draft, deeds=[*self.draft.deeds, Deed(self._key(), kind)]))

    @rx.event
    def put_deed(self, key: str, name: str, value: str):
        """Changes an action."""
        deeds = [
            replace(changed(deed, name, value, _OF_DEED), problem="") if deed.key == key else deed
            for deed in self.draft.deeds
        ]
        self._take(replace(self.draft, deeds=deeds))

    @rx.event
    def remove_deed(self, key: str):
        """Takes an action away."""
        deeds = [deed for deed in self.draft.deeds if deed.key != key]
        self._take(replace(self.draft, deeds=deeds))

    @rx.event
    def move_deed(self, key: str):
        """Moves an action up."""
        deeds = list(self.draft.deeds)
        place = next((n for n, deed in enumerate(deeds) if deed.key == key), 0)
        if place:
            deeds.insert(place - 1, deeds.pop(place))
            self._take(replace(self.draft, deeds=deeds))

    @rx.event
    async def test(self):
        """Shows what it would have fired on."""
        held = self.draft
        conditions = None if held.nested else drafts.conditions(held)
        try:
            found = await self._call(
                automation_trials.would_fire,
                held.id or None,
                trigger=drafts.trigger(held),
                conditions=conditions,
            )
        except Invalid as error:
            self._refuse(error)
            return
        self.problem = ""
        self.tried = f"{found.count:,} of {found.looked_at:,}: {found.about}"
        self.matches = [
            Match(
                one.id,
                one.contact_name or "WhatsApp user",
                one.text,
                f"/inbox?status=any&c={one.conversation_id}",
                words.stamp(one.at),
            )
            for one in found.matches[:10]
        ]

    @rx.event
    async def save(self):
        """Keeps the rule."""
        held = self.draft
        body = drafts.body(held)
        try:
            if held.id:
                item = await self._call(automations.update_rule, held.id, **body)
            else:
                item = await self._call(automations.create_rule, **body)
        except Invalid as error:
            self._refuse(error)
            return None
        self.open = False
        page = await self.get_state(AutomationsState)
        await page._read()
        return Toasts.tell(f"{item.name} is saved")

    def _show(self, draft: Draft) -> None:
        self.draft, self.open, self.choosing = draft, True, False
        self.problem, self.tried, self.matches = "", "", []

    def _take(self, draft: Draft) -> None:
        self.draft = draft
        self.tried, self.matches = "", []

    def _refuse(self, error: Invalid) -> None:
        marked = drafts.with_problem(self.draft, error.field or "", error.message)
        self.draft = marked or self.draft
        where = (error.field or "").partition(".")[0].replace("_", " ").capitalize()
        self.problem = f"{where}: {error.message}" if where else error.message

    def _key(self) -> str:
        self._made += 1
        return f"k{self._made}"
