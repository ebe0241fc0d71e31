// Puts nodes in columns from left to right, by how far they are from the start.

const COLUMN = 320;
const GAP = 36;
const HEIGHT = 120; // of a node not measured yet

// New places by id. `heights`: of nodes, by id.
export function tidy(flow, heights = new Map()) {
  const ahead = new Map(flow.nodes.map((node) => [node.id, []]));
  const behind = new Map(flow.nodes.map((node) => [node.id, []]));
  for (const { source, target } of flow.edges) {
    if (!ahead.has(source) || !ahead.has(target) || source === target) continue;
    ahead.get(source).push(target);
    behind.get(target).push(source);
  }
  const columns = inColumns(flow, ahead);
  for (let round = 0; round < 4; round++) untangle(columns, round % 2 ? ahead : behind, round % 2);
  return places(columns, behind, (id) => heights.get(id) ?? HEIGHT);
}

// The longest way from the start that takes no edge back.
function inColumns(flow, ahead) {
  const depth = new Map();
  const roots = [...flow.nodes].sort((a, b) => (b.type === "start") - (a.type === "start"));
  for (const order of orders(roots, ahead)) {
    const rank = new Map(order.map((one, at) => [one, at]));
    for (const id of order) {
      depth.set(id, depth.get(id) ?? 0);
      for (const next of ahead.get(id)) {
        if (rank.get(next) > rank.get(id)) depth.set(next, Math.max(depth.get(next) ?? 0, depth.get(id) + 1));
      }
    }
  }
  const columns = [];
  for (const { id } of flow.nodes) (columns[depth.get(id) ?? 0] ??= []).push(id);
  return columns.map((column) => column ?? []).filter((column) => column.length);
}

// Everything reachable from each root not reached before, each before what it leads to.
function orders(roots, ahead) {
  const seen = new Set();
  return roots.filter((root) => !seen.has(root.id)).map((root) => after(root.id, ahead, seen));
}

function after(root, ahead, seen) {
  const done = [];
  const stack = [[root, 0]];
  seen.add(root);
  while (stack.length) {
    const top = stack.at(-1);
    const next = ahead.get(top[0])[top[1]++];
    if (next === undefined) done.push(stack.pop()[0]);
    else if (!seen.has(next)) {
      seen.add(next);
      stack.push([next, 0]);
    }
  }
  return done.reverse();
}

// Each column in the order of its neighbours in the column beside it.
function untangle(columns, beside, backwards) {
  const order = backwards ? [...columns].reverse() : columns;
  const at = new Map(columns.flatMap((column) => column.map((id, place) => [id, place])));
  for (const column of order) {
    const middle = (id) => {
      const near = beside.get(id).map((one) => at.get(one));
      return near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : at.get(id);
    };
    const weight = new Map(column.map((id) => [id, middle(id)]));
    column.sort((a, b) => weight.get(a) - weight.get(b));
    column.forEach((id, place) => at.set(id, place));
  }
}

// As near as can be to the height of what leads there, without touching what is above.
function places(columns, behind, height) {
  const found = new Map();
  columns.forEach((column, place) => {
    let free = -Infinity;
    for (const id of column) {
      const near = behind.get(id).filter((one) => found.has(one)).map((one) => found.get(one).y);
      const wanted = near.length ? Math.min(...near) : Number.isFinite(free) ? free : 0;
      const y = Math.max(wanted, free);
      found.set(id, { x: place * COLUMN, y });
      free = y + height(id) + GAP;
    }
  });
  return found;
}
