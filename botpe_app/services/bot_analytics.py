"""How a bot does: how far customers come, where they leave, what they answer, who is called."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.flow import BaseNode, Flow, parse_draft
from botpe_app.core.permissions import Permission
from botpe_app.models import Bot
from botpe_app.services.access import Actor, get, organization_of
from botpe_app.services.bots import answering_flow

Json = dict[str, Any]
_MOST_ANSWERS = 20
_ASKING = ("question", "buttons", "list", "template", "whatsapp_flow")

_THOSE = (
    "with those as (select * from bot_sessions where organization_id = :organization"
    " and bot_id = :bot and started_at >= :since and started_at < :until) "
)
# What any set of sessions comes to.
SUMS = (
    "count(*) as sessions,"
    " count(*) filter (where status = 'waiting') as running,"
    " count(*) filter (where status = 'paused') as with_a_person,"
    " count(*) filter (where ending = 'completed') as completed,"
    " count(*) filter (where hand_off <> '') as hand_offs,"
    " count(*) filter (where status = 'ended' and hand_off = ''"
    "   and ending in ('completed','closed')) as contained,"
    " count(*) filter (where status <> 'waiting' or hand_off <> '') as settled,"
    " percentile_cont(0.5) within group (order by extract(epoch from moved_at - started_at))"
    "   filter (where ending = 'completed') as median,"
    " percentile_cont(0.9) within group (order by extract(epoch from moved_at - started_at))"
    "   filter (where ending = 'completed') as p90"
)
_SESSIONS = f"select {SUMS} from those"  # noqa: S608 - our own words
_ENDINGS = "select ending, count(*) from those where status = 'ended' group by 1"
_REASONS = "select hand_off, count(*) from those where hand_off <> '' group by 1"
_DAYS = (
    "select to_char(started_at at time zone :zone, 'YYYY-MM-DD') as day,"
    " count(*) as sessions, count(*) filter (where ending = 'completed') as completed,"
    " count(*) filter (where hand_off <> '') as hand_offs from those group by 1 order by 1"
)
_STEPS = (
    "select t.node_id, t.node_type, t.handle, t.edge_id, t.arrived, count(*) as times"
    " from those s join bot_steps t on t.organization_id = s.organization_id"
    " and t.session_id = s.id where t.bot_id = :bot group by 1, 2, 3, 4, 5"
)
# Where each conversation stands now, or stood when it ended.
_LAST = (
    "select l.node_id, count(*) filter (where s.status = 'waiting') as waiting,"
    " count(*) filter (where s.ending in ('expired','timed_out','interrupted','failed'))"
    "   as dropped from those s cross join lateral (select t.node_id from bot_steps t"
    "   where t.organization_id = s.organization_id and t.session_id = s.id and t.bot_id = :bot"
    "   order by t.id desc limit 1) l group by 1"
)
_ANSWERS = (
    "select name, category, value, times from ("
    " select r.key as name, r.value ->> 'category' as category,"
    "  left(case jsonb_typeof(r.value -> 'value') when 'string' then r.value ->> 'value'"
    "    else (r.value -> 'value')::text end, 200) as value, count(*) as times,"
    "  row_number() over (partition by r.key order by count(*) desc, min(s.id::text)) as place"
    " from those s, jsonb_each(coalesce(s.state -> 'results', '{}')) r"
    " where r.value ->> 'category' not in ('invalid','timeout') group by 1, 2, 3) found"
    " where place <= :most order by name, times desc, value"
)


@dataclass(frozen=True, slots=True)
class BotFigures:
    """A bot's figures, of the conversations that began within the range."""

    bot_id: str
    since: datetime
    until: datetime
    sessions: int
    running: int
    with_a_person: int
    completed: int
    hand_offs: int
    containment: float | None  # of those that are settled, how many needed nobody; 0 … 1
    endings: dict[str, int]
    hand_off_reasons: dict[str, int]
    time_to_finish: Json  # seconds: median, p90
    nodes: list[Json]
    edges: list[Json]
    questions: list[Json]
    days: list[Json]


