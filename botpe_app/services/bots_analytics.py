"""How an organization's bots do, all together and side by side; `bot_analytics` looks into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services.access import Actor
from botpe_app.services.analytics import Asking, change, days_of
from botpe_app.services.bot_analytics import SUMS

_THOSE = (
    "with those as (select s.*, b.name, b.status as standing from bot_sessions s"
    " join bots b on b.organization_id = s.organization_id and b.id = s.bot_id"
    " where s.organization_id = :organization"
    " and s.started_at >= :since and s.started_at < :until) "
)
_TOTALS = text(f"{_THOSE} select {SUMS} from those")  # noqa: S608 - our own words
_BOTS = text(
    f"{_THOSE} select bot_id, name, standing, {SUMS} from those"  # noqa: S608
    " group by 1, 2, 3 order by sessions desc, name, bot_id"
)
_DAYS = text(
    f"{_THOSE} select to_char(started_at at time zone :zone, 'YYYY-MM-DD') as day,"  # noqa: S608
    " count(*) as sessions, count(*) filter (where hand_off <> '') as hand_offs"
    " from those group by 1"
)


@dataclass(slots=True)
class BotTotals:
    """What conversations with bots came to. `contained`: of those `settled`, without a person."""

    sessions: int = 0
    completed: int = 0
    hand_offs: int = 0
    contained: int = 0
    settled: int = 0
    median_seconds: float = 0.0  # until they were finished


@dataclass(slots=True)
class BotRow(BotTotals):
    """One bot's."""

    bot_id: str = ""
    name: str = ""
    status: str = ""


@dataclass(slots=True)
class BotDay:
    """A day's conversations: begun, and handed to a person."""

    day: str
    sessions: int = 0
    hand_offs: int = 0


@dataclass(frozen=True, slots=True)
class BotsFigures:
    """How bots did with the conversations begun in a stretch, and in the one before."""

    since: datetime
    until: datetime
    time_zone: str
    totals: BotTotals
    before: BotTotals
    change: dict[str, float | None]
    days: list[BotDay]
    bots: list[BotRow]


def bots_figures(
    session: Session, actor: Actor, *, since: datetime, until: datetime
) -> BotsFigures:
    """How bots did from `since` until before `until`, the busiest first."""
    actor.require(Permission.READ)
    ask = Asking(session, actor, since, until)
    totals, before = (BotTotals(**_held(one.one(_TOTALS))) for one in (ask, ask.before()))
    days = days_of(BotDay, ask.zone, since, until)
    for row in ask.all(_DAYS):
        if day := days.get(row["day"]):
            day.sessions, day.hand_offs = row["sessions"], row["hand_offs"]
    bots = [
        BotRow(**_held(row), bot_id=str(row["bot_id"]), name=row["name"], status=row["standing"])
        for row in ask.all(_BOTS)
    ]
    return BotsFigures(
        since=since,
        until=until,
        time_zone=ask.zone,
        totals=totals,
        before=before,
        change=change(totals, before),
        days=list(days.values()),
        bots=bots,
    )


def _held(row: Any) -> dict[str, Any]:
    counted = ("sessions", "completed", "hand_offs", "contained", "settled")
    return {**{name: row[name] for name in counted}, "median_seconds": float(row["median"] or 0)}
