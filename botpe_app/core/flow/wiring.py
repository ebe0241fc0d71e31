"""Problems of how nodes are connected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from botpe_app.core.flow.graph import Graph
from botpe_app.core.flow.nodes import (
    ERROR,
    NEXT,
    TIMEOUT,
    BaseNode,
    BrokenNode,
    EndNode,
    Handle,
    HandOffNode,
    StartNode,
)
from botpe_app.core.flow.parse import Problem, Severity
from botpe_app.core.flow.schema import Edge, Flow


def wiring_problems(flow: Flow) -> Iterator[Problem]:
    """Ids used twice, edges to nothing, missing branches, dead ends, unreachable nodes, loops."""
    graph = Graph(flow)
    yield from _ids(flow)
    yield from _start(flow)
    for edge in flow.edges:
        yield from _edge(edge, flow, graph)
    for node in graph.nodes.values():
        yield from _ends(node, graph)
    yield from _unreached(flow, graph)
    for node_id in graph.loops():
        yield _about(
            node_id,
            "loop",
            "From here the bot goes round in a circle without waiting for the customer. Put a "
            "question, a choice or a delay into the circle.",
        )


def _about(
    node_id: str | None,
    code: str,
    message: str,
    field: str = "edges",
    severity: Severity = "error",
) -> Problem:
    return Problem(node_id, field, severity, message, code)


def _twice(ids: Iterable[str]) -> list[str]:
    return [one for one, count in Counter(ids).items() if count > 1]


def _ids(flow: Flow) -> Iterator[Problem]:
    for node_id in _twice(node.id for node in flow.nodes):
        yield _about(node_id, "same_id", f"Two nodes have the id {node_id}.", "id")
    for edge_id in _twice(edge.id for edge in flow.edges):
        source = next(edge.source for edge in flow.edges if edge.id == edge_id)
        yield _about(source, "same_id", f"Two edges have the id {edge_id}.")
    for trigger_id in _twice(trigger.id for trigger in flow.triggers):
        told = f"Two triggers have the id {trigger_id}."
        yield _about(None, "same_id", told, "triggers")
    for source, handle in _twice_from(flow):
        told = f"Two edges leave {handle}. An answer can lead to one place only."
        yield _about(source, "two_edges", told, handle)


def _twice_from(flow: Flow) -> list[tuple[str, str]]:
    ways = Counter((edge.source, edge.source_handle) for edge in flow.edges)
    return [way for way, count in ways.items() if count > 1]


def _start(flow: Flow) -> Iterator[Problem]:
    starts = [node.id for node in flow.nodes if isinstance(node, StartNode)]
    if not starts:
        yield _about(None, "no_start", "The bot needs a start.", "nodes")
    for extra in starts[1:]:
        yield _about(extra, "two_starts", "A bot has one start; this is another.", "type")
    if not flow.triggers:
        told = "Nothing starts this bot but another bot: it has no trigger."
        yield _about(starts[0] if starts else None, "no_trigger", told, "triggers", "warning")


def _edge(edge: Edge, flow: Flow, graph: Graph) -> Iterator[Problem]:
    source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
    if target is None:
        told = f"An edge leads to {edge.target}, which is no node."
        yield _about(edge.source, "no_target", told, edge.source_handle)
    if source is None:
        told = f"An edge comes from {edge.source}, which is no node."
        yield _about(edge.target if target else None, "no_source", told)
        return
    if not isinstance(source, BrokenNode) and edge.source_handle not in _allowed(source, flow):
        told = f"An edge leaves {edge.source_handle}, which this node does not have."
        yield _about(edge.source, "no_handle", told, edge.source_handle)
    if isinstance(target, StartNode):
        yield _about(edge.source, "into_start", "An edge leads back to the start.")


def _allowed(node: BaseNode, flow: Flow) -> set[str]:
    allowed = {handle.id for handle in node.handles}
    if isinstance(node, StartNode):
        allowed |= {trigger.id for trigger in flow.triggers}
    return allowed


def _ends(node: BaseNode, graph: Graph) -> Iterator[Problem]:
    """What happens at handles that lead nowhere."""
    used = graph.handles_used(node.id)
    for handle in node.handles:
        if handle.id not in used:
            yield from _end(node, handle, used)


def _end(node: BaseNode, handle: Handle, used: set[str]) -> Iterator[Problem]:
    if handle.needed and not (node.choices and NEXT in used):
        told = f"“{handle.label}” leads nowhere: customers would get stuck there."
        yield _about(node.id, "missing_branch", told, handle.id)
    elif handle.id == NEXT and _goes_on(node):
        told = "The conversation ends here without an end."
        yield _about(node.id, "dead_end", told, NEXT, "warning")
    elif handle.id == ERROR:
        told = "If this fails a person takes over: there is no branch for errors."
        yield _about(node.id, "no_error_branch", told, ERROR, "warning")
    elif handle.id == TIMEOUT and _timeout(node):
        told = "When the time is up the conversation ends: there is no branch for it."
        yield _about(node.id, "no_timeout_branch", told, TIMEOUT, "warning")


def _goes_on(node: BaseNode) -> bool:
    return not node.choices and not isinstance(node, HandOffNode | EndNode)


def _timeout(node: BaseNode) -> bool:
    return getattr(getattr(node, "data", None), "timeout_seconds", None) is not None


def _unreached(flow: Flow, graph: Graph) -> Iterator[Problem]:
    if graph.start is None:
        return
    jumps = (one.node_id for one in flow.settings.interrupts if one.node_id)
    reached = graph.reached(iter(jumps))
    for node_id in graph.nodes:
        if node_id not in reached and node_id != graph.start:
            told = "No way leads to this node."
            yield _about(node_id, "unreachable", told, "id", "warning")
