// What opens over the composer while one writes: canned replies after /, colleagues after @.
import { useEffect, useState } from "react";

const MOST = 8;
const CANNED = /^\/([\w-]*)$/u;
const NAMED = /(^|\s)@([\p{L}\p{N} ]{0,40})$/u;

function ofCanned(text, canned) {
  const typed = CANNED.exec(text)?.[1].toLowerCase();
  if (typed === undefined) return [];
  const fits = (one) => `${one.shortcut} ${one.category}`.toLowerCase().includes(typed);
  const first = (one) => (one.shortcut.startsWith(typed) ? 0 : 1);
  return canned
    .filter(fits)
    .sort((a, b) => first(a) - first(b))
    .slice(0, MOST)
    .map((one) => ({ key: one.shortcut + one.text, label: `/${one.shortcut}`, more: one.text, text: one.text }));
}

function ofPeople(text, people) {
  const typed = NAMED.exec(text)?.[2].toLowerCase();
  if (typed === undefined) return [];
  const before = text.slice(0, text.length - typed.length);
  return people
    .filter((name) => name.toLowerCase().startsWith(typed) && name.toLowerCase() !== typed)
    .slice(0, MOST)
    .map((name) => ({ key: name, label: `@${name}`, more: "", text: `${before}${name} ` }));
}

// The choices for what stands in the composer, and the keys that choose among them.
export function usePicker(note, text, canned, people, take) {
  const [at, setAt] = useState(0);
  const [shut, setShut] = useState("");
  const found = shut === text ? [] : note ? ofPeople(text, people) : ofCanned(text, canned);
  useEffect(() => setAt(0), [text]);
  const place = Math.min(at, Math.max(found.length - 1, 0));
  const choose = (one) => (setShut(one.text), take(one.text));
  const onKeyDown = (event) => {
    if (!found.length || event.nativeEvent.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((place + step + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(found[place]);
    else if (event.key === "Escape") setShut(text);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { found, place, choose, onKeyDown };
}

export function Picker({ found, place, choose, label }) {
  if (!found.length) return null;
  return (
    <ul className="picker" role="listbox" aria-label={label} id="composer-picker">
      {found.map((one, index) => (
        <li
          key={one.key}
          role="option"
          aria-selected={index === place}
          onMouseDown={(event) => (event.preventDefault(), choose(one))}
        >
          <strong>{one.label}</strong>
          {one.more && <span className="mute clip">{one.more}</span>}
        </li>
      ))}
    </ul>
  );
}
