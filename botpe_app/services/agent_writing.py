"""The agent beside the staff: edits and translates what they write, answers about a customer."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.claude.prompts import prompt
from botpe_app.core import moods
from botpe_app.core.grounding import leaks, unsupported
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Contact, Conversation
from botpe_app.services import agent_asking, ai_settings
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.agent_asking import About, Asked, Prepared
from botpe_app.services.agent_support import last_of, said_in

WISHES = ("correct", "friendly", "formal", "shorter", "translate")
_WRITE, _ASK = "write_v1", "ask_v1"
_LONGEST_QUESTION, _LONGEST_LANGUAGE = 500, 12


class Rewritten(BaseModel):
    """What Claude makes of a text."""

    text: str


class Told(BaseModel):
    """What Claude answers about a customer."""

    answer: str


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """A text as it was wished, or as it was where that could not be done. Nothing is sent."""

    text: str
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class ToldItem:
    """What is known about a customer, for the staff alone."""

    answer: str
    source: str  # local, claude
    run_id: str


def prepare(
    session: Session,
    actor: Actor,
    *,
    wish: str,
    text: str | None = None,
    language: str | None = None,
    conversation_id: str | None = None,
) -> Prepared[Rewritten]:
    """For a draft, or without `text` for what the conversation's customer wrote last.

    It is translated into `language`; unless that is given a draft into the customer's, and what
    they wrote into the organization's. Raises Forbidden, NotFound, Invalid naming the field.
    """
    actor.require(Permission.ANSWER)
    if wish not in WISHES:
        raise Invalid(f"It is one of {', '.join(WISHES)}.", field="wish")
    if len(language or "") > _LONGEST_LANGUAGE:
        raise Invalid("A language is a code such as en or pt_BR.", field="language")
    theirs = last_of(said_in(session, actor, conversation_id)) if conversation_id else ""
    draft = agent_asking.readable(text if text is not None else theirs)
    if wish == "translate" and not language:
        ours = organization_of(session, actor).language
        language = ours if text is None else moods.language(theirs) or ours
    data = {
        "text": draft,
        "wish": wish,
        "language": language or "",
        "tone": ai_settings.row_of(session, actor).tone,
    }
    return agent_asking.prepare(
        session,
        actor,
        agent="support",
        version=_WRITE,
        data=data,
        output=Rewritten,
        check=lambda written: _faults(draft, written),
        about=About(conversation_id),
    )


def finish(session: Session, actor: Actor, asked: Asked[Rewritten]) -> WrittenItem:
    """The text as it was wished, unless it says something else; with the run written down."""
    before, wish = asked.prepared.data["text"], asked.prepared.data["wish"]
    good = asked.output is not None and not _faults(before, asked.output)
    said = f"Did as wished: {wish}." if good else f"Left the text as it was; {wish} needs Claude."
    run_id = agent_asking.settle(session, actor, asked, said, used=good)
    if asked.output is None or not good:
        return WrittenItem(before, "local", run_id)
    return WrittenItem(asked.output.text.strip(), "claude", run_id)


def prepare_question(
    session: Session, actor: Actor, *, conversation_id: str, question: str
) -> Prepared[Told]:
    """For a question about a conversation's customer. Raises Forbidden, NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    row = get(session, actor, Conversation, conversation_id)
    question = question.strip()
    if not 1 <= len(question) <= _LONGEST_QUESTION:
        raise Invalid(f"A question of 1 to {_LONGEST_QUESTION} characters.", field="question")
    who = get(session, actor, Contact, row.contact_id)
    contact = {
        "name": who.name,
        "language": who.language or "",
        "tags": who.tags,
        "fields": who.custom_fields,
        "known_since": who.created_at.date().isoformat(),
    }
    conversation = said_in(session, actor, conversation_id)
    data = {"question": question, "contact": contact, "conversation": conversation}
    return agent_asking.prepare(
        session,
        actor,
        agent="support",
        version=_ASK,
        data=data,
        output=Told,
        about=About(conversation_id),
    )


def finish_question(session: Session, actor: Actor, asked: Asked[Told]) -> ToldItem:
    """Claude's answer, or what is known plainly; with the run written down."""
    answer = asked.output.answer.strip() if asked.output else ""
    good = bool(answer) and not leaks(answer, prompt(_ASK))
    said = "Answered a question about a customer." if good else "Told what is known of them."
    run_id = agent_asking.settle(session, actor, asked, said, used=good)
    if good:
        return ToldItem(answer, "claude", run_id)
    contact = asked.prepared.data["contact"]
    known = {"Language": contact["language"], "Tags": ", ".join(contact["tags"])}
    known |= {str(name): str(value) for name, value in contact["fields"].items()}
    facts = "; ".join(f"{name}: {value}" for name, value in known.items() if value)
    last = last_of(asked.prepared.data["conversation"])
    parts = (facts, f"They wrote last: “{last[:200]}”" if last else "")
    answer = ". ".join(part for part in parts if part) or "Nothing is known of them yet."
    return ToldItem(answer, "local", run_id)


def _faults(before: str, written: Rewritten) -> str:
    text = written.text.strip()
    if not 1 <= len(text) <= agent_asking.LONGEST:
        return f"it must have 1 to {agent_asking.LONGEST} characters"
    if leaks(text, prompt(_WRITE)):
        return "it repeats its instructions"
    added = unsupported(text, [before])
    return f"it adds {', '.join(added[:5])}" if added else ""
