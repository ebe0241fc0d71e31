"""Conversations that a bot has to pass, played by the engine that answers customers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from botpe_app.core.engine import Context, Program
from botpe_app.core.engine.rehearsal import Rehearsal
from botpe_app.core.flow import Problem, parse_draft
from botpe_app.errors import Invalid
from botpe_app.models.base import utc_now
from botpe_app.services.bot_context import NOBODY
from botpe_app.services.bot_simulation import told

Json = dict[str, Any]
_MOST_SAID = 30


class Dialogue(BaseModel):
    """What a customer says, and words that must stand in one of the bot's messages."""

    name: str = ""
    says: list[str]
    expects: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """How a dialogue went. `problem` says why it did not pass, "" if it did."""

    name: str
    inputs: list[Json]
    expects: str
    transcript: list[Json]
    problem: str

    @property
    def passed(self) -> bool:
        """Whether the bot said what was expected."""
        return not self.problem


def play(flow: Json, dialogue: Dialogue) -> Played:
    """The dialogue with a bot that nobody else is beside. Never raises, whatever is said."""
    inputs: list[Json] = [{"text": text} for text in dialogue.says[:_MOST_SAID]]
    rehearsal = Rehearsal(
        Program(parse_draft(flow), "draft", "draft"),
        Context(contact=NOBODY, organization={"name": "", "variables": {}}),
        utc_now(),
    )
    try:
        rehearsal.play(inputs)
        problem = ""
    except Invalid as error:
        problem = error.message
    transcript = [told(line) for line in rehearsal.lines]
    answers = [line for line in transcript if line["from"] == "bot"]
    if not answers:
        problem = problem or "the bot does not answer"
    said = json.dumps([line["content"] for line in answers], ensure_ascii=False).casefold()
    if (
        dialogue.expects
        and json.dumps(dialogue.expects, ensure_ascii=False)[1:-1].casefold() not in said
    ):
        problem = problem or f"no message of the bot holds “{dialogue.expects[:100]}”"
    return Played(dialogue.name, inputs, dialogue.expects, transcript, problem)


def failures(played: Sequence[Played]) -> list[Problem]:
    """A warning for each dialogue that did not pass."""
    return [
        Problem(
            None, f"dialogues[{place}]", "warning", f"In “{one.name}” {one.problem}.", "dialogue"
        )
        for place, one in enumerate(played)
        if one.problem
    ]
