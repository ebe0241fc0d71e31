"""Writes that may arrive twice: the first answer is kept for a day and given again.

The answer is kept in the transaction of the work it tells of, so both are there or neither; a
twin that arrives meanwhile waits for that transaction. Only work that was done is remembered: a
refused request may be mended and sent again with the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import vault
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import IdempotencyKey
from botpe_app.services.access import Actor

HEADER = "Idempotency-Key"
_LONGEST = 200

_RESERVE = text(
    "insert into idempotency_keys as k (organization_id, key, request_hash, response)"
    " values (:organization, :key, :hash, '')"
    " on conflict (organization_id, key) do update"
    " set request_hash = excluded.request_hash, status = null, response = '', created_at = now()"
    " where k.created_at < now() - interval '1 day'"
    " returning true"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it was first given."""

    status: int
    body: str


def first_answer(session: Session, actor: Actor, key: str, request_hash: bytes) -> Answer | None:
    """None for a new key, which is then this transaction's; else what was answered before.

    Raises Invalid for a key that cannot be one, Conflict if it came with another request.
    """
    if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid(f"A key has 1 to {_LONGEST} printable ASCII characters.", field=HEADER)
    values = {"organization": actor.organization_id, "key": key, "hash": request_hash}
    if session.connection().execute(_RESERVE, values).first():
        return None
    row = session.get_one(IdempotencyKey, (actor.organization_id, key))
    if row.request_hash != request_hash or row.status is None:
        raise Conflict("This key came with another request before. Use a new one.", field=HEADER)
    where = place(actor.organization_id, key)
    return Answer(row.status, vault.open_sealed(row.response, place=where))


def keep(session: Session, actor: Actor, key: str, answer: Answer) -> None:
    """Keeps the answer for the key reserved in this transaction; sealed, it may hold a secret."""
    row = session.get_one(IdempotencyKey, (actor.organization_id, key))
    row.status = answer.status
    row.response = vault.seal(answer.body, place=place(actor.organization_id, key))
    session.add(row)


def release(session: Session, actor: Actor, key: str) -> None:
    """Gives back the key reserved in this transaction, for work that was not done after all."""
    session.delete(session.get_one(IdempotencyKey, (actor.organization_id, key)))


def place(organization_id: UUID, key: str) -> str:
    """Where a key's answer is sealed to (see `vault`)."""
    return f"idempotency_keys:{organization_id}:{key}"
