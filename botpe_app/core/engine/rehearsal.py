"""A whole conversation with a bot, played without anybody: the same engine, nothing is done.

Calls to others fail, so their error branch is taken, unless the script says what they answer or
the rehearsal is `patient`. Delays pass at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.core.engine.belongings import contact_after, variables_after
from botpe_app.core.engine.effects import Act, Effect, Note, Ran, Send, Step
from botpe_app.core.engine.inputs import Line, content_of, seconds_of, start_of
from botpe_app.core.engine.keeping import message_sent
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.resumes import (
    Callback,
    Continue,
    Expiry,
    Said,
    Start,
    Timeout,
    from_message,
    said_text,
)
from botpe_app.core.engine.running import Going, begin, resume
from botpe_app.core.engine.session import Session
from botpe_app.core.engine.triggers import triggered
from botpe_app.core.flow.nodes import REPLY

Json = dict[str, Any]
_MOST_PAUSES = 100  # delays and calls that pass after one thing said
_NOT_CALLED = "Nobody is called while a bot is tried."


@dataclass
class Rehearsal:
    """A conversation as it goes; `play` goes on with it.

    `patient`: a call waits for its answer, as it would outside. `sounds`: intent, language … of a
    text. `began`: how many lines there were before each input.
    """

    program: Program
    context: Context
    now: datetime
    seed: int = 0
    others: Mapping[str, Program] = field(default_factory=dict[str, Program])
    patient: bool = False
    sounds: Callable[[str], Mapping[str, Any]] | None = None
    session: Session | None = None
    lines: list[Line] = field(default_factory=list[Line])
    path: list[Step] = field(default_factory=list[Step])
    effects: list[Effect] = field(default_factory=list[Effect])
    notes: list[Note] = field(default_factory=list[Note])
    began: list[int] = field(default_factory=list[int])
    _turns: int = 0

    def play(self, script: Sequence[Json]) -> None:
        """What the customer does, one thing after another. Raises Invalid naming the input."""
        for place, raw in enumerate(script):
            self.play_one(raw, f"inputs[{place}]", script[place + 1 : place + 2])

    def play_one(self, raw: Json, where: str, coming: Sequence[Json]) -> None:
        """One thing the customer does, named by `where`; `coming`: what they do next.

        Then time passes, unless what comes is for what the bot waits for. Raises Invalid.
        """
        self.began.append(len(self.lines))
        self._one(raw, where)
        self._pass_time(coming)

    def variables(self) -> Json:
        """All that the bot knows by a name of its own: of the session, contact, organization."""
        fields = mapping(self.context.contact.get("custom_fields"))
        return {
            **{name: fields[name] for name in self.program.scopes if name in fields},
            **mapping(self.context.organization.get("variables")),
            **(self.session.variables if self.session else {}),
        }

    def waits_for(self) -> Json | None:
        """The node that waits, and for what; None if none does."""
        session = self.session
        if session is None or session.wait is None or session.status == "ended":
            return None
        frame = session.frames[-1]
        node = self.others.get(frame.bot_id, self.program).nodes.get(frame.node_id)
        return {
            "kind": session.wait.kind,
            "bot_id": frame.bot_id,
            "node_id": frame.node_id,
            "type": getattr(node, "type", ""),
        }

    def _one(self, raw: Json, where: str) -> None:
        self.now += timedelta(seconds=seconds_of(raw, where))
        self._catch_up()
        if raw.get("timeout"):
            self._time_out()
        elif raw.get("given_back"):
            self.go_on(Continue())
        elif "callback" in raw:
            self._call_back(mapping(raw["callback"]))
        elif "start" in raw:
            self.begin(start_of(raw["start"], where))
        else:
            self._say(raw, where)

    def _say(self, raw: Json, where: str) -> None:
        kind, content = content_of(raw, where, self.lines)
        said = from_message(kind, content, as_text(content.get("body")))
        self._sound(said_text(said))
        start = starting(said, mapping(raw.get("referral")), as_text(raw.get("template")))
        self.say(Line("contact", kind, content), start)

    def _sound(self, text: str) -> None:
        if self.sounds and text:
            conversation = {**self.context.conversation, **self.sounds(text)}
            self.context = replace(self.context, conversation=conversation)

    def say(self, line: Line, start: Start) -> None:
        """The customer says something: the bot goes on, or begins if a trigger of it fits."""
        self.lines.append(line)
        if start.said and self.session is not None and self.session.status != "ended":
            self.go_on(start.said)
        else:
            self.begin(start)

    def begin(self, start: Start) -> None:
        """Begins a session of the bot, if a trigger of it fits."""
        if triggered(self.program.flow, start) is None:
            told = "No trigger of the bot fits, so it does not answer."
            self.notes.append(Note("not_waiting", "", told))
        else:
            self._took(begin(self.program, start, **self._around()))

    def go_on(self, going: Going) -> None:
        """Goes on with the session, if there is one."""
        if self.session is not None:
            self._took(resume(self.program, self.session, going, **self._around()))

    def _around(self) -> dict[str, Any]:
        self._turns += 1
        return {
            "context": self.context,
            "now": self.now,
            "token": f"turn-{self._turns}",
            "seed": self.seed,
            "others": self.others,
        }

    def _took(self, ran: Ran) -> None:
        self.session = ran.session
        self.path += ran.path
        self.notes += ran.notes
        for effect in ran.effects:
            self.effects.append(effect)
            if isinstance(effect, Send):
                self.lines.append(Line("bot", effect.type, effect.content, effect.node_id))
            elif isinstance(effect, Act):
                self._acted(effect)
        if ran.session.wait:
            self.session = message_sent(ran.session, ran.session.wait.token, self.now)

    def _acted(self, act: Act) -> None:
        organization = self.context.organization
        variables = variables_after(mapping(organization.get("variables")), act)
        self.context = replace(
            self.context,
            contact=contact_after(self.context.contact, act),
            organization={**organization, "variables": variables},
        )

    def _catch_up(self) -> None:
        """What would have happened before now."""
        session = self.session
        if session is None or session.status != "waiting":
            return
        if session.wait and session.wait.due_at and session.wait.due_at <= self.now:
            self.go_on(Timeout(token=session.wait.token))
        elif session.expires_at and session.expires_at <= self.now:
            self.go_on(Expiry())

    def _time_out(self) -> None:
        wait = self.session.wait if self.session else None
        if wait and wait.due_at:
            self.now = max(self.now, wait.due_at)
            self.go_on(Timeout(token=wait.token))

    def _call_back(self, given: Mapping[str, object]) -> None:
        wait = self.session.wait if self.session else None
        if wait:
            ok, error = given.get("ok") is not False, as_text(given.get("error"))
            self.go_on(Callback(token=wait.token, ok=ok, data=given.get("data"), error=error))

    def _pass_time(self, coming: Sequence[Json]) -> None:
        """Lets delays pass and calls fail, unless what comes next in the script is for them."""
        answers = bool(coming) and "callback" in mapping(coming[0])
        speaks = bool(coming) and not answers
        for _ in range(_MOST_PAUSES):
            session = self.session
            wait = session.wait if session and session.status == "waiting" else None
            if wait is None or session is None:
                return
            if wait.kind == "callback" and not (answers or self.patient):
                self.go_on(Callback(token=wait.token, ok=False, error=_NOT_CALLED))
            elif wait.kind == "timer" and not (speaks and self._hears(session)):
                self._time_out()
            else:
                return

    def _hears(self, session: Session) -> bool:
        frame = session.frames[-1]
        program = self.others.get(frame.bot_id, self.program)
        return program.way(frame.node_id, REPLY) is not None


def starting(said: Said, referral: Mapping[str, Any], template: str = "") -> Start:
    """What a customer's message sets off; `template`: the name of the one it answers."""
    kind = "template_reply" if template else "message"
    return Start(type=kind, said=said, referral=dict(referral), template=template)


__all__ = ["Line", "Rehearsal", "starting"]
