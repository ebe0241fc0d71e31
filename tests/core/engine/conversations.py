"""Plays the conversations in cases/*.json: the engine's specification.

A case has a `flow` (or `flows` by bot id, of which "main" is begun), a `context`, and `turns`: what
comes in (`begin`, `resume`, or in short `say`, `press`, `sent`) and what must come of it
(`expect`). Between turns the session goes through JSON. After a change that is meant,
`uv run python -m tests.core.engine.conversations` writes the outcomes anew; read the diff.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botpe_app.core.conditions import Hours
from botpe_app.core.engine import (
    Button,
    Context,
    Program,
    Ran,
    Reply,
    Session,
    Start,
    begin,
    message_sent,
    read_resume,
    resume,
    to_json,
)
from botpe_app.core.flow import parse

CASES = Path(__file__).parent / "cases"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


class Conversation:
    """A case being played."""

    def __init__(self, case: dict[str, Any]) -> None:
        flows = case.get("flows") or {"main": case["flow"]}
        self.programs = {bot: Program(parse(flow), bot, "1") for bot, flow in flows.items()}
        given = dict(case.get("context", {}))
        if "business_hours" in given:
            given["business_hours"] = Hours.read(given["business_hours"])
        self.context = Context(**given)
        self.seed: int = case.get("seed", 0)
        self.now, self.turns = NOON, 0
        self.session = Session()

    def play(self, turn: dict[str, Any]) -> dict[str, Any]:
        """What comes of one turn, as JSON."""
        self.turns += 1
        self.now += timedelta(seconds=turn.get("after", 60))
        if "sent" in turn:
            self.session = self._reloaded(message_sent(self.session, turn["sent"], self.now))
            return _session(self.session)
        ran = self._run(turn)
        self.session = self._reloaded(ran.session)
        return outcome(ran)

    def _run(self, turn: dict[str, Any]) -> Ran:
        around: dict[str, Any] = {
            "context": self.context,
            "now": self.now,
            "token": f"token-{self.turns}",
            "seed": self.seed,
            "others": {bot: one for bot, one in self.programs.items() if bot != "main"},
        }
        main = self.programs["main"]
        if "begin" in turn:
            return begin(main, Start.model_validate(turn["begin"]), **around)
        if self.turns == 1:
            return begin(main, Start(said=_said(turn)), **around)
        going = read_resume(turn["resume"]) if "resume" in turn else _said(turn)
        return resume(main, self.session, going, **around)

    @staticmethod
    def _reloaded(session: Session) -> Session:
        return Session.read(json.dumps(session.to_json()))


def _said(turn: dict[str, Any]) -> Reply | Button:
    if "press" in turn:
        return Button(id=turn["press"], title=turn.get("title", ""))
    return Reply(text=turn["say"], message_id="wamid.1")


def outcome(ran: Ran) -> dict[str, Any]:
    """What a case expects of a turn: effects, the way taken, notes, and where the session is."""
    told: dict[str, Any] = {
        "effects": [_without_defaults(effect) for effect in ran.effects],
        "path": [f"{step.node_id}:{step.handle or '.'}" for step in ran.path],
        **_session(ran.session),
    }
    if ran.notes:
        told["notes"] = [f"{note.kind} {note.node_id}".strip() for note in ran.notes]
    return {**told, "ignored": True} if ran.ignored else told


def _without_defaults(effect: Any) -> dict[str, Any]:
    defaults = {field.name: field.default for field in fields(effect)}
    return json.loads(
        json.dumps({k: v for k, v in to_json(effect).items() if v != defaults.get(k, ...)})
    )


def _session(session: Session) -> dict[str, Any]:
    held = session.to_json()
    kept = ("ending", "wait", "held", "variables", "tries", "fallbacks", "expires_at")
    bots = [f"{frame.bot_id}@{frame.node_id}" for frame in session.frames]
    shown = {name: held[name] for name in kept if name in held}
    return {"status": session.status, "at": bots, **shown}


def _rewrite() -> None:
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text())
        conversation = Conversation(case)
        for turn in case["turns"]:
            turn["expect"] = conversation.play(turn)
        path.write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _rewrite()
