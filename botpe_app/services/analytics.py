"""How it goes, over a stretch of time and against the one before: messages, people, AI, money.

Messages are read from the figures that are kept of them by quarter of an hour; what of a stretch
lies within one only is counted where the rows are, through `ix_messages_figures`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services.access import Actor, organization_of

Figures = TypeVar("Figures")

# Messages of the stretch by when they were made: of whole slots as counted, of the rest one by one.
COUNTED = (
    "(select slot as at, direction, sent_by_kind, status, count from message_figures"
    " where organization_id = :organization and slot >= :first and slot < :last"
    " union all select slot, direction, sent_by_kind, status, count from message_figure_changes"
    " where organization_id = :organization and slot >= :first and slot < :last"
    " union all select created_at, direction, sent_by_kind, status, 1 from messages"
    " where organization_id = :organization and (created_at >= :since and created_at < :first"
    " or created_at >= :last and created_at < :until)) as counted"
)
_MESSAGES = text(
    "select to_char(at at time zone :zone, 'YYYY-MM-DD') as day, direction, sent_by_kind, status,"
    " sum(count)::int as count from {counted} group by 1, 2, 3, 4"
    " having sum(count) <> 0".replace("{counted}", COUNTED)
)
_CONTACTS = text(
    "select to_char(created_at at time zone :zone, 'YYYY-MM-DD') as day, count(*) as count"
    " from contacts where organization_id = :organization"
    " and created_at >= :since and created_at < :until group by 1"
)
_CONVERSATIONS = text(
    "select count(*) filter (where created_at >= :since and created_at < :until"
    "   and last_inbound_at is not null) as started,"
    " count(*) filter (where resolved_at >= :since and resolved_at < :until) as resolved"
    " from conversations where organization_id = :organization"
    " and (created_at >= :since or resolved_at >= :since)"
)
_CONSENTS = text(
    "select count(*) filter (where granted) as opted_in, count(*) filter (where not granted)"
    " as opted_out from consents where organization_id = :organization"
    " and at >= :since and at < :until"
)
_AI = text(
    "select count(*) as runs, count(*) filter (where not success) as failed,"
    " coalesce(sum(input_tokens), 0) as input_tokens,"
    " coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cost_usd), 0) as cost_usd"
    " from agent_logs where organization_id = :organization"
    " and created_at >= :since and created_at < :until"
)
_AI_BY_AGENT = text(
    "select agent, count(*) as runs, coalesce(sum(cost_usd), 0) as cost_usd from agent_logs"
    " where organization_id = :organization and created_at >= :since and created_at < :until"
    " group by 1 order by 3 desc, 1"
)
_SLOT, _BEGINNING = timedelta(minutes=15), datetime(2000, 1, 1, tzinfo=UTC)
DELIVERED = ("delivered", "read")
_SENT = ("sent", *DELIVERED)


@dataclass(slots=True)
class Totals:
    """Sums over a stretch. Cumulative: sent ≥ delivered ≥ read."""

    incoming: int = 0
    outgoing: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    uncertain: int = 0
    conversations_started: int = 0
    conversations_resolved: int = 0
    contacts_new: int = 0
    opted_in: int = 0
    opted_out: int = 0
    ai_runs: int = 0
    ai_cost_usd: float = 0.0


@dataclass(slots=True)
class DayFigures:
    """One day of the organization's."""

    day: str  # YYYY-MM-DD
    incoming: int = 0
    outgoing: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    contacts_new: int = 0


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """What an AI agent did and cost."""

    agent: str
    runs: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a stretch, day by day, and of the one before, which was as long."""

    since: datetime
    until: datetime
    time_zone: str
    totals: Totals
    before: Totals
    change: dict[str, float | None]  # as a share of what was before; None if that was nothing
    days: list[DayFigures]
    by_sender: dict[str, int]
    agents: list[AgentFigures]


class Asking:
    """One transaction and the values all its questions share."""

    def __init__(self, session: Session, actor: Actor, since: datetime, until: datetime) -> None:
        self._session, self._actor = session, actor
        self._connection = session.connection()
        self.zone = organization_of(session, actor).time_zone
        self._values: dict[str, Any] = {
            "organization": actor.organization_id,
            "zone": self.zone,
            "since": since,
            "until": until,
            **_whole_slots(since, until),
        }

    def before(self) -> Asking:
        """The same questions of as much time before."""
        since, until = self._values["since"], self._values["until"]
        return Asking(self._session, self._actor, since - (until - since), since)

    def all(self, question: Any, **values: Any) -> list[Any]:
        """The rows, by the names of their columns."""
        return list(self._connection.execute(question, {**self._values, **values}).mappings())

    def one(self, question: Any, **values: Any) -> Any:
        """The only row."""
        return self.all(question, **values)[0]

    def value(self, question: Any, **values: Any) -> Any:
        """The only column of the only row."""
        return self._connection.execute(question, {**self._values, **values}).scalar_one()


def _whole_slots(since: datetime, until: datetime) -> dict[str, datetime]:
    """Where the slots begin and end that lie within a stretch; at its end if there are none."""
    first, last = since + (_BEGINNING - since) % _SLOT, until - (until - _BEGINNING) % _SLOT
    return {"first": first, "last": last} if first < last else {"first": until, "last": until}


def overview(session: Session, actor: Actor, *, since: datetime, until: datetime) -> Overview:
    """How it went from `since` until before `until`, and in as much time before that."""
    actor.require(Permission.READ)
    ask = Asking(session, actor, since, until)
    days = days_of(DayFigures, ask.zone, since, until)
    senders: Counter[str] = Counter()
    totals = _totals(ask, days, senders)
    before = _totals(ask.before(), {}, Counter())
    return Overview(
        since=since,
        until=until,
        time_zone=ask.zone,
        totals=totals,
        before=before,
        change=change(totals, before),
        days=list(days.values()),
        by_sender=dict(senders),
        agents=[
            AgentFigures(row["agent"], row["runs"], float(row["cost_usd"]))
            for row in ask.all(_AI_BY_AGENT)
        ],
    )


def days_of(
    kind: Callable[[str], Figures], zone: str, since: datetime, until: datetime
) -> dict[str, Figures]:
    """A row for each of the organization's days in the stretch, without gaps."""
    first = since.astimezone(ZoneInfo(zone)).date()
    last = (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    names = [f"{first + timedelta(days=n):%Y-%m-%d}" for n in range((last - first).days + 1)]
    return {name: kind(name) for name in names}


def change(now: Any, before: Any) -> dict[str, float | None]:
    """By how much each figure changed, as a share of what it was; None if that was nothing."""
    pairs = {f.name: (getattr(now, f.name), getattr(before, f.name)) for f in fields(now)}
    return {
        name: round((new - old) / old, 4) if old else None for name, (new, old) in pairs.items()
    }


def _totals(ask: Asking, days: dict[str, DayFigures], senders: Counter[str]) -> Totals:
    totals = Totals()
    for row in ask.all(_MESSAGES):
        day = days.get(row["day"])
        for figures in (totals, day) if day else (totals,):
            _add(figures, row["direction"], row["status"], row["count"])
        totals.uncertain += row["count"] * (row["status"] == "uncertain")
        if row["direction"] == "outgoing":
            senders[row["sent_by_kind"]] += row["count"]
    for row in ask.all(_CONTACTS):
        totals.contacts_new += row["count"]
        if row["day"] in days:
            days[row["day"]].contacts_new = row["count"]
    talks, consents, ai = (ask.one(q) for q in (_CONVERSATIONS, _CONSENTS, _AI))
    totals.conversations_started, totals.conversations_resolved = (
        talks["started"],
        talks["resolved"],
    )
    totals.opted_in, totals.opted_out = consents["opted_in"], consents["opted_out"]
    totals.ai_runs, totals.ai_cost_usd = ai["runs"], round(float(ai["cost_usd"]), 6)
    return totals


def _add(figures: Totals | DayFigures, direction: str, status: str, count: int) -> None:
    if direction == "incoming":
        figures.incoming += count
        return
    figures.outgoing += count
    tally(figures, status, count)


class Reached(Protocol):
    """How far messages came, cumulative: sent ≥ delivered ≥ read."""

    sent: int
    delivered: int
    read: int
    failed: int


def tally(figures: Reached, status: str, count: int) -> None:
    """Adds so many messages of a status to how far messages came."""
    figures.sent += count * (status in _SENT)
    figures.delivered += count * (status in DELIVERED)
    figures.read += count * (status == "read")
    figures.failed += count * (status == "failed")
