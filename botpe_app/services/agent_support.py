"""The agent beside the staff: what to answer next, and what a conversation was about."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel
from pydantic_core import from_json
from sqlmodel import Session, col, select

from botpe_app.claude.prompts import prompt
from botpe_app.core import moods
from botpe_app.core.conditions.values import items, mapping
from botpe_app.core.grounding import leaks
from botpe_app.core.intents import OUT_OF_SCOPE, learn
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Message
from botpe_app.services import agent_asking, ai_settings, canned_replies, inbox
from botpe_app.services.access import Actor, get
from botpe_app.services.agent_asking import About, Asked, Prepared

_VERSION = "support_v1"
_LONGEST, _MOST_MESSAGES, _MOST_CANNED, _MOST_SUGGESTIONS = 4096, 30, 50, 3


class Help(BaseModel):
    """What Claude gives the staff."""

    suggestions: list[str]
    summary: str


@dataclass(frozen=True, slots=True)
class SupportItem:
    """Replies to choose from, best first, and a summary. Nothing is sent."""

    suggestions: list[str]
    summary: str
    sentiment: str
    urgency: str
    source: str  # local, claude
    run_id: str


def prepare(
    session: Session, actor: Actor, conversation_id: str | None, text: str | None
) -> Prepared[Help]:
    """For a conversation, or a customer's text alone. Raises Forbidden, NotFound, Invalid."""
    actor.require(Permission.ANSWER)
    if conversation_id is not None:
        said = said_in(session, actor, conversation_id)
        talk = inbox.get_conversation(session, actor, conversation_id)
        replies = [reply.text for reply in canned_replies.filled_for(session, actor, talk)]
    elif text is not None and 1 <= len(text.strip()) <= _LONGEST:
        said = [{"who": "customer", "text": text.strip()}]
        replies = [reply.text for reply in canned_replies.list_replies(session, actor)]
    else:
        message = f"A conversation_id, or a text of 1 to {_LONGEST} characters."
        raise Invalid(message, field="text")
    canned = replies[:_MOST_CANNED]
    tone = ai_settings.row_of(session, actor).tone
    data = {"conversation": said, "canned": canned, "tone": tone}
    return agent_asking.prepare(
        session,
        actor,
        agent="support",
        version=_VERSION,
        data=data,
        output=Help,
        about=About(conversation_id),
    )


def finish(session: Session, actor: Actor, asked: Asked[Help]) -> SupportItem:
    """Claude's help if there is some, else the canned replies that come closest."""
    said: list[dict[str, str]] = asked.prepared.data["conversation"]
    last = last_of(said)
    if asked.output is None:
        suggestions = _nearest(asked.prepared.data["canned"], last)
        summary = _summary(said, last)
        why = f"Chose {len(suggestions)} of the canned replies."
    else:
        shown = [text for text in asked.output.suggestions if _is_fit(text)]
        suggestions = shown[:_MOST_SUGGESTIONS]
        summary = asked.output.summary if _is_fit(asked.output.summary) else _summary(said, last)
        why = f"Suggested {len(suggestions)} replies from {len(said)} messages."
    return SupportItem(
        suggestions,
        summary,
        moods.sentiment(last),
        moods.urgency(last),
        "claude" if asked.output else "local",
        agent_asking.settle(session, actor, asked, why),
    )


def so_far(said: str) -> list[str]:
    """The suggestions in an answer that is still being written; nobody has checked it whole."""
    try:
        read: object = from_json(said, allow_partial="trailing-strings")
    except ValueError:
        return []
    told = [one for one in items(mapping(read).get("suggestions")) if isinstance(one, str)]
    return [text for text in told if _is_fit(text)][:_MOST_SUGGESTIONS]


def said_in(session: Session, actor: Actor, conversation_id: str) -> list[dict[str, str]]:
    """What was said last in a conversation, oldest first: {"who": customer or us, "text"}."""
    row = get(session, actor, Conversation, conversation_id)
    newest = select(Message).where(
        Message.organization_id == actor.organization_id, Message.conversation_id == row.id
    )
    rows = session.exec(newest.order_by(col(Message.id).desc()).limit(_MOST_MESSAGES)).all()
    return [
        {"who": "customer" if one.direction == "incoming" else "us", "text": one.text[:_LONGEST]}
        for one in reversed(rows)
        if one.text
    ]


def last_of(said: list[dict[str, str]]) -> str:
    """The customer's last words, "" before there are any."""
    theirs = (one["text"] for one in reversed(said) if one["who"] == "customer")
    return next(theirs, "")


def _is_fit(text: str) -> bool:
    """Whether there is something in it, and it does not repeat the instructions."""
    return bool(text.strip()) and not leaks(text, prompt(_VERSION))


def _nearest(canned: list[str], text: str) -> list[str]:
    """The canned replies that share most with the text; none if nothing is shared."""
    if not canned or not text:
        return canned[:3]
    guess = learn([(reply, str(n)) for n, reply in enumerate(canned)]).guess(text)
    return [canned[int(name)] for name, _ in guess.ranked if name != OUT_OF_SCOPE]


def _summary(said: list[dict[str, str]], last: str) -> str:
    if not last:
        return "The customer has not written anything yet."
    theirs = sum(one["who"] == "customer" for one in said)
    short = last if len(last) <= 200 else f"{last[:199]}…"
    return f"{theirs} of {len(said)} messages are the customer's. Their last: “{short}”"
