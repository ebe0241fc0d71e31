"""Intents and their phrases: keeping them, and telling which one a text means.

What was learnt is kept in each process, for the phrases as they were: a changed phrase is
another version, which is learnt when it is first asked for, outside any transaction.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from botpe_app.core.intents import OUT_OF_SCOPE, Classifier, learn
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Intent, TrainingPhrase
from botpe_app.models.base import utc_now
from botpe_app.services import plans
from botpe_app.services.access import Actor, get, get_locked, organization_of

MOST_INTENTS, MOST_PHRASES, _MOST_IN_ALL = 200, 500, 5000
_LONGEST_NAME, _LONGEST_PHRASE, _LONGEST_DESCRIPTION = 80, 500, 1000
_MOST_ENTITIES, _MOST_TERMS = 20, 500
_ENTITY = re.compile(r"\w{1,40}")
_KEPT = 16  # classifiers a process holds; one of a shop is a megabyte or two


@dataclass(frozen=True, slots=True)
class IntentItem:
    """An intent with its phrases, in their order."""

    id: str
    name: str
    description: str
    phrases: list[str]
    entities: list[dict[str, Any]]  # {"name", "values": [{"value", "synonyms"}]}
    created_at: datetime
    updated_at: datetime


def list_intents(session: Session, actor: Actor) -> list[IntentItem]:
    """The organization's intents by name."""
    actor.require(Permission.READ)
    phrases: dict[UUID, list[str]] = {}
    for row in session.exec(_phrases(actor)):
        phrases.setdefault(row.intent_id, []).append(row.text)
    mine = select(Intent).where(Intent.organization_id == actor.organization_id)
    rows = session.exec(mine.order_by(func.lower(col(Intent.name))))
    return [_item(row, phrases.get(row.id, [])) for row in rows]


def get_intent(session: Session, actor: Actor, intent_id: UUID | str) -> IntentItem:
    """One intent. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Intent, intent_id)
    mine = _phrases(actor).where(col(TrainingPhrase.intent_id) == row.id)
    return _item(row, [phrase.text for phrase in session.exec(mine)])


def create_intent(
    session: Session,
    actor: Actor,
    *,
    name: str,
    description: str = "",
    phrases: Sequence[str] = (),
    entities: Sequence[dict[str, Any]] = (),
) -> IntentItem:
    """A new intent. Raises Forbidden, Invalid naming the field, Conflict for a taken name."""
    actor.require(Permission.MANAGE_AGENTS)
    organization_of(session, actor)
    if plans.count(session, Intent, actor) >= MOST_INTENTS:
        raise Conflict(f"There can be at most {MOST_INTENTS} intents.")
    row = Intent(organization_id=actor.organization_id, name="")
    _change(session, actor, row, name=name, description=description, entities=entities)
    _teach(session, actor, row, phrases)
    session.refresh(row)
    return get_intent(session, actor, row.id)


def update_intent(
    session: Session, actor: Actor, intent_id: UUID | str, **fields: Any
) -> IntentItem:
    """Changes name, description, phrases or entities (these as a whole); the rest stays.

    Raises Forbidden, NotFound, Invalid naming the field, Conflict for a taken name.
    """
    actor.require(Permission.MANAGE_AGENTS)
    row = get_locked(session, actor, Intent, intent_id)
    row.updated_at = utc_now()
    _change(session, actor, row, **{n: v for n, v in fields.items() if n != "phrases"})
    if "phrases" in fields:
        _teach(session, actor, row, fields["phrases"] or [])
    return get_intent(session, actor, row.id)


def delete_intent(session: Session, actor: Actor, intent_id: UUID | str) -> None:
    """Removes an intent and its phrases. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_AGENTS)
    row = get_locked(session, actor, Intent, intent_id)
    _forget(session, row)
    session.delete(row)
    session.flush()


