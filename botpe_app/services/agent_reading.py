"""What a bot wants read out of a text: which of its categories it belongs to, or values.

Without Claude the words of the categories and the things a text names have to do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.core.entities import entities
from botpe_app.core.intents import OUT_OF_SCOPE, learn
from botpe_app.core.permissions import Permission
from botpe_app.services import agent_asking
from botpe_app.services.access import Actor
from botpe_app.services.agent_asking import NOBODY, About, Asked, Effort, Prepared

OTHER = "other"
_LONGEST_VALUE = 1000
_YES = ("true", "yes", "sí", "si", "sim", "oui", "ja", "1", "हाँ")
_NO = ("false", "no", "não", "non", "nein", "0", "नहीं")
# Words of a field that say which of the things a text names it wants.
_WANTS = {
    "email": ("mail",),
    "phone": ("phone", "mobile", "tel", "whatsapp number"),
    "order_id": ("order", "tracking", "pedido", "booking"),
    "money": ("price", "amount", "budget", "cost", "money"),
    "location": ("city", "place", "location", "address", "where"),
    "time": ("time", "hour", "clock"),
    "date": ("date", "day", "when"),
}

Field = dict[str, str]


class Sorted(BaseModel):
    """The category that Claude chose."""

    category: str
    confidence: float = 0.0


class Value(BaseModel):
    """A value that Claude found."""

    variable: str
    value: str


class Values(BaseModel):
    """All values that Claude found."""

    values: list[Value]


def prepare_category(
    session: Session,
    actor: Actor,
    text: str,
    categories: list[Field],
    *,
    instructions: str = "",
    effort: Effort,
    about: About = NOBODY,
) -> Prepared[Sorted]:
    """For a text and {id, name, description} of each category. Raises Forbidden, Invalid."""
    data = {"text": _checked(actor, text), "categories": categories, "instructions": instructions}
    return agent_asking.prepare(
        session,
        actor,
        agent="classify",
        version="classify_v1",
        data=data,
        output=Sorted,
        effort=effort,
        about=about,
    )


def finish_category(session: Session, actor: Actor, asked: Asked[Sorted]) -> tuple[str, float]:
    """(id of the category, how sure); `other` where none fits."""
    data = asked.prepared.data
    if asked.output is None:
        found, sure = _nearest(data["text"], data["categories"])
    else:
        known = {one["id"] for one in data["categories"]}
        found = asked.output.category if asked.output.category in known else OTHER
        sure = min(1.0, max(0.0, asked.output.confidence))
    agent_asking.settle(session, actor, asked, f"Sorted into {found} ({sure:.0%} sure).")
    return found, sure


def prepare_values(
    session: Session,
    actor: Actor,
    text: str,
    fields: list[Field],
    *,
    instructions: str = "",
    effort: Effort,
    about: About = NOBODY,
) -> Prepared[Values]:
    """For a text and {variable, type, description} of each value. Raises Forbidden, Invalid."""
    data = {"text": _checked(actor, text), "fields": fields, "instructions": instructions}
    return agent_asking.prepare(
        session,
        actor,
        agent="extract",
        version="extract_v1",
        data=data,
        output=Values,
        effort=effort,
        about=about,
    )


def finish_values(session: Session, actor: Actor, asked: Asked[Values]) -> dict[str, Any]:
    """The values by variable, each of its field's type; what is not sure is left out."""
    data = asked.prepared.data
    if asked.output is None:
        given = _named(data["text"], data["fields"])
    else:
        given = {one.variable: one.value for one in asked.output.values}
    found = {
        field["variable"]: value
        for field in data["fields"]
        if (value := _typed(field["type"], given.get(field["variable"], ""))) is not None
    }
    names = ", ".join(found) or "nothing"
    agent_asking.settle(session, actor, asked, f"Found {names}.")
    return found


def _checked(actor: Actor, text: str) -> str:
    actor.require(Permission.ANSWER)
    return agent_asking.readable(text)


def _nearest(text: str, categories: list[Field]) -> tuple[str, float]:
    examples = [
        (said, one["id"])
        for one in categories
        for said in (one.get("name", ""), one.get("description", ""), one["id"])
        if said.strip()
    ]
    if not examples:
        return OTHER, 0.0
    guess = learn(examples).guess(text)
    known = guess.intent != OUT_OF_SCOPE
    return (guess.intent if known else OTHER), guess.confidence


def _named(text: str, fields: list[Field]) -> dict[str, str]:
    """What the text names, for the fields that ask for such a thing."""
    found = entities(text)
    given: dict[str, str] = {}
    for field in fields:
        said = f"{field['variable']} {field.get('description', '')}".lower().replace("_", " ")
        kinds = [kind for kind, words in _WANTS.items() if any(word in said for word in words)]
        kinds = kinds or {"number": ["number", "money"], "date": ["date"]}.get(field["type"], [])
        if value := next((one.value for one in found if one.name in kinds), ""):
            given[field["variable"]] = value
    return given


def _typed(kind: str, value: str) -> Any:
    """The value as its field's type, None if it is none of it."""
    value = value.strip()[:_LONGEST_VALUE]
    if not value:
        return None
    try:
        return _TYPES.get(kind, str)(value)
    except ValueError:
        return None


def _boolean(value: str) -> bool:
    if value.lower() in (*_YES, *_NO):
        return value.lower() in _YES
    raise ValueError(value)


def _number(value: str) -> float | int:
    kept = "".join(letter for letter in value if letter in "0123456789.,-").replace(",", ".")
    number = float(kept)
    return int(number) if number.is_integer() else number


_TYPES: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "boolean": _boolean,
    "date": lambda value: date.fromisoformat(value[:10]).isoformat(),
    "list": lambda value: [one.strip() for one in value.split(";") if one.strip()],
}
