// The canvas. The draft is the truth; React Flow holds only what is being dragged or selected.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  applyEdgeChanges, applyNodeChanges, Background, MiniMap, ReactFlow, useNodesInitialized, useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { connect, move, ways } from "$/public/bots/flow.js";
import { Step } from "$/public/bots/step.jsx";
import { named, told } from "$/public/bots/told.js";

// A long bot is shown from its start, large enough to read.
async function readable(view) {
  await view.fitView({ ...FIT, duration: 0 });
  if (view.getZoom() >= READABLE) return;
  const start = view.getNodes().find((node) => node.data.node.type === "start");
  const { x, y } = start?.position ?? { x: 0, y: 0 };
  view.setViewport({ x: 48 - x * READING, y: 140 - y * READING, zoom: READING });
}

export const DRAGGED = "application/x-botpe-kind";
const MAP = { width: 168, height: 112 }; // its drawing is made for this size
const TYPES = { step: Step };
const NOTHING = [];
const READABLE = 0.55; // zoom
const READING = 0.8;
const FIT = { padding: 0.2, maxZoom: 1, duration: 200 };
const OWN_KEYS = { deleteKeyCode: null, multiSelectionKeyCode: ["Meta", "Control"] };

// What the cards show, each the same object until something of it changes.
function useCards(flow, kinds, problems, lit, figures) {
  const kept = useRef(new Map());
  return useMemo(() => {
    const used = grouped(flow.edges, (edge) => edge.source, (edge) => edge.source_handle ?? "next");
    const wrong = grouped(problems, (one) => one.node_id, (one) => one);
    const cards = new Map();
    for (const node of flow.nodes) {
      const card = {
        node, kind: kinds[node.type], title: named(node, kinds), text: told(node, flow),
        ways: ways(node, flow, kinds), used: new Set(used.get(node.id)),
        problems: wrong.get(node.id) ?? NOTHING, lit: lit.nodes.get(node.id) ?? null,
        figures: figures?.get(node.id) ?? null,
      };
      const sign = JSON.stringify([
        card.title, card.text, card.ways, [...card.used], card.problems,
        card.lit && [...card.lit], card.figures, node.type,
      ]);
      const before = kept.current.get(node.id);
      cards.set(node.id, before?.sign === sign ? before : { sign, card });
    }
    kept.current = cards;
    return cards;
  }, [flow, kinds, problems, lit, figures]);
}

function grouped(rows, key, value) {
  const found = new Map();
  for (const row of rows) {
    if (!found.has(key(row))) found.set(key(row), []);
    found.get(key(row)).push(value(row));
  }
  return found;
}

function drawn(flow, cards, before) {
  const held = new Map(before.map((node) => [node.id, node]));
  return flow.nodes.map((node) => {
    const old = held.get(node.id);
    const { card } = cards.get(node.id);
    if (old && old.data === card && old.position === node.position) return old;
    return { ...old, id: node.id, type: "step", position: node.position, data: card, ariaLabel: card.title };
  });
}

const edgesOf = (flow, lit, before) => {
  const chosen = new Set(before.filter((edge) => edge.selected).map((edge) => edge.id));
  const nodes = new Set(flow.nodes.map((node) => node.id));
  return flow.edges.filter((edge) => nodes.has(edge.source) && nodes.has(edge.target)).map((edge) => ({
    id: edge.id, source: edge.source, target: edge.target, targetHandle: "in",
    sourceHandle: edge.source_handle ?? "next", selected: chosen.has(edge.id),
    className: lit.edges.has(edge.id) ? "lit" : "",
    ariaLabel: `From ${edge.source} to ${edge.target}`,
  }));
};