def labelled(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Every phrase with the name of its intent."""
    names = {item.id: item.name for item in list_intents(session, actor)}
    return [(row.text, names[str(row.intent_id)]) for row in session.exec(_phrases(actor))]


class Unlearnt(Exception):
    """The phrases have changed. Leave the transaction, call `learn`, and come again."""

    def __init__(self, key: _Key, examples: list[tuple[str, str]]) -> None:
        super().__init__("The phrases are not learnt yet.")
        self._key, self._examples = key, examples

    def learn(self) -> None:
        """Learns them, unless somebody has meanwhile; takes seconds where there are thousands."""
        with _one_learns:
            if self._key in _learnt_already:
                return
            for old in [other for other in _learnt_already if other[0] == self._key[0]]:
                del _learnt_already[old]
            _learnt_already[self._key] = learn(self._examples)
            while len(_learnt_already) > _KEPT:
                _learnt_already.popitem(last=False)


def classifier(session: Session, actor: Actor) -> Classifier | None:
    """What the organization's phrases teach, None while there are none.

    Raises Unlearnt where this process has not learnt them as they are now.
    """
    examples = labelled(session, actor)
    if not examples:
        return None
    version = hashlib.sha256(repr(examples).encode("utf-8", "replace")).digest()
    key = (actor.organization_id, version)
    found = _learnt_already.get(key)
    if found is None:
        raise Unlearnt(key, examples)
    return found


_Key = tuple[UUID, bytes]
_learnt_already: OrderedDict[_Key, Classifier] = OrderedDict()
_one_learns = threading.Lock()


def _phrases(actor: Actor) -> SelectOfScalar[TrainingPhrase]:
    mine = select(TrainingPhrase).where(TrainingPhrase.organization_id == actor.organization_id)
    return mine.order_by(col(TrainingPhrase.intent_id), col(TrainingPhrase.place))


def _change(session: Session, actor: Actor, row: Intent, **fields: Any) -> None:
    if "name" in fields:
        row.name = _name(session, actor, row, fields["name"])
    if "description" in fields:
        row.description = clean(fields["description"] or "")
        if len(row.description) > _LONGEST_DESCRIPTION:
            raise Invalid(f"At most {_LONGEST_DESCRIPTION} characters.", field="description")
    if "entities" in fields:
        row.entities = _entities(fields["entities"] or [])
    session.add(row)
    session.flush()


def _entities(given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entities without blanks. Raises Invalid for what is too much."""
    kept: list[dict[str, Any]] = []
    for one in given:
        values = [
            {"value": clean(each["value"]), "synonyms": _said(each.get("synonyms") or [])}
            for each in one["values"]
            if clean(each["value"])
        ]
        kept.append({"name": clean(one["name"]), "values": values})
    said = [w for one in kept for v in one["values"] for w in (v["value"], *v["synonyms"])]
    names = [one["name"] for one in kept]
    if not all(_ENTITY.fullmatch(name) for name in names) or len(set(names)) < len(names):
        message = "Each entity needs a name of its own of up to 40 letters, digits and _."
        raise Invalid(message, field="entities")
    if len(kept) > _MOST_ENTITIES or len(said) > _MOST_TERMS or max(map(len, said), default=0) > 80:
        raise Invalid(
            f"At most {_MOST_ENTITIES} entities with {_MOST_TERMS} values and synonyms of at most"
            " 80 characters.",
            field="entities",
        )
    return kept


def _said(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text for text in map(clean, given) if text))


def _name(session: Session, actor: Actor, row: Intent, given: str | None) -> str:
    name = clean(given or "")
    if not 1 <= len(name) <= _LONGEST_NAME or "\n" in name:
        raise Invalid(f"An intent needs a name of 1 to {_LONGEST_NAME} characters.", field="name")
    if name.lower() == OUT_OF_SCOPE:
        raise Invalid(f"{OUT_OF_SCOPE} is what belongs to no intent.", field="name")
    same = select(Intent.id).where(
        Intent.organization_id == actor.organization_id,
        func.lower(col(Intent.name)) == func.lower(name),
        Intent.id != row.id,
    )
    if session.exec(same).first():
        raise Conflict("There is an intent of this name already.", field="name")
    return name


def _teach(session: Session, actor: Actor, row: Intent, given: Sequence[str]) -> None:
    """Makes these the intent's phrases."""
    phrases = _said(given)
    if len(phrases) > MOST_PHRASES or any(len(phrase) > _LONGEST_PHRASE for phrase in phrases):
        raise Invalid(
            f"At most {MOST_PHRASES} phrases of at most {_LONGEST_PHRASE} characters.",
            field="phrases",
        )
    _forget(session, row)
    if plans.count(session, TrainingPhrase, actor) + len(phrases) > _MOST_IN_ALL:
        raise Invalid(f"All intents together take {_MOST_IN_ALL} phrases.", field="phrases")
    for place, text in enumerate(phrases):
        session.add(
            TrainingPhrase(
                organization_id=row.organization_id, intent_id=row.id, place=place, text=text
            )
        )
    session.flush()


def _forget(session: Session, row: Intent) -> None:
    session.connection().execute(
        delete(TrainingPhrase).where(
            col(TrainingPhrase.organization_id) == row.organization_id,
            col(TrainingPhrase.intent_id) == row.id,
        )
    )


def _item(row: Intent, phrases: list[str]) -> IntentItem:
    return IntentItem(
        str(row.id),
        row.name,
        row.description,
        phrases,
        row.entities,
        row.created_at,
        row.updated_at,
    )
