"""How conversations go: how many, how soon they are answered and resolved, by whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services.access import Actor
from botpe_app.services.analytics import COUNTED, Asking, change, days_of

# A customer waits from their first word after ours until our next; a campaign answers nobody.
_WAITS = (
    "with said as (select conversation_id, id, direction, sent_by_kind, sent_by_id, created_at,"
    "   lag(direction) over talk as before from messages"
    "   where organization_id = :organization and created_at >= :since and created_at < :until"
    "   and sent_by_kind <> 'campaign' window talk as (partition by conversation_id order by id)),"
    " turns as (select conversation_id, direction, sent_by_kind, sent_by_id, created_at as at,"
    "   lead(direction) over next as answer, lead(created_at) over next as answered_at,"
    "   lead(sent_by_kind) over next as answered_by, lead(sent_by_id) over next as answerer"
    "   from said where before is distinct from direction"
    "   window next as (partition by conversation_id order by id)),"
    " waits as (select answered_by, answerer, extract(epoch from answered_at - at) as seconds"
    "   from turns where direction = 'incoming' and answer = 'outgoing') "
)
_RESPONSES = (
    "select case when answered_by = 'user' then 'people' else 'machines' end as by,"
    " count(*) as count, percentile_cont(0.5) within group (order by seconds) as median,"
    " percentile_cont(0.9) within group (order by seconds) as p90 from waits"
    " group by grouping sets ((1), ())"
)
_PEOPLE = (
    ", theirs as (select sent_by_id as id, count(*) as messages,"
    "   count(distinct conversation_id) as conversations from messages"
    "   where organization_id = :organization and created_at >= :since and created_at < :until"
    "   and sent_by_kind = 'user' group by 1)"
    " select t.id, coalesce(u.name, '') as name, t.messages, t.conversations,"
    " (select percentile_cont(0.5) within group (order by w.seconds) from waits w"
    "   where w.answerer = t.id) as median"
    " from theirs t left join users u on u.id = t.id order by t.messages desc, t.id"
)
_DAYS = text(
    "select to_char(created_at at time zone :zone, 'YYYY-MM-DD') as day, count(*) as count"
    " from conversations where organization_id = :organization and created_at >= :since"
    " and created_at < :until and last_inbound_at is not null group by 1"
)
_RESOLVED = text(
    "select to_char(resolved_at at time zone :zone, 'YYYY-MM-DD') as day, count(*) as count"
    " from conversations where organization_id = :organization and resolved_at >= :since"
    " and resolved_at < :until group by 1"
)
_RESOLUTION = text(
    "select count(*) as count, percentile_cont(0.5) within group"
    " (order by extract(epoch from resolved_at - created_at)) as median"
    " from conversations where organization_id = :organization and resolved_at >= :since"
    " and resolved_at < :until"
)
_HEAT = text(
    "select extract(isodow from at at time zone :zone)::int - 1 as weekday,"
    " extract(hour from at at time zone :zone)::int as hour, sum(count)::int as count"
    " from {counted} where direction = 'incoming' group by 1, 2".replace("{counted}", COUNTED)
)


@dataclass(frozen=True, slots=True)
class Responses:
    """How long customers waited, in seconds; None where nobody did."""

    count: int = 0
    median_seconds: float | None = None
    p90_seconds: float | None = None


@dataclass(slots=True)
class TalkTotals:
    """Sums over a stretch."""

    started: int = 0
    resolved: int = 0
    answered: int = 0
    median_response_seconds: float = 0.0
    median_resolution_seconds: float = 0.0


@dataclass(slots=True)
class TalkDay:
    """Conversations of one day."""

    day: str
    started: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What somebody of the staff did."""

    user_id: str
    name: str
    messages: int
    conversations: int
    median_response_seconds: float | None


@dataclass(frozen=True, slots=True)
class ConversationFigures:
    """How conversations went over a stretch, and in the one before."""

    since: datetime
    until: datetime
    time_zone: str
    totals: TalkTotals
    before: TalkTotals
    change: dict[str, float | None]
    responses: dict[str, Responses]  # all, people, machines
    days: list[TalkDay]
    people: list[PersonFigures]
    heat: list[list[int]]  # customers' messages: Monday to Sunday, each 24 hours


def conversation_figures(
    session: Session, actor: Actor, *, since: datetime, until: datetime
) -> ConversationFigures:
    """How conversations went from `since` until before `until`, and in as much time before."""
    actor.require(Permission.READ)
    ask = Asking(session, actor, since, until)
    days = days_of(TalkDay, ask.zone, since, until)
    responses = _responses(ask)
    totals = _totals(ask, responses, days)
    earlier = ask.before()
    before = _totals(earlier, _responses(earlier), {})
    return ConversationFigures(
        since=since,
        until=until,
        time_zone=ask.zone,
        totals=totals,
        before=before,
        change=change(totals, before),
        responses=responses,
        days=list(days.values()),
        people=[_person(row) for row in ask.all(text(_WAITS + _PEOPLE))],
        heat=_heat(ask.all(_HEAT)),
    )


def _responses(ask: Asking) -> dict[str, Responses]:
    found = {"all": Responses(), "people": Responses(), "machines": Responses()}
    for row in ask.all(text(_WAITS + _RESPONSES)):
        found[row["by"] or "all"] = Responses(
            row["count"], _seconds(row["median"]), _seconds(row["p90"])
        )
    return found


def _totals(ask: Asking, responses: dict[str, Responses], days: dict[str, TalkDay]) -> TalkTotals:
    totals = TalkTotals(answered=responses["all"].count)
    totals.median_response_seconds = responses["all"].median_seconds or 0.0
    resolution = ask.one(_RESOLUTION)
    totals.median_resolution_seconds = _seconds(resolution["median"]) or 0.0
    totals.resolved = resolution["count"]
    for name, question in (("started", _DAYS), ("resolved", _RESOLVED)):
        for row in ask.all(question):
            if name == "started":
                totals.started += row["count"]
            if row["day"] in days:
                setattr(days[row["day"]], name, row["count"])
    return totals


def _person(row: Any) -> PersonFigures:
    return PersonFigures(
        str(row["id"]), row["name"], row["messages"], row["conversations"], _seconds(row["median"])
    )


def _heat(found: Sequence[Any]) -> list[list[int]]:
    heat = [[0] * 24 for _ in range(7)]
    for row in found:
        heat[row["weekday"]][row["hour"]] = row["count"]
    return heat


def _seconds(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)
