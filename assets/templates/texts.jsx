// Header, body and footer of a template.
import { useRef } from "react";
import { Marks, wrap } from "$/public/marks.jsx";
import {
  Choice, Labelled, Problems, Samples, samplesOf, TextField, useFixed, variablesOf, withSamples,
} from "$/public/templates/shared.jsx";

const FORMATS = [
  ["", "None"], ["TEXT", "Text"], ["IMAGE", "Image"], ["VIDEO", "Video"],
  ["DOCUMENT", "Document"], ["GIF", "GIF"], ["LOCATION", "Place"],
];
const FILES = new Set(["IMAGE", "VIDEO", "DOCUMENT", "GIF"]);

function Handle({ component, path, onChange }) {
  const handle = component.example?.header_handle?.[0] ?? "";
  return (
    <TextField
      label="Handle of the sample file"
      path={`${path}.example`}
      value={handle}
      placeholder="4::aW1hZ2UvanBlZw==:ARZ…"
      help="Meta's Resumable Upload API gives it for a sample that its reviewers look at."
      onChange={(value) => {
        const { example, ...rest } = component;
        onChange(value ? { ...rest, example: { header_handle: [value.trim()] } } : rest);
      }}
    />
  );
}

export function Header({ component, path, onChange, formats = FORMATS }) {
  const format = (component?.format ?? "").toUpperCase();
  const text = (value) => {
    const next = { ...component, text: value };
    onChange(withSamples(next, "header", samplesOf(component, "header")));
  };
  return (
    <>
      <Choice
        label="Header"
        path={`${path}.format`}
        value={format}
        options={formats}
        onChange={(value) => onChange(value ? { type: "HEADER", format: value, ...(value === "TEXT" ? { text: "" } : {}) } : null)}
      />
      {format === "TEXT" && (
        <>
          <TextField label="Header text" path={`${path}.text`} value={component.text} most={60} onChange={text} />
          <Samples component={component} kind="header" path={path} onChange={onChange} />
        </>
      )}
      {FILES.has(format) && <Handle {...{ component, path, onChange }} />}
      {format === "LOCATION" && <p className="help">The place is given when the message is sent.</p>}
      <Problems path={path} />
    </>
  );
}

// What the next variable is called: a number, or a name where there are names already.
function nextVariable(text) {
  const names = variablesOf(text);
  if (names.some((name) => !/^\d+$/.test(name))) {
    for (const name of ["name", "order", "day", "time", "amount"]) if (!names.includes(name)) return name;
    return `value_${names.length + 1}`;
  }
  return String(Math.max(0, ...names.map(Number)) + 1);
}

export function Body({ component, path, onChange, most = 1024, label = "Body" }) {
  const area = useRef(null);
  const fixed = useFixed();
  const said = component?.text ?? "";
  const write = (text) => {
    const next = { ...component, type: "BODY", text };
    onChange(withSamples(next, "body", samplesOf(component, "body")));
  };
  return (
    <>
      <Labelled {...{ label, most }} path={`${path}.text`} count={said.length}>
        {(given) => (
          <textarea
            {...given}
            ref={area}
            rows={most > 200 ? 6 : 3}
            value={said}
            dir="auto"
            placeholder="Hello {{1}}, your order is on its way."
            onChange={(event) => write(event.target.value)}
          />
        )}
      </Labelled>
      {!fixed && (
        <div className="row wrap body-tools">
          <Marks area={area} write={write} />
          <button type="button" className="btn small" onClick={() => wrap(area.current, write, `{{${nextVariable(said)}}}`)}>
            + Variable
          </button>
        </div>
      )}
      <Samples component={component ?? {}} kind="body" path={path} onChange={onChange} />
      <Problems path={path} />
    </>
  );
}

export function Footer({ component, path, onChange }) {
  return (
    <>
      <TextField
        label="Footer"
        path={`${path}.text`}
        value={component?.text}
        most={60}
        placeholder="Answer STOP to get no more offers"
        onChange={(text) => onChange(text ? { type: "FOOTER", text } : null)}
      />
      <Problems path={path} />
    </>
  );
}