def bot_figures(
    session: Session, actor: Actor, bot_id: UUID | str, *, since: datetime, until: datetime
) -> BotFigures:
    """The figures of one bot. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Bot, bot_id)
    asked = _Asked(session, actor, row, since, until)
    (sums,) = asked.rows(_SESSIONS)
    steps, last = asked.rows(_STEPS), asked.rows(_LAST)
    flow = parse_draft(answering_flow(session, row))
    return BotFigures(
        bot_id=str(row.id),
        since=since,
        until=until,
        sessions=sums.sessions,
        running=sums.running,
        with_a_person=sums.with_a_person,
        completed=sums.completed,
        hand_offs=sums.hand_offs,
        containment=sums.contained / sums.settled if sums.settled else None,
        endings={one[0]: one[1] for one in asked.rows(_ENDINGS)},
        hand_off_reasons={one[0]: one[1] for one in asked.rows(_REASONS)},
        time_to_finish={"median": sums.median, "p90": sums.p90},
        nodes=_nodes(steps, last),
        edges=_edges(steps),
        questions=_questions(flow, steps, asked.rows(_ANSWERS)),
        days=[one._asdict() for one in asked.rows(_DAYS)],
    )


class _Asked:
    def __init__(
        self, session: Session, actor: Actor, row: Bot, since: datetime, until: datetime
    ) -> None:
        self._session = session
        self._values = {
            "organization": actor.organization_id,
            "bot": row.id,
            "since": since,
            "until": until,
            "zone": organization_of(session, actor).time_zone,
            "most": _MOST_ANSWERS,
        }

    def rows(self, query: str) -> list[Any]:
        """What a query about `those` sessions finds."""
        found: Any = self._session.connection().execute(text(_THOSE + query), self._values)
        return list(found)


def _nodes(steps: list[Any], last: list[Any]) -> list[Json]:
    """How often each node was come to, and how many conversations broke off or wait there."""
    found: dict[str, Json] = {}
    for step in steps:
        node = found.setdefault(step.node_id, _node(step))
        if step.arrived:
            node["visits"] += step.times
        if step.handle:
            node["left_by"][step.handle] = node["left_by"].get(step.handle, 0) + step.times
    for one in last:
        if node := found.get(one.node_id):
            node["dropped"], node["waiting"] = one.dropped, one.waiting
            node["drop_off"] = one.dropped / node["visits"] if node["visits"] else 0.0
    return sorted(found.values(), key=lambda node: (-node["visits"], node["node_id"]))


def _node(step: Any) -> Json:
    return {
        "node_id": step.node_id, "type": step.node_type, "visits": 0, "dropped": 0, "waiting": 0,
        "drop_off": 0.0, "left_by": {},
    }  # fmt: skip


def _edges(steps: list[Any]) -> list[Json]:
    counted: dict[str, int] = defaultdict(int)
    for step in steps:
        if step.edge_id:
            counted[step.edge_id] += step.times
    return [{"edge_id": one, "times": times} for one, times in sorted(counted.items())]


def _questions(flow: Flow, steps: list[Any], answers: list[Any]) -> list[Json]:
    """What was answered where, the most frequent first; by the names the flow gives now."""
    by_name: dict[str, list[Any]] = defaultdict(list)
    for one in answers:
        by_name[one.name].append(one)
    return [
        _question(node, steps, by_name)
        for node in flow.nodes
        if getattr(node, "type", "") in _ASKING
    ]


def _question(node: BaseNode, steps: list[Any], by_name: dict[str, list[Any]]) -> Json:
    name = getattr(getattr(node, "data", None), "save_to", None) or node.id
    mine = [step for step in steps if step.node_id == node.id]
    titles = {choice.id: choice.title for choice in node.choices}
    left = [step for step in mine if step.handle not in ("", "invalid", "timeout")]
    return {
        "node_id": node.id,
        "name": name,
        "asked": sum(step.times for step in mine if step.arrived),
        "answered": sum(step.times for step in left),
        "not_understood": sum(step.times for step in mine if step.handle == "invalid"),
        "no_answer": sum(step.times for step in mine if step.handle == "timeout"),
        "answers": [
            {"value": one.value, "category": one.category, "times": one.times,
             "title": titles.get(one.category, "")}
            for one in by_name.get(name, [])
        ],
    }  # fmt: skip
