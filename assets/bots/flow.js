// A flow as data: every change gives a new one, and what did not change stays the same object.

export const START = "start";
const ROOTS = ["contact.name", "contact.phone", "contact.email", "input.text", "organization.name", "now", "today"];

export const empty = () => ({ version: 1, triggers: [], nodes: [], edges: [], variables: [], settings: {} });

// A draft as the editor needs it: every list is there, every node has a place.
export function whole(raw) {
  const flow = { ...empty(), ...raw };
  const nodes = flow.nodes.filter((node) => node && typeof node === "object" && node.id);
  return { ...flow, nodes: nodes.map(placed), edges: flow.edges.filter((edge) => edge?.id) };
}

const placed = (node) => ({
  ...node,
  position: { x: Number(node.position?.x) || 0, y: Number(node.position?.y) || 0 },
});

// An id like `base` that none of `taken` has.
export function free(base, taken) {
  const stem = base.replace(/[^\p{L}\p{N}_.:-]+/gu, "_").slice(0, 80) || "step";
  if (!taken.has(stem)) return stem;
  for (let n = 2; ; n++) if (!taken.has(`${stem}_${n}`)) return `${stem}_${n}`;
}

const idsOf = (rows) => new Set(rows.map((row) => row.id));

// Where edges leave a node: {id, label, needed} in the order drawn. `kinds` by type.
export function ways(node, flow, kinds) {
  const data = node.data ?? {};
  const found = (kinds[node.type]?.ways ?? [])
    .filter((way) => Object.entries(way.when).every(([name, values]) => holds(data, node, name, values)))
    .flatMap((way) => (way.each ? items(data, way) : [way]));
  return node.type === START ? [...triggers(flow), ...found] : found;
}

const DEFAULTS = { ai: { mode: "answer" }, go_to_bot: { comes_back: true } };

function holds(data, node, name, values) {
  const value = data[name] ?? DEFAULTS[node.type]?.[name];
  if (values.includes("some")) return value?.length > 0;
  if (values.includes("none")) return !value?.length;
  return values.includes(value);
}

function items(data, { each, needed }) {
  const held = each.split(".").reduce(
    (lists, name) => lists.flatMap((one) => (Array.isArray(one?.[name]) ? one[name] : [])),
    [data],
  );
  return held.filter((one) => one?.id).map((one) => ({ id: one.id, label: one.title || one.name || one.id, needed }));
}

const TRIGGER_WORDS = {
  any_message: () => "Any message",
  button: (one) => `Button ${listed(one.payloads)}`,
  referral: () => "An ad or a post",
  template_reply: () => "A template reply",
  api: () => "A call by API",
  tag: (one) => `Tag ${listed(one.tags)}`,
  schedule: (one) => `Every day at ${one.time}`,
  keyword: (one) => `“${listed(one.keywords)}”`,
};
const listed = (words) => (words ?? []).filter(Boolean).slice(0, 3).join(", ") || "…";

export const trigger = (one) => (TRIGGER_WORDS[one?.type] ?? (() => one?.type ?? "…"))(one);
const triggers = (flow) => flow.triggers.filter((one) => one?.id).map((one) => ({ id: one.id, label: trigger(one) }));

export function add(flow, kind, position, { from, handle } = {}) {
  const id = free(kind.type, idsOf(flow.nodes));
  const node = { id, type: kind.type, position: rounded(position), data: structuredClone(kind.data) };
  const grown = { ...flow, nodes: [...flow.nodes, node] };
  return { id, flow: from ? connect(grown, from, handle, id) : grown };
}

const rounded = ({ x, y }) => ({ x: Math.round(x), y: Math.round(y) });

// A handle has one edge: a new one takes the place of the old.
export function connect(flow, source, handle, target) {
  const kept = flow.edges.filter((edge) => edge.source !== source || (edge.source_handle ?? "next") !== handle);
  if (!target) return { ...flow, edges: kept };
  const id = free(`${source}-${handle}`, idsOf(kept));
  return { ...flow, edges: [...kept, { id, source, source_handle: handle, target }] };
}

// Without these nodes and edges; the start stays.
export function remove(flow, nodeIds, edgeIds = []) {
  const gone = new Set(nodeIds.filter((id) => flow.nodes.find((node) => node.id === id)?.type !== START));
  const cut = new Set(edgeIds);
  return {
    ...flow,
    nodes: flow.nodes.filter((node) => !gone.has(node.id)),
    edges: flow.edges.filter((edge) => !cut.has(edge.id) && !gone.has(edge.source) && !gone.has(edge.target)),
  };
}

