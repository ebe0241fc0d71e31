"""A flow's nodes and edges as a graph: what leads where, what is reached, what goes round."""

from __future__ import annotations

from collections.abc import Iterator

from botpe_app.core.flow.nodes import BaseNode, StartNode
from botpe_app.core.flow.schema import Edge, Flow


class Graph:
    """Quick answers about a flow. Edges that lead nowhere are left out."""

    def __init__(self, flow: Flow) -> None:
        self.nodes: dict[str, BaseNode] = {node.id: node for node in flow.nodes}
        self.start = next((node.id for node in flow.nodes if isinstance(node, StartNode)), None)
        self.leaving: dict[str, list[Edge]] = {node: [] for node in self.nodes}
        for edge in flow.edges:
            if edge.source in self.nodes and edge.target in self.nodes:
                self.leaving[edge.source].append(edge)

    def handles_used(self, node_id: str) -> set[str]:
        """The handles of a node that lead somewhere."""
        return {edge.source_handle for edge in self.leaving[node_id]}

    def reached(self, also: Iterator[str]) -> set[str]:
        """The nodes to which a way leads from the start, or from one of `also`."""
        found: set[str] = set()
        ahead = [node for node in (self.start or "", *also) if node in self.nodes]
        while ahead:
            node = ahead.pop()
            if node not in found:
                found.add(node)
                ahead += [edge.target for edge in self.leaving[node]]
        return found

    def loops(self) -> list[str]:
        """A node of each way that goes round without waiting for the customer or for time."""
        done: set[str] = set()
        heads: list[str] = []
        for node in self.nodes:
            if node not in done:
                heads += self._loops_from(node, done)
        return list(dict.fromkeys(heads))

    def _loops_from(self, first: str, done: set[str]) -> Iterator[str]:
        """Depth first without recursion: an edge back into the way being walked closes a loop."""
        way: dict[str, Iterator[str]] = {first: self._onward(first)}
        while way:
            node = next(reversed(way))
            target = next(way[node], None)
            if target is None:
                done.add(node)
                del way[node]
            elif target in way:
                yield target
            elif target not in done:
                way[target] = self._onward(target)

    def _onward(self, node_id: str) -> Iterator[str]:
        if self.nodes[node_id].waits:
            return iter(())
        return iter([edge.target for edge in self.leaving[node_id]])
