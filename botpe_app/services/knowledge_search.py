"""Finding the passages that answer a question: Postgres finds the words, rarity weighs them.

Each passage is read in its own language's words, and the question with it. Behind row-level
security no full-text index can be used (decision 7), so an organization's passages are read
whole; their number is bounded.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app.core.passages import for_search
from botpe_app.models import KnowledgeItem, KnowledgePassage
from botpe_app.services.access import Actor
from botpe_app.services.joining import on

_LONGEST_QUESTION = 2000

_HITS = text("""
with asked as materialized (
  select config, tsvector_to_array(to_tsvector(cast(config as regconfig), :question)) as words
  from (select distinct config from knowledge_passages where organization_id = :organization) c
)
select p.id, a.words, array(
    select unnest(tsvector_to_array(p.words)) intersect select unnest(a.words)) as hits
from knowledge_passages p join asked a on a.config = p.config
where p.organization_id = :organization
""")


@dataclass(frozen=True, slots=True)
class Found:
    """A passage, and which share of the question's words it holds, the rarest counting most."""

    id: str
    item_id: str
    title: str
    text: str
    share: float  # 0 to 1


def search(session: Session, actor: Actor, question: str, *, most: int = 6) -> list[Found]:
    """The passages nearest to a question, best first; those without a word of it come last.

    The latter matter where question and document are of two languages.
    """
    values = {
        "organization": actor.organization_id,
        "question": for_search(question[:_LONGEST_QUESTION]),
    }
    rows = session.connection().execute(_HITS, values).all()
    spread = Counter(word for row in rows for word in row.hits)
    weights = {word: math.log(1 + (len(rows) + 1) / (n + 0.5)) for word, n in spread.items()}
    unknown = math.log(1 + (len(rows) + 1) / 0.5)
    shares: dict[UUID, float] = {}
    for row in rows:
        total = sum(weights.get(word, unknown) for word in row.words)
        shares[row.id] = sum(weights[word] for word in row.hits) / total if total else 0.0
    best = sorted(shares, key=lambda one: (-shares[one], one))[:most]
    return _read(session, actor, best, shares)


def _read(
    session: Session, actor: Actor, ids: list[UUID], shares: dict[UUID, float]
) -> list[Found]:
    wanted = (
        select(KnowledgePassage, KnowledgeItem.title)
        .join(KnowledgeItem, on(KnowledgeItem, KnowledgePassage.item_id))
        .where(
            KnowledgePassage.organization_id == actor.organization_id,
            col(KnowledgePassage.id).in_(ids),
        )
    )
    found = {row.id: (row, title) for row, title in session.exec(wanted)}
    return [
        Found(str(one), str(found[one][0].item_id), found[one][1], found[one][0].text, shares[one])
        for one in ids
        if one in found
    ]
