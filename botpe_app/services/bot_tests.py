"""A bot's own tests: dialogues kept with it, tried with the engine that answers customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from botpe_app.core.engine import Program
from botpe_app.core.engine.dialogues import Tried, coverage, read_dialogues, try_dialogue
from botpe_app.core.flow import Flow, Problem, parse_draft
from botpe_app.core.permissions import Permission
from botpe_app.models import Bot, BotStep
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, get
from botpe_app.services.bot_context import context_of, published, sounds_of
from botpe_app.services.bot_simulation import checked, told

Json = dict[str, Any]
TRAFFIC_DAYS = 90


@dataclass(frozen=True, slots=True)
class Tests:
    """How a bot's dialogues went, and what they and real customers have come by."""

    passed: int
    failed: int
    results: list[Json]
    coverage: Json
    problems: list[Problem]


def run_tests(
    session: Session,
    actor: Actor,
    bot_id: UUID | str,
    *,
    flow: object = None,
    dialogues: object = None,
) -> Tests:
    """Tries the bot's dialogues, or those given, with its draft or the flow given.

    Raises Forbidden, NotFound, Invalid naming what is no dialogue.
    """
    actor.require(Permission.MANAGE_BOTS)
    row = get(session, actor, Bot, bot_id)
    held = parse_draft(row.flow if flow is None else flow)
    found = _tried(session, actor, row, held, row.dialogues if dialogues is None else dialogues)
    failed = sum(one.failure is not None for one in found)
    return Tests(
        passed=len(found) - failed,
        failed=failed,
        results=[_result(one) for one in found],
        coverage=_coverage(session, row, held, found),
        problems=_problems(found),
    )


def failures(session: Session, actor: Actor, row: Bot, flow: object) -> list[Problem]:
    """What of the bot's dialogues does not come true with this flow."""
    if not row.dialogues:
        return []
    return _problems(_tried(session, actor, row, parse_draft(flow), row.dialogues))


def _tried(session: Session, actor: Actor, row: Bot, flow: Flow, dialogues: object) -> list[Tried]:
    program = Program(flow, str(row.id), "draft")
    context = context_of(session, actor, None, {})
    others = published(session, actor.organization_id)
    now = utc_now()
    wanted = read_dialogues(dialogues)
    sounds = sounds_of(session, actor, program, others)
    return [try_dialogue(program, one, context, now, others, sounds=sounds) for one in wanted]


def _problems(found: Sequence[Tried]) -> list[Problem]:
    return [
        Problem(
            None,
            f"dialogues[{place}].lines[{one.failure.line}]",
            "error",
            f"The dialogue “{one.dialogue.name or one.dialogue.id}” fails: {one.failure.message}",
            "dialogue_failed",
        )
        for place, one in enumerate(found)
        if one.failure
    ]


def _result(tried: Tried) -> Json:
    failure = tried.failure
    return {
        "id": tried.dialogue.id,
        "name": tried.dialogue.name,
        "passed": failure is None,
        "failure": failure
        and {"line": failure.line, "message": failure.message, "heard": failure.heard},
        "transcript": [told(replace(line, content=checked(line)[0])) for line in tried.lines],
        "path": [step.node_id for step in tried.path if step.arrived],
    }


def _coverage(session: Session, row: Bot, flow: Flow, found: Sequence[Tried]) -> Json:
    """How often dialogues, and customers of the last three months, came by each node and edge."""
    tested = coverage(found, str(row.id))
    real = _traffic(session, row)
    nodes = [node.id for node in flow.nodes]
    edges = [edge.id for edge in flow.edges]
    return {
        "nodes": _counted("node_id", nodes, tested[0], real[0]),
        "edges": _counted("edge_id", edges, tested[1], real[1]),
        "nodes_tested": sum(one in tested[0] for one in nodes),
        "nodes_visited": sum(one in real[0] for one in nodes),
        "nodes_total": len(nodes),
        "edges_tested": sum(one in tested[1] for one in edges),
        "edges_visited": sum(one in real[1] for one in edges),
        "edges_total": len(edges),
    }


def _counted(
    name: str, ids: Sequence[str], tested: Mapping[str, int], real: Mapping[str, int]
) -> list[Json]:
    return [{name: one, "tests": tested.get(one, 0), "traffic": real.get(one, 0)} for one in ids]


def _traffic(session: Session, row: Bot) -> tuple[dict[str, int], dict[str, int]]:
    nodes: dict[str, int] = {}
    edges: dict[str, int] = {}
    found = session.exec(
        select(BotStep.node_id, BotStep.edge_id, BotStep.arrived, func.count())
        .where(
            BotStep.organization_id == row.organization_id,
            BotStep.bot_id == row.id,
            col(BotStep.at) > utc_now() - timedelta(days=TRAFFIC_DAYS),
        )
        .group_by(BotStep.node_id, BotStep.edge_id, col(BotStep.arrived))
    )
    for node_id, edge_id, arrived, count in found:
        if arrived:
            nodes[node_id] = nodes.get(node_id, 0) + count
        if edge_id:
            edges[edge_id] = edges.get(edge_id, 0) + count
    return nodes, edges
