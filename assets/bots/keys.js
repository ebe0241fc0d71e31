// The keyboard and the clipboard of the canvas.
import { useEffect, useRef } from "react";
import { copy, paste, remove } from "$/public/bots/flow.js";

const KIND = "botpe-flow";
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");
const selecting = () => String(getSelection() ?? "") !== "";

// `now()` gives {flow, chosen: {nodes, edges}}; everything is undone with one step back.
export function useKeys(draft, now, mayEdit, { select, find, duplicate }) {
  const latest = useRef({});
  latest.current = { now, select, find, duplicate };
  useEffect(() => {
    const ends = new AbortController();
    const { signal } = ends;
    const clipboard = (event) => {
      const { flow, chosen } = latest.current.now();
      if (typing(event.target) || selecting() || !chosen.nodes.length) return;
      const part = { kind: KIND, ...copy(flow, chosen.nodes) };
      if (!part.nodes.length) return;
      event.clipboardData.setData("text/plain", JSON.stringify(part));
      event.preventDefault();
      if (event.type === "cut" && mayEdit) drop(chosen);
    };
    const drop = ({ nodes, edges }) => {
      if (!nodes.length && !edges.length) return false;
      draft.change((flow) => remove(flow, nodes, edges));
      latest.current.select([]);
      return true;
    };
    const pasted = (event) => {
      if (typing(event.target) || !mayEdit) return;
      const part = partOf(event.clipboardData.getData("text/plain"));
      if (!part) return;
      event.preventDefault();
      let ids = [];
      draft.change((flow) => {
        const made = paste(flow, part);
        ids = made.ids;
        return made.flow;
      });
      latest.current.select(ids);
    };
    const keyed = (event) => {
      if (typing(event.target) || event.isComposing || document.querySelector("dialog[open]")) return;
      if (shortcut(event) || plain(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    const shortcut = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
      const { flow, chosen } = latest.current.now();
      const key = event.key.toLowerCase();
      if (key === "f") latest.current.find();
      else if (key === "a") latest.current.select(flow.nodes.map((node) => node.id));
      else if (!mayEdit) return false;
      else if (key === "z") event.shiftKey ? draft.redo() : draft.undo();
      else if (key === "y") draft.redo();
      else if (key === "d") latest.current.duplicate(chosen.nodes);
      else if (key === "s") draft.save();
      else return false;
      return true;
    };
    const plain = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === "Escape") return latest.current.select([]), true;
      return mayEdit && ["Delete", "Backspace"].includes(event.key) && drop(latest.current.now().chosen);
    };
    document.addEventListener("keydown", keyed, { signal, capture: true });
    for (const name of ["copy", "cut"]) document.addEventListener(name, clipboard, { signal });
    document.addEventListener("paste", pasted, { signal });
    return () => ends.abort();
  }, [draft, mayEdit]);
}

function partOf(text) {
  try {
    const part = JSON.parse(text);
    return part?.kind === KIND && Array.isArray(part.nodes) ? part : null;
  } catch {
    return null;
  }
}
