"""Which trigger of a flow something sets off, and which flows would answer the same."""

from __future__ import annotations

from collections.abc import Iterable

from botpe_app.core.conditions.patterns import compiled
from botpe_app.core.conditions.values import lower
from botpe_app.core.conditions.words import words
from botpe_app.core.engine.resumes import Button, Reply, Start, said_text
from botpe_app.core.flow.schema import (
    AnyMessage,
    ButtonPress,
    Flow,
    Keyword,
    Referral,
    Schedule,
    TagAdded,
    TemplateReply,
    Trigger,
)

# The narrower a trigger, the earlier: of several that fit the first here answers.
_EXACT, _BUTTON, _REGEX, _PHRASE, _TEMPLATE, _REFERRAL, _OTHER, _ANY = range(8)
_RANKS = {"exact": _EXACT, "regex": _REGEX, "starts_with": _PHRASE, "contains": _PHRASE}


def triggered(flow: Flow, start: Start) -> tuple[int, Trigger] | None:
    """(rank, trigger) of the flow's narrowest trigger that `start` sets off, None if none does.

    Of several flows the one with the lowest rank answers; `any_message` ranks last.
    """
    if start.trigger_id:
        named = (trigger for trigger in flow.triggers if trigger.id == start.trigger_id)
        return next(((_EXACT, trigger) for trigger in named), None)
    fitting = [(rank(one), place) for place, one in enumerate(flow.triggers) if _fits(one, start)]
    if not fitting:
        return None
    best, place = min(fitting)
    return best, flow.triggers[place]


def rank(trigger: Trigger) -> int:
    """How narrow a trigger is: 0 is an exact keyword, 7 any message."""
    if isinstance(trigger, Keyword):
        return _RANKS[trigger.match]
    kinds: dict[type, int] = {
        ButtonPress: _BUTTON,
        TemplateReply: _TEMPLATE,
        Referral: _REFERRAL,
        AnyMessage: _ANY,
    }
    return kinds.get(type(trigger), _OTHER)


def _fits(trigger: Trigger, start: Start) -> bool:
    said = start.said
    match trigger:
        case Keyword():
            return isinstance(said, Reply | Button) and says_keyword(trigger, said_text(said))
        case ButtonPress():
            return isinstance(said, Button) and said.id in trigger.payloads
        case Referral():
            return _referred(trigger, start)
        case TemplateReply():
            return start.type == "template_reply" and _among(start.template, trigger.templates)
        case AnyMessage():
            return start.type in ("message", "template_reply")
        case TagAdded():
            return start.type == "tag" and _among(start.tag, trigger.tags)
        case _:
            return start.type == trigger.type


def _referred(trigger: Referral, start: Start) -> bool:
    source = str(start.referral.get("source_id", ""))
    return bool(start.referral) and _among(source, trigger.source_ids)


def _among(value: str, accepted: Iterable[str]) -> bool:
    """Whether a value is accepted, in any case; where nothing is named, everything is."""
    listed = [lower(one) for one in accepted]
    return not listed or lower(value) in listed


def says_keyword(trigger: Keyword, text: str) -> bool:
    """Whether a text holds one of the trigger's keywords in the way it asks for."""
    return any(_says(trigger.match, keyword, text) for keyword in trigger.keywords)


def _says(match: str, keyword: str, text: str) -> bool:
    if match == "regex":
        try:
            return compiled("(?i)" + keyword).search(text) is not None
        except ValueError:
            return False
    return says(keyword, text, match)


def says(keyword: str, text: str, match: str = "exact") -> bool:
    """Whether the text is the keyword, starts with it or contains it, word by word, in any case.

    A keyword without words (`?`) has to be the whole text.
    """
    wanted, said = words(lower(keyword)), words(lower(text))
    if not wanted:
        return keyword.strip() == text.strip()
    if match == "exact":
        return said == wanted
    places = range(1 if match == "starts_with" else max(0, len(said) - len(wanted) + 1))
    return any(said[at : at + len(wanted)] == wanted for at in places)


def claims(flow: Flow) -> set[str]:
    """What the flow answers, a line each: two active flows of one number must share none."""
    return {claim for trigger in flow.triggers for claim in _claims(trigger)}


def _claims(trigger: Trigger) -> list[str]:
    match trigger:
        case Keyword():
            forms = (" ".join(words(lower(word))) or word.strip() for word in trigger.keywords)
            kept = trigger.keywords if trigger.match == "regex" else forms
            return [f"keyword {trigger.match} {word}" for word in kept]
        case ButtonPress():
            return [f"button {payload}" for payload in trigger.payloads]
        case Referral():
            return [f"referral {source}" for source in trigger.source_ids or ("any",)]
        case TemplateReply():
            return [f"template_reply {name}" for name in trigger.templates or ("any",)]
        case TagAdded():
            return [f"tag {lower(tag)}" for tag in trigger.tags]
        case Schedule():
            return []  # several bots may write to people of their own accord
        case _:
            return [trigger.type] if isinstance(trigger, AnyMessage) else []
