"""The agent that answers customers from the organization's knowledge, or hands off.

Whatever wrote the reply, it goes out only if its citations are true and it promises nothing that
the cited passages do not say. The action stands beside the reply: nobody has to guess it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude.prompts import prompt
from botpe_app.core import moods
from botpe_app.core.grounding import hand_off_words, leaks, quotes, unsupported, wants_person
from botpe_app.core.permissions import Permission
from botpe_app.models import Contact, Conversation
from botpe_app.models.agent import NO_BOT
from botpe_app.services import agent_asking, ai_settings
from botpe_app.services.access import Actor, get
from botpe_app.services.agent_asking import USUAL, About, Asked, Effort, Prepared
from botpe_app.services.agent_runs import ToolCall
from botpe_app.services.agent_support import last_of, said_in
from botpe_app.services.knowledge_search import Found, search

_VERSION = "response_v1"
_LONGEST_REPLY = 1500
_MOST_SAID = 12
_SURE = 0.5  # of a question's words by weight, for a passage to answer it unaided
_WORDS_OF_A_LANGUAGE = (4, 8)  # as many as it takes to tell that of a question and of a reply


class Cited(BaseModel):
    """Words of a passage."""

    passage: int
    quote: str


class Answered(BaseModel):
    """What Claude answers."""

    action: Literal["reply", "ask", "hand_off"]
    reply: str
    citations: list[Cited]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where it is said."""

    item_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ResponseItem:
    """What to tell the customer, and what to do: reply, ask (a question back), hand_off."""

    reply: str
    action: str
    citations: list[Citation]
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    question: str
    passages: list[Found]


def prepare(
    session: Session,
    actor: Actor,
    text: str | None,
    conversation_id: str | None = None,
    *,
    instructions: str = "",
    use_knowledge: bool = True,
    effort: Effort = USUAL,
    bot_id: UUID = NO_BOT,
) -> Prepared[Answered]:
    """For a customer's text, a conversation's last one unless it is given; maybe for a bot.

    Where `use_knowledge` is False, what `instructions` say is all that may be said.

    Raises Forbidden, NotFound, Invalid naming `text`.
    """
    actor.require(Permission.ANSWER)
    said, name = _conversation(session, actor, conversation_id)
    question = agent_asking.readable(text if text is not None else last_of(said))
    if use_knowledge:
        passages = search(session, actor, question)
    else:
        passages = [Found("", "", "", instructions, 0.0)] if instructions.strip() else []
    data: dict[str, Any] = {
        "question": question,
        "conversation": said[-_MOST_SAID:],
        "passages": [
            {"passage": number, "title": one.title, "text": one.text}
            for number, one in enumerate(passages, 1)
        ],
        "customer": name,
        "tone": ai_settings.row_of(session, actor).tone,
        "instructions": instructions if use_knowledge else "",
    }
    needless = "" if passages else "There is no knowledge to answer from."
    if wants_person(question):
        needless = "The customer asks for a person."
    return agent_asking.prepare(
        session,
        actor,
        agent="response",
        version=_VERSION,
        data=data,
        output=Answered,
        kept=_Known(question, passages),
        needless=needless,
        effort=effort,
        about=About(conversation_id, bot_id),
    )


def finish(session: Session, actor: Actor, asked: Asked[Answered]) -> ResponseItem:
    """The reply if it holds what it says, else a hand-off; with the run written down."""
    known: _Known = asked.prepared.kept
    if asked.output is None:
        reply, action, citations, said = _by_ourselves(known)
    else:
        reply, action, citations, said = _checked(known, asked.output)
    source = "local" if asked.output is None else "claude"
    tools = [ToolCall("search_knowledge", f"{len(known.passages)} passages")]
    if action == "hand_off":
        tools.append(ToolCall("hand_off", "a person is called"))
    run_id = agent_asking.settle(session, actor, asked, said, tools=tools)
    return ResponseItem(reply, action, citations, source, run_id)


_Decided = tuple[str, str, list[Citation], str]


def _by_ourselves(known: _Known) -> _Decided:
    best = known.passages[0] if known.passages else None
    if wants_person(known.question) or best is None or best.share < _SURE:
        return _handed_off(known, "Handed over.")
    cited = [Citation(best.item_id, best.title, best.text)]
    said = f"Gave the passage of “{best.title}” that holds {best.share:.0%} of the question."
    return best.text, "reply", cited, said


def _checked(known: _Known, answer: Answered) -> _Decided:
    reply = answer.reply.strip()
    used = [one for one in answer.citations if _is_true(known, one)]
    sources = [known.passages[one.passage - 1] for one in used]
    wrong = _wrong(known, reply, sources)
    if answer.action == "hand_off":
        decided = _handed_off(known, "Claude proposed a person.")
        return decided if wrong or sources else (reply, *decided[1:])
    if answer.action == "reply" and not sources:
        wrong = wrong or "it cites no passage that says so"
    if wrong:
        return _handed_off(known, f"Claude's reply was not used: {wrong}.")
    cited = [
        Citation(source.item_id, source.title, one.quote)
        for one, source in zip(used, sources, strict=True)
    ]
    return reply, answer.action, cited, f"Answered from {len(cited)} passages."


def _is_true(known: _Known, cited: Cited) -> bool:
    there = 1 <= cited.passage <= len(known.passages)
    return there and quotes(cited.quote, known.passages[cited.passage - 1].text)


def _wrong(known: _Known, reply: str, sources: list[Found]) -> str:
    """Why this cannot be said to the customer, "" if it can."""
    if not 1 <= len(reply) <= _LONGEST_REPLY:
        return "it is empty or too long"
    if leaks(reply, prompt(_VERSION)):
        return "it repeats its instructions"
    if _leaves_language(known.question, reply):
        return "it is in another language than the question"
    made_up = unsupported(reply, [f"{one.title}\n{one.text}" for one in sources])
    return f"no cited passage says {', '.join(made_up[:5])}" if made_up else ""


def _leaves_language(question: str, reply: str) -> bool:
    asked, answered = moods.language(question), moods.language(reply)
    enough = all(
        len(text.split()) >= least
        for text, least in zip((question, reply), _WORDS_OF_A_LANGUAGE, strict=True)
    )
    return enough and None not in (asked, answered) and asked != answered


def _handed_off(known: _Known, why: str) -> _Decided:
    return hand_off_words(moods.language(known.question)), "hand_off", [], why


def _conversation(
    session: Session, actor: Actor, conversation_id: str | None
) -> tuple[list[dict[str, str]], str]:
    if conversation_id is None:
        return [], ""
    row = get(session, actor, Conversation, conversation_id)
    name = get(session, actor, Contact, row.contact_id).name
    return said_in(session, actor, conversation_id), name
