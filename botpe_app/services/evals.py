"""Golden cases for each agent, put to whichever model is configured, or to our own best.

All of it happens in an organization that is never kept: the transaction is undone, with the runs
in it. Only here a transaction stays open while Claude is asked; nobody else waits for its rows.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from botpe_app import db
from botpe_app.core.grounding import unsupported
from botpe_app.models import Organization
from botpe_app.models.base import new_id
from botpe_app.services import (
    agent_asking,
    agent_builder,
    agent_response,
    agent_support,
    agent_templates,
    agents,
    canned_replies,
    intents,
    knowledge,
)
from botpe_app.services.access import Actor

Json = dict[str, Any]
_FILE = Path(__file__).parent / "golden" / "cases.json"
BASELINE = Path(__file__).parent / "golden" / "baseline.json"  # scores that hold everywhere
AGENTS = ("intent", "response", "template", "bot-builder", "support")


@dataclass(frozen=True, slots=True)
class Result:
    """How a case went. `by` names the prompt's version and the model, or says local."""

    agent: str
    text: str
    by: str
    problem: str  # "" if it passed


def run(agent: str | None = None) -> Iterator[Result]:
    """Every case, of one agent if it is named, one after another."""
    golden: Json = json.loads(_FILE.read_text("utf-8"))
    with Session(db.engine(), expire_on_commit=False) as session:
        actor = _somebody(session, golden)
        for case in golden["cases"]:
            if agent in (None, case["agent"]):
                yield _tried(session, actor, case, golden)
        session.rollback()


def scores(results: list[Result]) -> dict[str, float]:
    """The share that passed, by agent and by what answered."""
    held: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        held[f"{result.agent} {result.by}"].append(not result.problem)
    return {name: round(sum(passed) / len(passed), 4) for name, passed in sorted(held.items())}


def best(*scores: dict[str, float]) -> dict[str, float]:
    """The best of each score."""
    found: dict[str, float] = {}
    for name, score in (one for held in scores for one in held.items()):
        found[name] = max(score, found.get(name, 0.0))
    return dict(sorted(found.items()))


def worse(now: dict[str, float], before: dict[str, float]) -> list[str]:
    """Where an agent does worse than any version of its prompt did before with this model."""
    found: list[str] = []
    for name, score in now.items():
        agent, model = name.split(" ")[0], name.split(" ")[-1]
        best = max(
            (
                old
                for other, old in before.items()
                if other.split(" ")[0] == agent and other.split(" ")[-1] == model
            ),
            default=0.0,
        )
        if score < best:
            found.append(f"{name}: {score:.0%}, was {best:.0%}")
    return found


def _somebody(session: Session, golden: Json) -> Actor:
    """The admin of an organization with what the cases need."""
    db.act_as_system(session)
    row = Organization(name="Evals", slug=f"evals-{new_id()}")
    session.add(row)
    session.flush()
    db.act_for(session, row.id)
    actor = Actor(row.id, None, "ADMIN", "Evals")
    for document in golden["knowledge"]:
        knowledge.create_item(session, actor, **document)
    for intent in golden["intents"]:
        intents.create_intent(session, actor, **intent)
    for place, text in enumerate(golden["canned"]):
        canned_replies.create_reply(session, actor, shortcut=f"c{place}", text=text)
    return actor


def _tried(session: Session, actor: Actor, case: Json, golden: Json) -> Result:
    prepare, finish, judge = _AGENTS[case["agent"]]
    try:
        prepared = prepare(session, actor, case["text"])
    except intents.Unlearnt as phrases:
        phrases.learn()
        prepared = prepare(session, actor, case["text"])
    asked = agent_asking.ask(prepared)
    told = finish(session, actor, asked)
    model = asked.answer.model if asked.answer and told.source == "claude" else ""
    by = f"{prepared.prompt} {model}" if model else "local"
    problem = judge(case, told, golden)
    if asked.answer and told.source == "local":
        problem = problem or f"Claude's answer was no good: {asked.why}"
    return Result(case["agent"], case["text"], by, problem)


def _intent(case: Json, told: agents.Understood, golden: Json) -> str:
    return "" if told.intent == case["intent"] else f"took it for {told.intent}"


def _response(case: Json, told: agent_response.ResponseItem, golden: Json) -> str:
    if told.action != case["action"]:
        return f"{told.action} instead of {case['action']}"
    missing = [words for words in case.get("says", ()) if words not in told.reply]
    if missing:
        return f"does not say {missing[0]}"
    titles = [one.title for one in told.citations]
    if case.get("cites") and case["cites"] not in titles:
        return f"cites {titles}"
    made_up = unsupported(told.reply, [one["text"] for one in golden["knowledge"]])
    return f"made up {made_up[0]}" if made_up else ""


def _template(case: Json, told: agent_templates.TemplateDraft, golden: Json) -> str:
    errors = [one.message for one in told.problems if one.severity == "error"]
    if errors:
        return errors[0]
    category = told.template["category"]
    return "" if category == case["category"] else f"is {category}"


def _bot(case: Json, told: agent_builder.BuiltBot, golden: Json) -> str:
    return next((one.message for one in told.problems if one.severity == "error"), "") or next(
        (one.problem for one in told.dialogues if not one.passed), ""
    )


def _support(case: Json, told: agent_support.SupportItem, golden: Json) -> str:
    if not told.suggestions or not told.summary:
        return "suggests nothing"
    known = [*golden["canned"], case["text"]]
    made_up = [one for text in told.suggestions for one in unsupported(text, known)]
    return f"made up {made_up[0]}" if made_up else ""


def _prepare_bot(session: Session, actor: Actor, text: str) -> agent_asking.Prepared[Any]:
    return agent_builder.prepare(session, actor, description=text)


def _prepare_support(session: Session, actor: Actor, text: str) -> agent_asking.Prepared[Any]:
    return agent_support.prepare(session, actor, None, text)


_Three = tuple[Callable[..., Any], Callable[..., Any], Callable[[Json, Any, Json], str]]
_AGENTS: dict[str, _Three] = {
    "intent": (agents.prepare, agents.finish, _intent),
    "response": (agent_response.prepare, agent_response.finish, _response),
    "template": (agent_templates.prepare, agent_templates.finish, _template),
    "bot-builder": (_prepare_bot, agent_builder.finish, _bot),
    "support": (_prepare_support, agent_support.finish, _support),
}
