"""The agents: what they make of a text. Each run is written down and explained."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlmodel import Session

from botpe_app.core import moods
from botpe_app.core.entities import Entity, entities
from botpe_app.core.intents import OUT_OF_SCOPE, Guess
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import AgentLog
from botpe_app.services import agent_runs, intents
from botpe_app.services.access import Actor

LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Understood:
    """What a customer's text means. `intent` is None where it means none of ours."""

    intent: str | None
    confidence: float
    candidates: list[tuple[str, float]]
    entities: list[Entity]
    sentiment: str  # positive, neutral, negative
    urgency: str  # low, medium, high
    language: str | None
    source: str  # local, claude
    run_id: str


def understand(session: Session, actor: Actor, text: str) -> Understood:
    """What a text means, told without leaving this process.

    Raises Forbidden, Invalid naming `text`.
    """
    actor.require(Permission.ANSWER)
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise Invalid(f"A text of 1 to {LONGEST} characters is needed.", field="text")
    began = time.perf_counter()
    known = intents.classifier(session, actor)
    guess = known.guess(text) if known else None
    found = entities(text)
    feeling = moods.sentiment(text), moods.urgency(text), moods.language(text)
    taken = round(1000 * (time.perf_counter() - began))
    run = AgentLog(
        organization_id=actor.organization_id,
        agent="intent",
        source="local",
        latency_ms=taken,
        success=True,
        explanation=_why(guess),
    )
    agent_runs.record(session, actor, run)
    intent = guess.intent if guess and guess.intent != OUT_OF_SCOPE else None
    return Understood(
        intent,
        guess.confidence if guess else 0.0,
        list(guess.ranked) if guess else [],
        found,
        *feeling,
        source="local",
        run_id=str(run.id),
    )


def _why(guess: Guess | None) -> str:
    if guess is None:
        return "There are no intents with phrases yet, so none could be told."
    if guess.intent == OUT_OF_SCOPE:
        return f"It resembles no intent's phrases enough; the nearest was {guess.ranked[0][0]}."
    return f"The phrases of {guess.intent} resemble it most ({guess.confidence:.0%} sure)."
