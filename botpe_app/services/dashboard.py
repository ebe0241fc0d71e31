"""The dashboard's numbers, each counted where the rows are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services import accounts, problems
from botpe_app.services.access import Actor, organization_of
from botpe_app.services.analytics import Asking
from botpe_app.services.views import DayCount, Overview

LONGEST_DAYS = 90

_CONVERSATIONS = text(
    "select count(*) filter (where status = 'open') as open,"
    " count(*) filter (where status = 'open' and assignee_id is null) as unassigned,"
    " count(*) filter (where status = 'open' and waiting_since is not null) as waiting,"
    " min(waiting_since) filter (where status = 'open') as waiting_since"
    " from conversations where organization_id = :organization and status = 'open'"
)
_MESSAGES = text(
    "select to_char(created_at at time zone :zone, 'YYYY-MM-DD') as day,"
    " count(*) filter (where direction = 'incoming') as incoming,"
    " count(*) filter (where direction = 'outgoing') as outgoing,"
    " count(*) filter (where status in ('sent','delivered','read')) as sent,"
    " count(*) filter (where status in ('delivered','read') and direction = 'outgoing')"
    " as delivered,"
    " count(*) filter (where status = 'read') as read,"
    " count(*) filter (where status = 'failed') as failed,"
    " count(*) filter (where status = 'uncertain') as uncertain"
    " from messages where organization_id = :organization and created_at >= :since group by 1"
)
_BETWEEN = text(
    "select count(*) filter (where direction = 'incoming') as incoming,"
    " count(*) filter (where direction = 'outgoing') as outgoing from messages"
    " where organization_id = :organization and created_at >= :since and created_at < :until"
)
# From a conversation's first word of the customer in the range to our first word after it.
_FIRST_RESPONSE = text(
    "select percentile_cont(0.5) within group (order by extract(epoch from a.at - c.at)) from"
    " (select conversation_id, min(created_at) as at from messages"
    "   where organization_id = :organization and direction = 'incoming'"
    "   and created_at >= :since group by 1) c,"
    " lateral (select min(created_at) as at from messages m"
    "   where m.organization_id = :organization and m.conversation_id = c.conversation_id"
    "   and m.direction = 'outgoing' and m.created_at > c.at) a where a.at is not null"
)
_CONTACTS = text("select count(*) from contacts where organization_id = :organization")


def overview(session: Session, actor: Actor, *, now: datetime, days: int = 7) -> Overview:
    """Is it going well, and what needs me? Over the last `days` days (1..90), today included."""
    actor.require(Permission.READ)
    zone = organization_of(session, actor).time_zone
    today = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    days = min(max(days, 1), LONGEST_DAYS)
    since = today - timedelta(days=days - 1)
    ask = Asking(session, actor, since, now)
    talks = ask.one(_CONVERSATIONS)
    by_day = {row["day"]: row for row in ask.all(_MESSAGES)}
    this_day = ask.one(_BETWEEN, since=today)
    week = timedelta(days=7)
    last_week = ask.one(_BETWEEN, since=today - week, until=now - week)
    response = ask.value(_FIRST_RESPONSE)
    numbers = accounts.list_accounts(session, actor)
    sums = {name: sum(row[name] for row in by_day.values()) for name in _SUMMED}
    waiting_since = talks["waiting_since"]
    return Overview(
        waiting=talks["waiting"],
        oldest_wait_seconds=int((now - waiting_since).total_seconds()) if waiting_since else None,
        open_conversations=talks["open"],
        unassigned=talks["unassigned"],
        incoming_today=this_day["incoming"],
        outgoing_today=this_day["outgoing"],
        incoming_last_week=last_week["incoming"],
        outgoing_last_week=last_week["outgoing"],
        median_first_response_seconds=None if response is None else int(response),
        days=[_day(since + timedelta(days=n), by_day) for n in range(days)],
        problems=problems.list_problems(session, actor, now=now),
        accounts=numbers,
        contacts=ask.value(_CONTACTS),
        **sums,
    )


_SUMMED = ("sent", "delivered", "read", "failed", "uncertain")


def _day(day: datetime, by_day: dict[str, Any]) -> DayCount:
    name = f"{day:%Y-%m-%d}"
    row = by_day.get(name, {"incoming": 0, "outgoing": 0})
    return DayCount(name, row["incoming"], row["outgoing"])
