"""What a conversation sounds like: intent, language, sentiment and urgency of its last text.

Ingest only notes that there is something to read (ingest_signals.py); the agents lane reads it,
by our own classifier and word lists. A bot hears the signals of the very text it answers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import text as sql
from sqlmodel import Session

from botpe_app.core import moods
from botpe_app.core.engine import Program
from botpe_app.core.intents import OUT_OF_SCOPE, Classifier, learn
from botpe_app.core.permissions import Permission
from botpe_app.services.access import Actor
from botpe_app.services.ingest_batch import columns

Connection = psycopg.Connection[Any]
Json = dict[str, Any]
Key = tuple[UUID, UUID]  # organization, conversation
NONE: Json = {"intent": "", "language": "", "sentiment": "", "urgency": ""}

_AT_ONCE = 200
_KEPT = 64  # classifiers
# More phrases take longer to learn than a bot may let customers wait.
MOST_AT_ONCE = 1500

_DUE: LiteralString = """
select s.organization_id, s.conversation_id, s.pending, m.text
from conversation_signals s left join lateral (
  select text from messages m where m.organization_id = s.organization_id
    and m.conversation_id = s.conversation_id and m.direction = 'incoming' and m.text <> ''
  order by m.id desc limit 1) m on true
where s.pending > 0 limit %s
"""
# Locked in the order in which ingest notes them, so that neither waits for the other in a ring.
_READ: LiteralString = """
with n as materialized (
  select * from unnest(%b::uuid[], %b::uuid[], %b::int[], %b::text[], %b::text[], %b::text[],
    %b::text[]) as n (organization_id, conversation_id, seen, intent, language, sentiment, urgency)
), held as materialized (
  select s.organization_id, s.conversation_id from conversation_signals s
  join n using (organization_id, conversation_id) order by 1, 2 for update of s
)
update conversation_signals s set intent = n.intent, language = n.language,
  sentiment = n.sentiment, urgency = n.urgency,
  pending = case when s.pending = n.seen then 0 else s.pending end
from n join held using (organization_id, conversation_id)
where s.organization_id = n.organization_id and s.conversation_id = n.conversation_id
"""
_STORED: LiteralString = """
select s.organization_id, s.conversation_id, s.intent, s.language, s.sentiment, s.urgency
from unnest(%b::uuid[], %b::uuid[]) as n (organization_id, id)
join conversation_signals s on s.organization_id = n.organization_id and s.conversation_id = n.id
"""
_VERSION: LiteralString = """
select count(*), max(i.updated_at), (select count(*) from training_phrases p
  where p.organization_id = %(organization)s)
from intents i where i.organization_id = %(organization)s
"""
_PHRASES: LiteralString = """
select p.text, i.name from training_phrases p
join intents i on i.organization_id = p.organization_id and i.id = p.intent_id
where p.organization_id = %(organization)s order by p.intent_id, p.place
"""

_UNCLEAR = sql("""
select left(m.text, 200) from conversation_signals s
join conversations c on c.organization_id = s.organization_id and c.id = s.conversation_id
join contacts k on k.organization_id = c.organization_id and k.id = c.contact_id
join lateral (
  select text, id from messages m where m.organization_id = s.organization_id
    and m.conversation_id = s.conversation_id and m.direction = 'incoming' and m.text <> ''
  order by m.id desc limit 1) m on true
where s.organization_id = :organization and s.intent = '' and s.pending = 0
  and not k.ai_opt_out
  and exists (select from intents i where i.organization_id = s.organization_id)
order by c.last_message_at desc limit :most
""")

_Version = tuple[int, datetime | None, int]
_learnt: OrderedDict[UUID, tuple[_Version, Classifier | None]] = OrderedDict()


def unclear(session: Session, actor: Actor, most: int = 20) -> list[str]:
    """What customers said last that was none of the intents, where there are some; newest first."""
    actor.require(Permission.READ)
    given = {"organization": actor.organization_id, "most": most}
    said = session.connection().execute(_UNCLEAR, given).scalars()
    return list(dict.fromkeys(said))


def asked_by(program: Program) -> bool:
    """Whether the bot asks what a text sounds like."""
    said = program.flow.model_dump_json(warnings=False)  # a draft may be broken
    return any(f"conversation.{name}" in said for name in NONE)


def read_due(connection: Connection) -> list[Key]:
    """Reads what was noted, up to 200 conversations; which they were."""
    rows = connection.execute(_DUE, (_AT_ONCE,)).fetchall()
    read: list[tuple[Any, ...]] = []
    for organization_id, conversation_id, pending, said in rows:
        found = of_text(said or "", classifier(connection, organization_id)) if said else NONE
        read.append((organization_id, conversation_id, pending, *found.values()))
    if read:
        connection.cursor(binary=True).execute(_READ, columns(read))
    return [(row[0], row[1]) for row in read]


def stored(connection: Connection, keys: Iterable[Key]) -> dict[Key, Json]:
    """What these conversations sounded like when they were last read."""
    cursor = connection.cursor(binary=True).execute(_STORED, columns(list(keys)))
    return {(row[0], row[1]): dict(zip(NONE, row[2:], strict=True)) for row in cursor}


def of_text(text: str, known: Classifier | None) -> Json:
    """What a text sounds like; "" for what cannot be told."""
    guess = known.guess(text) if known else None
    return {
        "intent": guess.intent if guess and guess.intent != OUT_OF_SCOPE else "",
        "language": moods.language(text) or "",
        "sentiment": moods.sentiment(text),
        "urgency": moods.urgency(text),
    }


def classifier(
    connection: Connection, organization_id: UUID, most: int | None = None
) -> Classifier | None:
    """What the organization's phrases teach as they are now; None where there are none.

    With more than `most` that are not learnt yet, what was learnt before.
    """
    given = {"organization": organization_id}
    row = connection.execute(_VERSION, given).fetchone()
    version: _Version = row or (0, None, 0)
    before = _learnt.get(organization_id)
    if before and (before[0] == version or (most is not None and version[2] > most)):
        return before[1]
    if most is not None and version[2] > most:
        return None
    examples = [(row[0], row[1]) for row in connection.execute(_PHRASES, given)]
    found = learn(examples) if examples else None
    _learnt[organization_id] = version, found
    _learnt.move_to_end(organization_id)
    while len(_learnt) > _KEPT:
        _learnt.popitem(last=False)
    return found
