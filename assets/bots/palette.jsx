// What can be put on the canvas: dragged there, or added by a click beside what is chosen.
import { useEffect, useRef, useState } from "react";
import { DRAGGED } from "$/public/bots/canvas.jsx";
import { Mark } from "$/public/bots/icons.jsx";

const GROUPS = ["Say", "Ask", "Decide", "Do"];

export function Palette({ kinds, onAdd }) {
  const drag = (event, type) => {
    event.dataTransfer.setData(DRAGGED, type);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <nav className="palette" aria-label="Steps to add">
      {GROUPS.map((group) => (
        <div key={group} className="palette-group">
          <h3>{group}</h3>
          {kinds.filter((kind) => kind.group === group).map((kind) => (
            <button key={kind.type} type="button" className="palette-kind" draggable title={`${kind.text}. Drag it onto the canvas, or click.`} data-kind={kind.type} onDragStart={(event) => drag(event, kind.type)} onClick={() => onAdd(kind)}>
              <Mark kind={kind} /> <span>{kind.label}</span>
            </button>
          ))}
        </div>
      ))}
    </nav>
  );
}

// Where a connection was let go over nothing: what should follow?
export function QuickAdd({ kinds, at, onPick, onClose }) {
  const box = useRef(null);
  const [query, setQuery] = useState("");
  const found = kinds.filter((kind) => kind.group && kind.label.toLowerCase().includes(query.toLowerCase()));
  useEffect(() => {
    const out = (event) => box.current?.contains(event.target) || onClose();
    document.addEventListener("pointerdown", out);
    return () => document.removeEventListener("pointerdown", out);
  }, []);
  const keys = (event) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && found[0]) onPick(found[0]);
    else return;
    event.preventDefault();
  };
  const left = Math.min(at.x, window.innerWidth - 240);
  const top = Math.max(8, Math.min(at.y, window.innerHeight - 330));
  return (
    <div ref={box} className="quick-add" style={{ left, top }} role="dialog" aria-label="What follows">
      <input className="input" autoFocus placeholder="What follows?" aria-label="Find a kind of step" value={query} onChange={(event) => setQuery(event.target.value)} onKeyDown={keys} />
      <div className="quick-kinds">
        {found.map((kind) => (
          <button key={kind.type} type="button" className="menu-item" onClick={() => onPick(kind)}><Mark kind={kind} /> {kind.label}</button>
        ))}
      </div>
    </div>
  );
}

// Finds a step by its name, words or id.
export function Finder({ steps, onPick, onClose }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const wanted = query.toLowerCase();
  const found = steps.filter((one) => `${one.title} ${one.text} ${one.id}`.toLowerCase().includes(wanted)).slice(0, 30);
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt(Math.max(0, Math.min(at + step, found.length - 1)));
    else if (event.key === "Enter" && found[at]) onPick(found[at].id);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="finder" role="dialog" aria-label="Find a step">
      <input className="input" autoFocus placeholder="Find a step" aria-label="Find a step" value={query} onChange={(event) => { setQuery(event.target.value); setAt(0); }} onKeyDown={keys} onBlur={() => setTimeout(onClose, 150)} />
      <ul role="listbox" aria-label="Steps found">
        {found.map((one, place) => (
          <li key={one.id} role="option" aria-selected={place === at}>
            <button type="button" className="menu-item" onMouseDown={(event) => (event.preventDefault(), onPick(one.id))}>
              <Mark kind={one.kind} />
              <span className="who"><span className="strong clip">{one.title}</span><span className="small mute clip">{one.text || one.id}</span></span>
            </button>
          </li>
        ))}
        {!found.length && <li className="mute small">No step says that</li>}
      </ul>
    </div>
  );
}
