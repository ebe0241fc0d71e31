"""One turn while it is made: the session's draft, the values of placeholders, what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from botpe_app.core import templating
from botpe_app.core.conditions.dates import iso
from botpe_app.core.conditions.values import as_text, clean, mapping
from botpe_app.core.engine.chance import fraction
from botpe_app.core.engine.effects import Act, Effect, Note, NoteKind, Send, Step
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.session import Ending, Session, Wait, WaitKind
from botpe_app.core.flow.nodes import BaseNode

MOST_STEPS = 100  # nodes, until the customer says something
MOST_MESSAGES = 50
DEEPEST = 10  # bots that call each other
LONGEST_TEXT = 10_000  # characters in a variable
LARGEST_VALUE = 64_000  # characters of JSON in a variable


class Halt(Enum):
    """Why the bot goes on to no further node now."""

    WAIT = "wait"
    ENTER = "enter"  # another bot, which was put on top
    END = "end"  # of this bot; the one that called it goes on
    OVER = "over"  # the whole session


Outcome = str | Halt  # the handle to leave by, or a halt


class Turn:
    """The draft that visits of nodes work on. Made of copies: the session given stays as it is."""

    def __init__(
        self,
        session: Session,
        *,
        programs: Mapping[str, Program],
        context: Context,
        now: datetime,
        token: str,
        seed: int,
    ) -> None:
        self.session = session.draft()
        self.programs, self.context = programs, context
        self.now, self.token = now, token
        self.effects: list[Effect] = []
        self.path: list[Step] = []
        self.notes: list[Note] = []
        self._seed, self._draws, self._clock = seed, 0, 0.0
        self.program = programs[self.session.frames[-1].bot_id]
        self.env = context.env(self.program, now)
        self.contact = {**mapping(context.contact.get("custom_fields")), **context.contact}
        self.values = self._values()

    def _values(self) -> dict[str, object]:
        session = self.session
        values: dict[str, object] = {
            **self._declared(),
            **session.variables,
            "contact": self.contact,
            "organization": self.context.organization,
            "conversation": self.context.conversation,
            "bot": {
                "id": self.program.bot_id,
                "name": self.program.flow.name,
                "language": self.program.settings.language,
            },
            "input": session.input,
            "trigger": session.trigger,
            "results": session.results,
            "match": session.match,
            "now": iso(self.env.now),
        }
        values["today"] = str(values["now"])[:10]
        return values

    def _declared(self) -> dict[str, object]:
        """The declared variables as they are before the session has set any."""
        return {name: self._kept(name) for name in self.program.scopes}

    def _kept(self, name: str) -> object:
        variable = self.program.scopes[name]
        if variable.scope == "contact":
            found = self.contact.get(name)
        elif variable.scope == "organization":
            found = mapping(self.context.organization.get("variables")).get(name)
        else:
            found = None
        return variable.default if found is None else found

    def enter(self, program: Program) -> None:
        """Goes on in another bot."""
        self.program = program
        self.env = self.context.env(program, self.now)
        self.values = self._values()

    # What placeholders bring in.

    def text(self, template: str) -> str:
        """A text of the flow, filled in."""
        return templating.render(template, self.values, self.env)

    def value(self, template: object) -> object:
        """A JSON value of the flow, filled in; a lone placeholder keeps its type."""
        return templating.fill(template, self.values, self.env)

    # What is remembered.

    def keep(self, node_id: str, name: str, value: object) -> None:
        """Sets a variable where its scope says."""
        kept = self._bounded(node_id, value)
        variable = self.program.scopes.get(name)
        scope = variable.scope if variable else "session"
        self.values[name] = kept
        if scope == "session":
            self.session.variables[name] = kept
        elif scope == "contact":
            self.set_contact(node_id, name, kept)
        else:
            self.act(node_id, "set_organization_variable", {"name": name, "value": kept})

    def set_contact(self, node_id: str, name: str, value: object) -> None:
        """Changes the contact, for those outside and for the rest of this turn."""
        kept = self._bounded(node_id, value)
        self.change_contact(name, kept)
        self.act(node_id, "update_contact", {"field": name, "value": kept})

    def change_contact(self, name: str, value: object) -> None:
        """Changes the contact as this turn sees it."""
        self.contact = {**self.contact, name: value}
        self.values["contact"] = self.contact

    def _bounded(self, node_id: str, value: object) -> object:
        """The value as it can be kept: clean JSON, not too large."""
        if isinstance(value, str):
            return as_text(value)[:LONGEST_TEXT]
        try:
            cleaned = clean(value)
            if not isinstance(value, dict | list) or len(json.dumps(cleaned)) <= LARGEST_VALUE:
                return cleaned
        except RecursionError:
            pass
        self.note("too_large", node_id, "A value was too large to be kept.")
        return None

    def result(self, node: BaseNode, category: str, value: object, extra: object = None) -> None:
        """Remembers what came of a node, under the name it saves to or its id; saves the value."""
        kept = self._remember(node, category, value, extra)
        name = saves_to(node)
        if name:
            self.keep(node.id, name, kept)

    def miss(self, node: BaseNode, category: str, extra: object = None) -> None:
        """Remembers that nothing came of a node; what it saved before stays."""
        self._remember(node, category, None, extra)

    def _remember(self, node: BaseNode, category: str, value: object, extra: object) -> object:
        kept = self._bounded(node.id, value)
        found = {
            "value": kept,
            "category": category,
            "input": self.session.input.get("text", ""),
            "extra": self._bounded(node.id, extra),
        }
        self.session.match = found
        self.values["match"] = found
        # A new object each time: `{{results}}` may have been saved somewhere, even in itself.
        self.session.results = {**self.session.results, saves_to(node) or node.id: found}
        self.values["results"] = self.session.results
        return kept

    # What is asked for.

    def send(self, node_id: str, kind: str, content: dict[str, Any]) -> None:
        """Asks for a message behind those before it."""
        self.session.messages += 1
        self.effects.append(Send(node_id, kind, content, self._clock))

    def send_after(
        self, node_id: str, kind: str, content: dict[str, Any], *, seconds: float, typing: bool
    ) -> None:
        """Asks for a message so many seconds after those before it."""
        self._clock += seconds
        self.session.messages += 1
        self.effects.append(Send(node_id, kind, content, self._clock, typing))

    def say(self, node_id: str, template: str) -> None:
        """Asks for a text message, unless there is nothing to say."""
        body = self.text(template).strip()[:4096]
        if body:
            self.send(node_id, "text", {"body": body})

    def act(self, node_id: str, action: str, params: dict[str, Any]) -> None:
        """Asks for something to be done in the inbox or for the contact."""
        self.effects.append(Act(node_id, action, params))

    def note(self, kind: NoteKind, node_id: str, message: str) -> None:
        """Writes a line for the log."""
        self.notes.append(Note(kind, node_id, message))

    # How it goes on.

    def wait(self, kind: WaitKind, seconds: float | None = None) -> Halt:
        """Stops until something comes; a reply's time begins when its message is sent."""
        starts = kind in ("callback", "timer") and seconds is not None
        due = self.now + timedelta(seconds=seconds or 0) if starts else None
        self.session.wait = Wait(kind, self.token, seconds, due)
        self.session.status = "paused" if kind == "person" else "waiting"
        return Halt.WAIT

    def over(self, ending: Ending) -> Halt:
        """Ends the session."""
        self.session.status, self.session.ending = "ended", ending
        self.session.wait = self.session.held = None
        return Halt.OVER

    def draw(self) -> float:
        """The next number of chance, 0 ≤ number < 1."""
        self._draws += 1
        return fraction(self._seed, self._draws)


def saves_to(node: BaseNode) -> str | None:
    """The variable that a node saves to, if it does."""
    return getattr(getattr(node, "data", None), "save_to", None)
