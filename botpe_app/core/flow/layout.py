"""Where nodes lie on the canvas: what comes next lies to the right, side by side lies below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botpe_app.core.conditions.values import items, mapping

_ACROSS, _DOWN = 320, 200  # from node to node

Json = dict[str, Any]
_Place = tuple[float, float]


def laid_out(flow: Json, kept: Mapping[str, Mapping[str, Any]] | None = None) -> Json:
    """The flow with a position for every node, none upon another.

    `kept` are positions by node that stay as they are.
    """
    places: dict[str, _Place] = {
        node_id: (float(place.get("x", 0)), float(place.get("y", 0)))
        for node_id, place in (kept or {}).items()
    }
    taken = {_cell(place) for place in places.values()}
    nodes = {str(mapping(node).get("id")): mapping(node) for node in items(flow.get("nodes"))}
    for node_id, before in _walk(flow, nodes):
        if node_id not in places:
            places[node_id] = _free(places.get(before), taken)
            taken.add(_cell(places[node_id]))
    return {
        **flow,
        "nodes": [
            {**node, "position": {"x": places[node_id][0], "y": places[node_id][1]}}
            for node_id, node in nodes.items()
        ],
    }


def _walk(flow: Json, nodes: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every node with the one it was reached from ("" for none), nearest to the start first."""
    ways: dict[str, list[str]] = {}
    for edge in items(flow.get("edges")):
        held = mapping(edge)
        ways.setdefault(str(held.get("source")), []).append(str(held.get("target")))
    starts = [node_id for node_id, node in nodes.items() if node.get("type") == "start"]
    order: dict[str, str] = {}
    for first in (*starts, *nodes):
        queue = [] if first in order else [(first, "")]
        for node_id, before in queue:  # grows while it is walked
            if node_id in nodes and node_id not in order:
                order[node_id] = before
                queue += [(target, node_id) for target in ways.get(node_id, ())]
    return list(order.items())


def _free(before: _Place | None, taken: set[tuple[int, int]]) -> _Place:
    x, y = (before[0] + _ACROSS, before[1]) if before else (0.0, 0.0)
    while _cell((x, y)) in taken:
        y += _DOWN
    return x, y


def _cell(place: _Place) -> tuple[int, int]:
    return round(place[0] / _ACROSS), round(place[1] / _DOWN)
