"""Making flows to find fault with."""

from __future__ import annotations

import itertools
from typing import Any

from botpe_app.core.flow import Known, Problem, problems

Json = dict[str, Any]


def text_node(node_id: str, *bodies: str) -> Json:
    """A node that says these texts."""
    messages = [{"type": "text", "text": {"body": body}} for body in bodies]
    return {"id": node_id, "type": "message", "data": {"messages": messages}}


def node(node_id: str, kind: str, **data: Any) -> Json:
    """A node of that kind."""
    return {"id": node_id, "type": kind, "data": data}


def edge(source: str, target: str, handle: str = "next") -> Json:
    """An edge whose id is its own description."""
    way = {"source": source, "source_handle": handle, "target": target}
    return {"id": f"{source}.{handle}", **way}


def flow(*nodes: Json, edges: list[Json] | None = None, **parts: Any) -> Json:
    """A flow that begins at the first of `nodes` and goes through them, unless `edges` say more."""
    ids = ["start", *(one["id"] for one in nodes)]
    in_row = [edge(a, b) for a, b in itertools.pairwise(ids)]
    return {
        "triggers": [{"id": "any", "type": "any_message"}],
        "nodes": [{"id": "start", "type": "start"}, *nodes],
        "edges": in_row if edges is None else [edge("start", ids[1]), *edges],
        **parts,
    }


def found(raw: object, known: Known | None = None) -> list[tuple[str | None, str, str]]:
    """(code, node, field) of the problems of a flow."""
    told = problems(raw, known) if known else problems(raw)
    return [(problem.code, problem.node_id or "", problem.field) for problem in told]


def errors(raw: object) -> list[Problem]:
    """The problems that keep it from being published."""
    return [problem for problem in problems(raw) if problem.severity == "error"]
