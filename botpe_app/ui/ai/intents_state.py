"""/settings/ai/intents of one tab."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.core.intents.confusion import check
from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.services import intents, signals
from botpe_app.services.access import Actor
from botpe_app.services.intents import IntentItem, Unlearnt
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import NEW, Editing

_MOST_SHOWN, _TRIES = 30, 3


@dataclass(frozen=True)
class Intent:
    """An intent as the list shows it."""

    id: str
    name: str
    some: str  # a few of its phrases
    size: str


@dataclass(frozen=True)
class Doubt:
    """A phrase that is taken for another intent."""

    text: str
    meant: str
    taken_for: str
    sure: str


@dataclass(frozen=True)
class Candidate:
    """What the text that is tried may mean."""

    name: str
    width: str
    sure: str


class IntentsState(Editing, rx.State):
    """The intents, the form for one, what is confused, and a text to try."""

    may_manage: bool = False
    intents: rx.Field[list[Intent]] = rx.field(default_factory=list)
    name: str = ""
    description: str = ""
    phrases: str = ""
    entities: str = ""
    checked: bool = False
    checking: bool = False
    verdict: str = ""
    doubts: rx.Field[list[Doubt]] = rx.field(default_factory=list)
    told: str = ""
    candidates: rx.Field[list[Candidate]] = rx.field(default_factory=list)
    unclear: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows the intents, and what customers said that was none of them."""
        session = await self.get_state(SessionState)
        self.may_manage = may(session._role, Permission.MANAGE_AGENTS)
        self.told, self.candidates = "", []
        await self._read()

    @rx.event
    async def edit(self, intent_id: str):
        """Opens the form for an intent, `NEW` for another one."""
        self._draft("")
        if intent_id != NEW:
            item = await self._call(intents.get_intent, intent_id)
            self.name, self.description = item.name, item.description
            self.phrases = "\n".join(item.phrases)
            self.entities = "\n".join(_written(one) for one in item.entities)
        self._open(str(intent_id))

    @rx.event
    def teach(self, phrase: str):
        """Opens the form for another intent with a phrase."""
        self._draft(str(phrase))
        self._open(NEW)

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps the intent of the form."""
        given: dict[str, Any] = {
            "name": str(form.get("name", "")),
            "description": str(form.get("description", "")),
            "phrases": str(form.get("phrases", "")).splitlines(),
            "entities": _read_entities(str(form.get("entities", ""))),
        }
        if self.editing == NEW:
            item = await self._try(intents.create_intent, **given)
        else:
            item = await self._try(intents.update_intent, self.editing, **given)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"“{item.name}” is told apart from the next text on")

    @rx.event
    def ask_remove(self, intent_id: str):
        """Asks whether to remove an intent."""
        self._ask_about(
            intent_id, next((one.name for one in self.intents if one.id == intent_id), "")
        )

    @rx.event
    async def remove(self):
        """Removes the intent that was asked about."""
        intent_id, name = self._asked()
        await self._call(intents.delete_intent, intent_id)
        await self._read()
        return Toasts.tell(f"“{name}” is removed")

    @rx.event
    async def try_text(self, form: dict[str, Any]):
        """Shows what a text would be taken for, by our own classifier."""
        text = str(form.get("text", "")).strip()[:4096]
        self.told, self.candidates = "", []
        if not text:
            return
        guess = await self._guess(text)
        if guess is None:
            self.told = "There is no phrase to learn from yet."
            return
        self.told = "None of the intents" if guess.intent == intents.OUT_OF_SCOPE else guess.intent
        self.candidates = [
            Candidate(name, f"{round(100 * likely)}%", f"{likely:.0%}")
            for name, likely in guess.ranked
        ]

    @rx.event
    async def look(self):
        """Finds the phrases that are taken for another intent."""
        self.checking = True
        yield
        examples = await self._call(intents.labelled)
        found = await asyncio.to_thread(check, examples)
        self.doubts = [
            Doubt(one.text, one.meant, one.taken_for or "none", f"{one.confidence:.0%}")
            for one in found.confusions[:_MOST_SHOWN]
        ]
        missed = sum(not one.taken_for for one in found.confusions)
        self.verdict = (
            f"Of {words.plural(found.phrases, 'phrase')}, the others would have us tell"
            f" {found.right:,} right, not know {missed:,}, and take"
            f" {len(found.confusions) - missed:,} for another intent."
        )
        self.checked, self.checking = True, False

    def _draft(self, phrases: str) -> None:
        self.name, self.description, self.phrases, self.entities = "", "", phrases, ""

    async def _guess(self, text: str) -> Any:
        for _ in range(_TRIES):
            try:
                return await self._call(_guessed, text)
            except Unlearnt as phrases:
                await asyncio.to_thread(phrases.learn)
        return None

    async def _read(self) -> None:
        self.intents = [_intent(item) for item in await self._call(intents.list_intents)]
        self.unclear = await self._call(signals.unclear)
        self.checked, self.doubts, self.loaded = False, [], True


def _guessed(session: Session, actor: Actor, text: str) -> Any:
    actor.require(Permission.READ)
    known = intents.classifier(session, actor)
    return known.guess(text) if known else None


def _intent(item: IntentItem) -> Intent:
    return Intent(
        item.id,
        item.name,
        " · ".join(item.phrases[:4]),
        words.plural(len(item.phrases), "phrase"),
    )


def _written(entity: dict[str, Any]) -> str:
    """An entity as a line: `size: large = big, xl; small`."""
    values = (
        f"{one['value']} = {', '.join(one['synonyms'])}" if one["synonyms"] else one["value"]
        for one in entity["values"]
    )
    return f"{entity['name']}: {'; '.join(values)}"


def _read_entities(said: str) -> list[dict[str, Any]]:
    """What `_written` writes, read again; a line that says nothing is left out."""
    found: list[dict[str, Any]] = []
    for line in said.splitlines():
        name, _, values = line.partition(":")
        if line.strip():
            parts = (one.partition("=") for one in values.split(";") if one.strip())
            found.append(
                {
                    "name": name.strip(),
                    "values": [
                        {"value": value.strip(), "synonyms": synonyms.split(",")}
                        for value, _, synonyms in parts
                    ],
                }
            )
    return found
