// Where texts of a flow are written: with their limit, and variables to choose from.
import { useId, useLayoutEffect, useRef, useState } from "react";
import { Braces } from "lucide-react";

// As WhatsApp counts: UTF-16 units, without what placeholders will bring in.
export const length = (text) => text.replace(/\{\{.*?\}\}/g, "").length;

export function Problems({ found, id }) {
  if (!found.length) return null;
  return (
    <ul className="field-problems" id={id}>
      {found.map((one, at) => (
        <li key={at} className={one.severity === "error" ? "error" : "warning"}>{one.message}</li>
      ))}
    </ul>
  );
}

function Counter({ text, limit }) {
  const used = length(text);
  if (!limit || (limit > 100 && used < limit * 0.7)) return null;
  return (
    <span className={`counter number${used > limit ? " over" : ""}`} aria-live={used > limit ? "polite" : "off"}>
      {used}/{limit}
      <span className="unseen"> characters</span>
    </span>
  );
}

function Names({ names, onPick, onClose, at }) {
  return (
    <ul className="names" role="listbox" aria-label="Variables">
      {names.map((name, place) => (
        <li key={name} role="option" aria-selected={place === at}>
          <button type="button" tabIndex={-1} onMouseDown={(event) => (event.preventDefault(), onPick(name))}>{name}</button>
        </li>
      ))}
      {!names.length && <li className="mute small">No variable yet</li>}
      <li className="unseen"><button type="button" onClick={onClose}>Close</button></li>
    </ul>
  );
}

const OPEN = /\{\{([\p{L}\p{N}_.-]*)$/u;

// One line or several. `plain`: no placeholders.
export function Text({ label, value, onChange, limit, long, plain, names, found, help, disabled, type, placeholder }) {
  const id = useId();
  const area = useRef(null);
  const caret = useRef(null);
  const [picking, setPicking] = useState(null); // what is typed of a name, null while closed
  const [at, setAt] = useState(0);
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  const offered = picking === null ? [] : names.filter((name) => name.toLowerCase().includes(picking.toLowerCase())).slice(0, 12);

  useLayoutEffect(() => {
    if (caret.current === null) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  useLayoutEffect(() => {
    if (!long || !area.current) return;
    area.current.style.height = "auto";
    area.current.style.height = `${Math.min(area.current.scrollHeight + 2, 320)}px`;
  }, [text, long]);

  const write = (event) => {
    const next = event.target.value;
    const open = plain ? null : OPEN.exec(next.slice(0, event.target.selectionStart ?? next.length));
    setPicking(open ? open[1] : null);
    setAt(0);
    onChange(next);
  };
  const pick = (name) => {
    const end = area.current.selectionStart ?? text.length;
    const open = OPEN.exec(text.slice(0, end));
    const from = open ? end - open[0].length : end;
    const rest = text.slice(end).replace(/^\}{1,2}/, "");
    caret.current = from + name.length + 4;
    setPicking(null);
    onChange(`${text.slice(0, from)}{{${name}}}${rest}`);
    area.current.focus();
  };
  const onKeyDown = (event) => {
    if (picking === null) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + offered.length) % Math.max(offered.length, 1));
    else if ((event.key === "Enter" || event.key === "Tab") && offered[at]) pick(offered[at]);
    else if (event.key === "Escape") setPicking(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const Tag = long ? "textarea" : "input";
  const wrong = found.some((one) => one.severity === "error");
  return (
    <div className="field">
      <div className="row">
        <label htmlFor={id} className={label ? "grow" : "unseen"}>{label || "Text"}</label>
        <Counter text={text} limit={limit} />
        {!plain && !disabled && (
          <button type="button" className="braces" title="Insert a variable" aria-label={`Insert a variable into ${label || "the text"}`} aria-expanded={picking !== null} onClick={() => { setPicking(picking === null ? "" : null); setAt(0); area.current.focus(); }}>
            <Braces size={13} />
          </button>
        )}
      </div>
      <div className="names-box">
        <Tag
          ref={area} id={id} className="input" dir="auto" value={text} disabled={disabled}
          {...(long ? { rows: 2 } : { type: type ?? "text" })}
          placeholder={placeholder}
          aria-invalid={wrong} aria-describedby={`${id}-p`}
          autoComplete="off" spellCheck={long}
          onChange={write} onKeyDown={onKeyDown} onBlur={() => setPicking(null)}
        />
        {picking !== null && <Names names={offered} onPick={pick} onClose={() => setPicking(null)} at={at} />}
      </div>
      {help && <p className="help">{help}</p>}
      <Problems found={found} id={`${id}-p`} />
    </div>
  );
}

// One entry a line; empty lines are only on screen.
export function Strings({ label, value, onChange, found, help, disabled }) {
  const id = useId();
  const given = (value ?? []).join("\n");
  const [raw, setRaw] = useState(given);
  const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
  const shown = lines(raw).join("\n") === given ? raw : given;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id} className="input" dir="auto" rows={Math.min(Math.max(shown.split("\n").length, 2), 8)}
        value={shown} disabled={disabled} spellCheck={false}
        aria-invalid={found.length > 0} aria-describedby={`${id}-p`}
        onChange={(event) => (setRaw(event.target.value), onChange(lines(event.target.value)))}
      />
      {help && <p className="help">{help}</p>}
      <Problems found={found} id={`${id}-p`} />
    </div>
  );
}

export function Json({ label, value, onChange, found, help, disabled }) {
  const id = useId();
  const given = value === undefined || value === null ? "" : JSON.stringify(value, null, 2);
  const [raw, setRaw] = useState(null);
  const write = (text) => {
    setRaw(text);
    try {
      onChange(text.trim() ? JSON.parse(text) : undefined);
    } catch {
      // Told below until it is whole.
    }
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id} className="input mono" rows={4} value={raw ?? given} disabled={disabled} spellCheck={false}
        aria-invalid={broken(raw)} aria-describedby={`${id}-p`}
        onChange={(event) => write(event.target.value)} onBlur={() => !broken(raw) && setRaw(null)}
      />
      {broken(raw) && <p className="error">This is not JSON yet; the last whole one is kept.</p>}
      {help && <p className="help">{help}</p>}
      <Problems found={found} id={`${id}-p`} />
    </div>
  );
}

function broken(raw) {
  if (!raw?.trim()) return false;
  try {
    JSON.parse(raw);
    return false;
  } catch {
    return true;
  }
}
