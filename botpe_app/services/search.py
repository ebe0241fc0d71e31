"""Finding conversations by who and by what was said, at a cost that does not grow with either."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from botpe_app.models import Contact
from botpe_app.services import contacts
from botpe_app.services.access import Actor

_MOST_PEOPLE = 500
_MOST_SAID = 2000  # of the rarest word, the newest; a commoner word is searched no further back
_MOST_WORDS = 8
_MOST_ENDINGS = 20  # whole words that the last, half-typed one may become

_WORDS = text("select botpe_words(:q)")
# From ending to ending through the index, so that a common one costs no more than a rare one.
_ENDINGS = text("""
with recursive ending(word) as (
  (select word from message_words
   where organization_id = :organization and word >= :first and word < :beyond
   order by word limit 1)
  union all
  select (select w.word from message_words w
    where w.organization_id = :organization and w.word > e.word and w.word < :beyond
    order by w.word limit 1)
  from ending e where e.word is not null
)
select word from ending where word is not null limit :most
""")
_HOW_MANY = text("""
select count(*) from (select from message_words
  where organization_id = :organization and word = any(:words) limit :most) found
""")
_SAID = """
with rare as materialized (
  select one.message_id from unnest(cast(:rarest as text[])) as ending(word)
  cross join lateral (
    select message_id from message_words
    where organization_id = :organization and word = ending.word
    order by message_id desc limit :most) one
  order by one.message_id desc limit :most
)
select distinct on (m.conversation_id) m.conversation_id, m.id from rare
join messages m on m.organization_id = :organization and m.id = rare.message_id
where {others}
order by m.conversation_id, m.id desc
"""
_OTHER = (
    "exists (select from message_words o where o.organization_id = :organization"
    " and o.word = any(:other{place}) and o.message_id = rare.message_id)"
)


def people(session: Session, actor: Actor, q: str) -> list[UUID]:
    """The contacts whose name holds `q`, or whose phone number its digits; the newest 500."""
    wanted = select(Contact.id).where(
        Contact.organization_id == actor.organization_id, or_(*contacts.matches(q))
    )
    return list(session.exec(wanted.order_by(col(Contact.created_at).desc()).limit(_MOST_PEOPLE)))


def said_in(session: Session, actor: Actor, q: str) -> dict[UUID, UUID]:
    """The conversations in which a message holds every word of `q`, each with the newest one.

    The last word may be half typed.

    Of a word that more than 2,000 messages hold, only the newest 2,000 are looked at. What
    campaigns said is not searched.
    """
    given = list(session.connection().execute(_WORDS, {"q": q}).scalars())[:_MOST_WORDS]
    if not given:
        return {}
    last = _last_of(q)
    wanted = [_endings(session, actor, word) if word == last else [word] for word in given]
    if not all(wanted):
        return {}
    rarest, *others = sorted(wanted, key=lambda words: _how_many(session, actor, words))
    values: dict[str, Any] = {
        "organization": actor.organization_id,
        "rarest": rarest,
        "most": _MOST_SAID,
        **{f"other{place}": words for place, words in enumerate(others)},
    }
    conditions = [_OTHER.format(place=place) for place in range(len(others))] or ["true"]
    query = text(_SAID.format(others=" and ".join(conditions)))
    found = session.connection().execute(query, values)
    return {talk: message for talk, message in found}  # noqa: C416 - rows are no pairs to dict()


def _last_of(q: str) -> str:
    """The word that may still be being typed: the one `q` ends with."""
    letters = [c if c.isalnum() else " " for c in q.lower()]
    return "".join(letters).rpartition(" ")[2][:40]


def _endings(session: Session, actor: Actor, word: str) -> list[str]:
    values = {
        "organization": actor.organization_id,
        "first": word,
        "beyond": word[:-1] + chr(ord(word[-1]) + 1),
        "most": _MOST_ENDINGS,
    }
    return list(session.connection().execute(_ENDINGS, values).scalars())


def _how_many(session: Session, actor: Actor, words: list[str]) -> int:
    values = {"organization": actor.organization_id, "words": words, "most": _MOST_SAID}
    return session.connection().execute(_HOW_MANY, values).scalar_one()
