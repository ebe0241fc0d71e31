"""The media lane in the database: which files to fetch or look into, and what became of them.

A job is claimed for a while and its try counted; what a worker writes after its time, or after
another took the job over, changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, text, update
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.models import Media

LEASE_SECONDS = 120
KEPT = timedelta(days=7)  # how long WhatsApp keeps a customer's file for us
MOST_LOST = 3
_WAITS = (2, 10, 60, 300, 900, 3600)  # seconds until the next try
_FAIR_AMONG = 1000

# The first of each organization come first, so that one with thousands holds up no other.
_CLAIM = text("""
with due as (
  select organization_id, id, next_at,
    row_number() over (partition by organization_id order by next_at, id) as turn
  from (select organization_id, id, next_at from media where next_at <= now()
    order by next_at, id limit :among) oldest
), taken as (
  select m.organization_id, m.id, msg.conversation_id, a.token_sealed
  from due
  join media m on m.organization_id = due.organization_id and m.id = due.id
    and m.next_at <= now()
  left join messages msg on msg.organization_id = m.organization_id and msg.id = m.message_id
  left join whatsapp_accounts a on a.organization_id = m.organization_id and a.id = m.account_id
  order by due.turn, due.next_at, m.id
  limit :most
  for update of m skip locked
)
update media m set
  state = case m.state when 'ready' then 'ready' else 'downloading' end,
  attempts = m.attempts + 1,
  lost = m.lost + 1,
  next_at = now() + :lease * interval '1 second'
from taken
where m.organization_id = taken.organization_id and m.id = taken.id
returning m.organization_id, m.id, m.attempts, m.lost, m.state = 'ready' as is_here, m.mime_type,
  m.filename, m.sha256, m.wa_media_id, m.account_id, taken.conversation_id, taken.token_sealed,
  m.created_at < now() - :kept as is_late
""")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to fetch, or where `is_here` to look into."""

    organization_id: UUID
    id: UUID
    attempts: int  # this one counted
    lost: int  # workers in a row that died of it, this one counted
    is_here: bool
    mime_type: str
    filename: str
    sha256: str
    wa_media_id: str | None
    account_id: UUID | None
    conversation_id: UUID | None
    token_sealed: str | None
    is_late: bool  # WhatsApp has had the time to delete it


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file turned out to be."""

    mime_type: str
    filename: str
    size: int  # bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    has_thumbnail: bool = False


def claim(session: Session, most: int) -> list[Job]:
    """Takes up to `most` jobs that are due, fairly among organizations."""
    values = {"most": most, "among": _FAIR_AMONG, "lease": LEASE_SECONDS, "kept": KEPT}
    return [Job(*row) for row in session.connection().execute(_CLAIM, values)]


def due_in(session: Session) -> float | None:
    """Seconds until a job is due, 0 if one is; None if none waits."""
    row = session.exec(select(func.min(Media.next_at), func.now())).one()
    return max(0.0, (row[0] - row[1]).total_seconds()) if row[0] else None


def progress(session: Session, job: Job, received: int, size: int | None) -> bool:
    """Notes how many bytes of how many are here, and keeps the job; False if it was lost."""
    return _change(session, job, received=received, size=size, next_at=_in(LEASE_SECONDS))


def ready(session: Session, job: Job, facts: Facts) -> bool:
    """The file lies in the storage; False if the job was lost."""
    found = {**asdict(facts), "state": "ready", "received": facts.size}
    return _change(session, job, **found, problem="", lost=0, next_at=None)


def again(session: Session, job: Job, problem: str) -> None:
    """It could not be had now: tried again later, ever less often, until WhatsApp deletes it."""
    if job.is_late:
        failed(session, job, f"WhatsApp keeps a file for 7 days. {problem}")
        return
    wait = _WAITS[min(job.attempts, len(_WAITS)) - 1]
    _change(session, job, **_as_before(job), problem=problem, lost=0, next_at=_in(wait))


def release(session: Session, job: Job) -> None:
    """Gives a job back that was interrupted; it is due at once."""
    _change(session, job, **_as_before(job), lost=0, next_at=func.now())


def failed(session: Session, job: Job, problem: str) -> None:
    """It will not be tried again unasked; a file that is here only lacks what was looked for."""
    state = "ready" if job.is_here else "failed"
    _change(session, job, state=state, problem=problem, lost=0, next_at=None)


def _as_before(job: Job) -> dict[str, object]:
    return {} if job.is_here else {"state": "new", "received": 0}


def _change(session: Session, job: Job, **values: object) -> bool:
    ours = (
        col(Media.organization_id) == job.organization_id,
        col(Media.id) == job.id,
        col(Media.attempts) == job.attempts,
        col(Media.next_at).is_not(None),
    )
    done = session.connection().execute(update(Media).where(*ours).values(**values)).rowcount == 1
    if done and job.conversation_id:
        live.publish(session, job.organization_id, f"conversation:{job.conversation_id}")
    return done


def _in(seconds: float) -> object:
    """That many seconds from now, by the database's clock."""
    return func.now() + timedelta(seconds=seconds)