export function Canvas({ draft, flow, kinds, problems, lit, figures, mayEdit, select, onSelect, onOpen, onDropped }) {
  const cards = useCards(flow, kinds, problems, lit, figures);
  const [nodes, setNodes] = useState(() => drawn(flow, cards, NOTHING));
  const [edges, setEdges] = useState(() => edgesOf(flow, lit, NOTHING));
  const view = useReactFlow();
  const { screenToFlowPosition, fitView } = view;
  const measured = useNodesInitialized();
  const begun = useRef(false);
  const moved = useRef(false);

  useEffect(() => {
    if (!measured || begun.current) return;
    begun.current = true;
    readable(view);
  }, [measured]);
  useEffect(() => setNodes((before) => drawn(flow, cards, before)), [flow, cards]);
  useEffect(() => setEdges((before) => edgesOf(flow, lit, before)), [flow.nodes, flow.edges, lit]);
  useEffect(() => {
    if (!select) return;
    const ids = new Set(select.ids);
    setNodes((before) => before.map((node) => (Boolean(node.selected) === ids.has(node.id) ? node : { ...node, selected: ids.has(node.id) })));
    setEdges((before) => before.map((edge) => (edge.selected ? { ...edge, selected: false } : edge)));
    if (select.show) setTimeout(() => fitView({ ...FIT, nodes: select.ids.map((id) => ({ id })) }), 60);
  }, [select]);

  const onNodesChange = useCallback((changes) => {
    if (changes.some((one) => one.type === "position" && one.dragging === false)) moved.current = true;
    setNodes((before) => applyNodeChanges(changes.filter((one) => one.type !== "remove"), before));
  }, []);
  const onEdgesChange = useCallback(
    (changes) => setEdges((before) => applyEdgeChanges(changes.filter((one) => one.type !== "remove"), before)),
    [],
  );
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false; // dragged, or pushed with the arrow keys: one step back
    const places = new Map(flow.nodes.map((node) => [node.id, node.position]));
    const now = nodes.filter((node) => places.has(node.id) && node.position !== places.get(node.id));
    if (now.length) draft.change((one) => move(one, new Map(now.map((node) => [node.id, node.position]))), "move");
  }, [nodes]);

  const onConnect = ({ source, sourceHandle, target }) =>
    draft.change((one) => connect(one, source, sourceHandle ?? "next", target));
  const allowed = ({ target }) => flow.nodes.find((node) => node.id === target)?.type !== "start";
  const onConnectEnd = (event, state) => {
    if (!mayEdit || state.toNode || state.fromHandle?.type !== "source") return;
    const { clientX, clientY } = event.changedTouches?.[0] ?? event;
    onDropped({
      x: clientX, y: clientY, position: screenToFlowPosition({ x: clientX, y: clientY }),
      from: state.fromNode.id, handle: state.fromHandle.id ?? "next",
    });
  };
  const onDragOver = (event) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  };
  const onDrop = (event) => {
    const kind = kinds[event.dataTransfer.getData(DRAGGED)];
    if (!kind) return;
    event.preventDefault();
    onDropped({ kind, position: screenToFlowPosition({ x: event.clientX - 20, y: event.clientY - 20 }) });
  };

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onSelectionChange={onSelect}
      onNodeClick={onOpen}
      onConnect={onConnect}
      onConnectEnd={onConnectEnd}
      isValidConnection={allowed}
      onDragOver={onDragOver}
      onDrop={onDrop}
      nodesDraggable={mayEdit}
      nodesConnectable={mayEdit}
      onlyRenderVisibleElements={flow.nodes.length > 60}
      minZoom={0.1}
      maxZoom={1.6}
      connectionRadius={40}
      proOptions={{ hideAttribution: false }}
      {...OWN_KEYS}
    >
      <Background gap={20} size={1.5} color="var(--edge)" />
      <MiniMap pannable zoomable className="canvas-map" style={MAP} ariaLabel="Map of the bot" nodeColor={(node) => (node.data.lit ? "var(--brand)" : "var(--edge)")} maskColor="var(--map-mask)" bgColor="var(--surface)" />
    </ReactFlow>
  );
}
