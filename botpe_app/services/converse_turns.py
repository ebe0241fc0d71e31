"""One conversation with its bot: what came in goes through the engine, strictly in order.

Nothing here touches the database: a talk is read before and written after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from botpe_app.core.conditions import Hours
from botpe_app.core.conditions.values import mapping
from botpe_app.core.engine import (
    CallApi,
    Callback,
    Context,
    Continue,
    Expiry,
    HandOff,
    Pause,
    Program,
    Ran,
    Resume,
    RunAgent,
    Said,
    Start,
    Timeout,
    begin,
    from_message,
    message_sent,
    resume,
    stop,
    triggered,
)
from botpe_app.core.engine.rehearsal import starting
from botpe_app.core.flow.schema import Keyword
from botpe_app.errors import Invalid
from botpe_app.models.base import new_id
from botpe_app.services.converse_batch import Bots, Input, Live, Talk, Turned
from botpe_app.services.converse_effects import apply
from botpe_app.services.converse_record import (
    Heard,
    beginning,
    conversation_of,
    heard_of,
    left_by,
    seed_of,
)

log = logging.getLogger(__name__)

_ASK_AGAIN = timedelta(seconds=30)  # whether a question was sent by now
_STARTED = ("type", "tag", "trigger_id", "data")
_UNSENT = ("queued", "claimed", "sending")


@dataclass(slots=True)
class Turns:
    """Has a talk's bot hear what waits for it."""

    talk: Talk
    bots: Bots

    def take(self) -> None:
        """Everything, in its order, and at last what time has brought."""
        for heard in self.talk.inputs:
            self._due(heard.heard_at)
            self._hear(heard)
        self._due(self.talk.now)

    # What comes in.

    def _hear(self, heard: Input) -> None:
        if heard.kind == "continue":
            self._give_back(heard)
        elif heard.kind == "start":
            self._start(heard)
        elif heard.kind == "callback" and self.talk.owner == "bot":
            self._go(Callback.model_validate({"type": "callback", **heard.data}), heard)
        elif self.talk.owner == "human":
            self._silence()
        elif heard.type is not None:
            said = from_message(
                heard.type, heard.content or {}, heard.text or "", heard.wamid or ""
            )
            self._said(said, heard)

    def _said(self, said: Said, heard: Input) -> None:
        live = self.talk.live
        if live and self.talk.owner == "nobody":
            self._stop(live)  # whoever had it is done with it
        referral = mapping((heard.content or {}).get("referral"))
        start = starting(said, referral, heard.template or "")
        if self.talk.live and self._calls_away(self.talk.live, start):
            self._stop(self.talk.live)
        if self.talk.live is None:
            self._begin(start, heard)
        elif self._is_active(self.talk.live):
            self._go(said, heard)

    def _calls_away(self, live: Live, start: Start) -> bool:
        """Whether another bot answers this: by a keyword that interrupts, or for a paused one."""
        other = self._chosen(start, lambda program: program.bot_id != str(live.bot_id))
        trigger = triggered(other.flow, start) if other else None
        if trigger is None:
            return False
        by_keyword = isinstance(trigger[1], Keyword) and trigger[1].interrupts
        return by_keyword or not self._is_active(live)

    def _is_active(self, live: Live) -> bool:
        return any(p.bot_id == str(live.bot_id) for p in self.bots.active[self.talk.account_id])

    def _chosen(self, start: Start, fits: Callable[[Program], bool]) -> Program | None:
        """The active bot whose trigger fits most narrowly."""
        found = [
            (trigger[0], place, program)
            for place, program in enumerate(self.bots.active[self.talk.account_id])
            if fits(program) and (trigger := triggered(program.flow, start))
        ]
        return min(found, key=lambda one: one[:2])[2] if found else None

    def _begin(self, start: Start, heard: Input) -> None:
        program = self._chosen(start, lambda _: True)
        if program:
            self._begin_with(program, start, heard)

    def _start(self, heard: Input) -> None:
        """Begins a bot from outside, unless a person or another bot speaks here."""
        asked = heard.data
        active = self.bots.active[self.talk.account_id]
        program = next((one for one in active if one.bot_id == asked.get("bot_id")), None)
        start = Start.model_validate({name: asked[name] for name in _STARTED if name in asked})
        if program is None or triggered(program.flow, start) is None:
            return
        live = self.talk.live
        busy = live is not None and self.talk.owner == "bot" and not asked.get("interrupt")
        if self.talk.owner == "human" or busy:
            return
        if live:
            self._stop(live)
        self._begin_with(program, start, heard)

    def _begin_with(self, program: Program, start: Start, heard: Input) -> None:
        before = beginning(self.talk, start, heard.id)
        ran = begin(program, start, **self._around(heard.id))
        live = Live(new_id(), UUID(program.bot_id), int(program.version), ran.session)
        live.started_at = self.talk.now
        self.talk.live, self.talk.bot_id, self.talk.owner = live, live.bot_id, "bot"
        self._took(ran, heard, Heard("start", heard.id, heard.type is not None, "", before))

    def _give_back(self, heard: Input) -> None:
        live = self.talk.live
        if live is None or self.talk.owner != "bot":
            return
        if live.state.status == "waiting":
            self._go(Pause(), heard)
        self._go(Continue(), heard)

    def _silence(self) -> None:
        """A person speaks: the bot stays where it is, and time no longer counts."""
        live = self.talk.live
        if live and live.state.status == "waiting":
            live.hand_off = live.hand_off or "person"
            self._go(Pause(), None)

    # What time brings.

    def _due(self, now: datetime) -> None:
        live = self.talk.live
        if live is None or live.due_at is None or live.due_at > now:
            return
        if self.talk.owner == "human":
            self._silence()
            return
        if self.talk.owner == "nobody":
            self._stop(live)
            return
        wait = live.state.wait
        if wait and wait.kind == "reply" and wait.timeout_seconds and wait.due_at is None:
            self._count_from_sent(live)
            wait = live.state.wait
        if wait and wait.due_at and wait.due_at <= now:
            self._go(Timeout(token=wait.token), None)
        elif live.state.expires_at and live.state.expires_at <= now:
            self._go(Expiry(), None)
        else:
            self._keep(live)

    def _count_from_sent(self, live: Live) -> None:
        if live.state.wait and live.asked_status not in _UNSENT:
            at = live.asked_at or live.due_at or self.talk.now
            live.state = message_sent(live.state, live.state.wait.token, at)

    # The engine.

    def _go(self, going: Resume, heard: Input | None) -> None:
        live = self.talk.live
        if live is None:
            return
        program = self.bots.versions.get((str(live.bot_id), str(live.version)))
        if program is None:
            log.error("bot_version_missing", extra={"session_id": str(live.id)})
            self._stop(live)
            return
        chance = heard.id if heard else uuid4()
        turn = heard_of(going, chance, self.talk, live)
        ran = resume(program, live.state, going, **self._around(chance))
        self._took(ran, heard, turn)

    def _around(self, chance: UUID) -> dict[str, Any]:
        talk = self.talk
        return {
            "context": Context(
                contact=talk.contact,
                organization=talk.organization,
                conversation={"id": str(talk.id), **conversation_of(talk, chance)},
                timezone=talk.timezone,
                business_hours=_hours(talk.hours),
            ),
            "now": talk.now,
            "token": uuid4().hex,
            "seed": seed_of(chance),
            "others": self._others(),
        }

    def _others(self) -> Mapping[str, Program]:
        """The bots it can go to; those it is in, in the version it is in."""
        live = self.talk.live
        held = live.state.bots if live else []
        found = {
            bot: self.bots.versions[bot, v] for bot, v in held if (bot, v) in self.bots.versions
        }
        return {**self.bots.published[self.talk.organization_id], **found}

    def _took(self, ran: Ran, heard: Input | None, turn: Heard) -> None:
        """Keeps what came of a turn."""
        live = self.talk.live
        if live is None:
            return
        live.state = ran.session
        self.talk.remarks += ran.notes
        self.talk.steps += [(live.id, step) for step in ran.path]
        correlation = (heard and heard.correlation_id) or uuid4()
        spoken = len(self.talk.said)
        last = apply(self.talk, live.bot_id, ran.effects, correlation)
        live.left = left_by(self.talk)
        if turn.is_message or not ran.ignored:
            self.talk.turns.append(Turned(live.id, turn, self.talk.said[spoken:]))
        if not ran.ignored:
            live.asked_message_id, live.asked_status, live.asked_at = last, "queued", None
        self._keep(live)
        for effect in ran.effects:
            if isinstance(effect, HandOff):
                live.hand_off = live.hand_off or effect.reason
            elif isinstance(effect, CallApi | RunAgent):
                self.talk.calls.append(effect)

    def _keep(self, live: Live) -> None:
        live.due_at = self._next_due(live)
        self.talk.sessions[live.id] = live
        if live.state.status == "ended":
            self.talk.live = None
            if self.talk.owner == "bot":
                self.talk.owner = "nobody"

    def _next_due(self, live: Live) -> datetime | None:
        state = live.state
        if state.status != "waiting":
            return None
        due = state.wait.due_at if state.wait else None
        if due is None and state.wait and state.wait.timeout_seconds:
            # Not known to be sent yet: looked at when it would be time.
            asked_long_ago = live.due_at is not None and live.due_at <= self.talk.now
            wait = timedelta(seconds=state.wait.timeout_seconds)
            due = self.talk.now + (_ASK_AGAIN if asked_long_ago else wait)
        return min((at for at in (due, state.expires_at) if at), default=None)

    def _stop(self, live: Live) -> None:
        live.state = stop(live.state)
        self._keep(live)


def _hours(raw: dict[str, Any] | None) -> Hours | None:
    try:
        return Hours.read(raw) if raw else None
    except Invalid:
        return None
