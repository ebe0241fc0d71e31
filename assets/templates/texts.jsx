// Header, body and footer of a template.
import { useRef, useState } from "react";
import { ask } from "$/public/api.js";
import { Marks, wrap } from "$/public/marks.jsx";
import {
  Choice, isOurs, Labelled, Problems, Remove, Samples, samplesOf, TextField, useFixed, variablesOf, withSamples,
} from "$/public/templates/shared.jsx";

const FORMATS = [
  ["", "None"], ["TEXT", "Text"], ["IMAGE", "Image"], ["VIDEO", "Video"],
  ["DOCUMENT", "Document"], ["GIF", "GIF"], ["LOCATION", "Place"],
];

// What a sample may be, as the server checks it again.
const TAKES = { IMAGE: "image/jpeg,image/png", VIDEO: "video/mp4", GIF: "video/mp4", DOCUMENT: "application/pdf" };

function Sample({ component, path, onChange }) {
  const input = useRef(null);
  const [said, setSaid] = useState("");
  const fixed = useFixed();
  const handle = component.example?.header_handle?.[0] ?? "";
  const put = (value) => {
    const { example, ...rest } = component;
    onChange(value ? { ...rest, example: { header_handle: [value] } } : rest);
  };
  const take = async (file) => {
    if (!file) return;
    const form = new FormData();
    form.append("file", file, file.name);
    setSaid("Uploading…");
    try {
      put((await ask("POST", "/media", form)).id);
      setSaid(`${file.name} is there.`);
    } catch (problem) {
      setSaid(problem.message);
    }
  };
  const state = said || (isOurs(handle) ? "The sample is there." : handle ? "Meta has a sample." : "");
  return (
    <Labelled label="Sample file" path={`${path}.example`} help="Meta's reviewers look at it; nobody gets it.">
      {({ id }) => (
        <div className="row wrap">
          <input
            ref={input}
            id={id}
            type="file"
            accept={TAKES[component.format.toUpperCase()]}
            disabled={fixed}
            hidden
            onChange={(event) => take(event.target.files[0])}
          />
          {!fixed && (
            <button type="button" className="btn small" onClick={() => input.current.click()}>
              {handle ? "Choose another" : "Choose a file"}
            </button>
          )}
          <span className="small mute grow" role="status">{state}</span>
          {handle && <Remove label="Remove the sample" onClick={() => (setSaid(""), put(""))} />}
        </div>
      )}
    </Labelled>
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
      {format in TAKES && <Sample {...{ component, path, onChange }} />}
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