export function change(flow, id, news) {
  return { ...flow, nodes: flow.nodes.map((node) => (node.id === id ? { ...node, ...news } : node)) };
}

// Edges of choices that are gone go too, so that no draft keeps what nobody sees.
export function write(flow, id, data, kinds) {
  const changed = change(flow, id, { data });
  const node = changed.nodes.find((one) => one.id === id);
  const before = new Set(ways(flow.nodes.find((one) => one.id === id), flow, kinds).map((way) => way.id));
  const now = new Set(ways(node, changed, kinds).map((way) => way.id));
  const lost = (edge) => edge.source === id && before.has(edge.source_handle) && !now.has(edge.source_handle);
  return changed.edges.some(lost) ? { ...changed, edges: changed.edges.filter((edge) => !lost(edge)) } : changed;
}

export function setWhole(flow, name, value) {
  if (name !== "triggers") return { ...flow, [name]: value };
  const known = new Set(value.map((one) => one.id));
  const starts = new Set(flow.nodes.filter((node) => node.type === START).map((node) => node.id));
  const was = new Set(flow.triggers.map((one) => one.id));
  const edges = flow.edges.filter(
    (edge) => !starts.has(edge.source) || !was.has(edge.source_handle) || known.has(edge.source_handle),
  );
  return { ...flow, triggers: value, edges };
}

export function move(flow, places) {
  const moved = (node) => (places.has(node.id) ? { ...node, position: rounded(places.get(node.id)) } : node);
  return { ...flow, nodes: flow.nodes.map(moved) };
}

// A part of a flow for the clipboard.
export function copy(flow, nodeIds) {
  const chosen = new Set(nodeIds);
  const nodes = flow.nodes.filter((node) => chosen.has(node.id) && node.type !== START);
  const inside = new Set(nodes.map((node) => node.id));
  return { nodes, edges: flow.edges.filter((edge) => inside.has(edge.source) && inside.has(edge.target)) };
}

export function paste(flow, part, shift = { x: 40, y: 40 }) {
  const taken = idsOf(flow.nodes);
  const names = new Map();
  const nodes = part.nodes.filter((node) => node?.id && node.type !== START).map((node) => {
    const id = free(node.id, taken);
    taken.add(id);
    names.set(node.id, id);
    const { x, y } = placed(node).position;
    return { ...structuredClone(node), id, position: { x: x + shift.x, y: y + shift.y } };
  });
  const known = idsOf(flow.edges);
  const edges = (part.edges ?? []).filter((edge) => names.has(edge.source) && names.has(edge.target)).map((edge) => {
    const id = free(edge.id, known);
    known.add(id);
    return { ...edge, id, source: names.get(edge.source), target: names.get(edge.target) };
  });
  return {
    ids: [...names.values()],
    flow: { ...flow, nodes: [...flow.nodes, ...nodes], edges: [...flow.edges, ...edges] },
  };
}

// What placeholders may name: variables that are declared or filled, then what is always there.
export function variables(flow) {
  const names = new Set(flow.variables.map((one) => one?.name));
  for (const { data } of flow.nodes) {
    names.add(data?.save_to);
    for (const list of [data?.assignments, data?.mappings, data?.fields]) {
      if (Array.isArray(list)) for (const one of list) names.add(one?.variable);
    }
  }
  return [...[...names].filter(Boolean).sort(), ...ROOTS];
}

const same = (a, b) => sorted(a) === sorted(b);
const sorted = (value) =>
  JSON.stringify(value ?? null, (_, held) =>
    held && typeof held === "object" && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );

// What changes for customers from one flow to another; where nodes lie does not.
export function compare(before, after) {
  const told = ({ type, name, data }) => ({ type, name: name ?? "", data: data ?? {} });
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const found = [];
  for (const [id, node] of now) {
    if (!old.has(id)) found.push({ what: "added", id, node });
    else if (!same(told(old.get(id)), told(node))) found.push({ what: "changed", id, node });
  }
  for (const [id, node] of old) if (!now.has(id)) found.push({ what: "removed", id, node });
  const route = (edge) => `${edge.source} ${edge.source_handle ?? "next"} ${edge.target}`;
  if (!same(before.edges.map(route).sort(), after.edges.map(route).sort())) found.push({ what: "connections" });
  for (const part of ["triggers", "variables", "settings"]) {
    if (!same(before[part], after[part])) found.push({ what: part });
  }
  return found;
}
