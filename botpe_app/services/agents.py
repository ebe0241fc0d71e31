"""What a text means: told by our own classifier, by Claude where that is not sure, or by asking.

Each run is written down and explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude.prompts import prompt
from botpe_app.core import custom_entities, moods
from botpe_app.core.entities import Entity, entities
from botpe_app.core.grounding import leaks, unsupported
from botpe_app.core.intents import OUT_OF_SCOPE, Guess
from botpe_app.core.permissions import Permission
from botpe_app.services import agent_asking, intents
from botpe_app.services.access import Actor
from botpe_app.services.agent_asking import Asked, Prepared
from botpe_app.services.intents import IntentItem

SURE = 0.6  # from here on our own classifier needs nobody
_VERSION = "intent_v1"
_MOST_SHOWN, _LONGEST_QUESTION = 5, 300
_DO_YOU_MEAN = {
    "de": "Meinen Sie {}?", "en": "Do you mean {}?", "es": "¿Se refiere a {}?",
    "fr": "Voulez-vous dire {} ?", "hi": "क्या आपका मतलब {} है?", "it": "Intende {}?",
    "pt": "Quer dizer {}?",
}  # fmt: skip
_OR = {"de": "oder", "es": "o", "fr": "ou", "hi": "या", "it": "o", "pt": "ou"}


class Meant(BaseModel):
    """What Claude takes a text to mean."""

    intent: str
    confidence: float
    question: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a customer's text means. `intent` is None where it means none of ours.

    `question` is what to ask the customer where that is not clear, None where it is.
    """

    intent: str | None
    confidence: float
    candidates: list[tuple[str, float]]
    entities: list[Entity]
    sentiment: str  # positive, neutral, negative
    urgency: str  # low, medium, high
    language: str | None
    question: str | None
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    text: str
    intents: list[IntentItem]
    guess: Guess | None


def prepare(session: Session, actor: Actor, text: str) -> Prepared[Meant]:
    """For a text. Asks nobody where our own classifier is sure.

    Raises Forbidden, Invalid naming `text`, Unlearnt where the phrases are not learnt yet.
    """
    actor.require(Permission.ANSWER)
    text = agent_asking.readable(text)
    known = intents.list_intents(session, actor)
    classifier = intents.classifier(session, actor)
    guess = classifier.guess(text) if classifier else None
    data: dict[str, Any] = {
        "text": text,
        "intents": [
            {
                "name": one.name,
                "description": one.description,
                "phrases": one.phrases[:_MOST_SHOWN],
            }
            for one in known
        ],
    }
    return agent_asking.prepare(
        session,
        actor,
        agent="intent",
        version=_VERSION,
        data=data,
        output=Meant,
        kept=_Known(text, known, guess),
        needless=_needless(guess),
    )


def finish(session: Session, actor: Actor, asked: Asked[Meant]) -> Understood:
    """What it means, with the run written down."""
    known: _Known = asked.prepared.kept
    text = known.text
    language = moods.language(text)
    if asked.output is None:
        intent, confidence, question = _by_ourselves(known, language)
        said = "" if _needless(known.guess) else _why(known.guess)
    else:
        intent, confidence, question = _from_claude(known, asked.output)
        said = f"Claude takes it to mean {intent or 'none of the intents'}."
    return Understood(
        intent,
        confidence,
        list(known.guess.ranked) if known.guess else [],
        _named(known),
        moods.sentiment(text),
        moods.urgency(text),
        language,
        question,
        "local" if asked.output is None else "claude",
        agent_asking.settle(session, actor, asked, said),
    )


def _needless(guess: Guess | None) -> str:
    """Why Claude need not be asked, "" if it should be."""
    sure = guess and guess.intent != OUT_OF_SCOPE and guess.confidence >= SURE
    return _why(guess) if guess is None or sure else ""


def _why(guess: Guess | None) -> str:
    if guess is None:
        return "There are no intents with phrases yet, so none could be told."
    if guess.intent == OUT_OF_SCOPE:
        return f"It resembles no intent's phrases enough; the nearest was {guess.ranked[0][0]}."
    return f"The phrases of {guess.intent} resemble it most ({guess.confidence:.0%} sure)."


def _by_ourselves(known: _Known, language: str | None) -> tuple[str | None, float, str | None]:
    guess = known.guess
    if guess is None:
        return None, 0.0, None
    intent = None if guess.intent == OUT_OF_SCOPE else guess.intent
    if _needless(guess):
        return intent, guess.confidence, None
    names = [name for name, likely in guess.ranked[:2] if name != OUT_OF_SCOPE and likely >= 0.2]
    if not names:
        return intent, guess.confidence, None
    ways = f" {_OR.get(language or '', 'or')} ".join(f"“{name}”" for name in names)
    asking = _DO_YOU_MEAN.get(language or "", _DO_YOU_MEAN["en"]).format(ways)
    return intent, guess.confidence, asking


def _from_claude(known: _Known, meant: Meant) -> tuple[str | None, float, str | None]:
    """Only an intent there is, and only a question that says nothing else."""
    names = {one.name.casefold(): one.name for one in known.intents}
    intent = names.get(meant.intent.strip().casefold())
    confidence = min(1.0, max(0.0, meant.confidence))
    asking = meant.question.strip()
    fit = 1 <= len(asking) <= _LONGEST_QUESTION and not leaks(asking, prompt(_VERSION))
    question = asking if fit and not unsupported(asking, [known.text]) else None
    return intent, confidence, question


def _named(known: _Known) -> list[Entity]:
    """What the text names: the organization's own things before those everybody has."""
    own = custom_entities.terms(entity for one in known.intents for entity in one.entities)
    found = custom_entities.find(known.text, own)
    usual = [
        one
        for one in entities(known.text)
        if all(one.end <= other.start or one.start >= other.end for other in found)
    ]
    return sorted([*found, *usual], key=lambda entity: entity.start)
