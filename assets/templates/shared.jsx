// What the parts of the template builder share: fields with their problems, variables, samples.
import { createContext, useContext, useId } from "react";

export const Room = createContext({ problems: [], fixed: false, counting: "" });

// The problems of exactly this place of the template.
export function useProblems(path) {
  return useContext(Room).problems.filter((one) => one.field === path);
}

// Whether a sample is a file of ours, by its id, and not a handle of Meta's.
export const isOurs = (handle) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(handle ?? "");

// The address of a button whose clicks are counted here.
export const useCounting = () => useContext(Room).counting ?? "";

export const useFixed = () => useContext(Room).fixed;

export function Problems({ path }) {
  return useProblems(path).map((one) => (
    <p key={one.message} className={one.severity === "error" ? "error" : "caution"} role="alert">
      {one.message}
    </p>
  ));
}

// A labelled field around what `children(props)` draws, with its problems and its length.
export function Labelled({ label, path, help, count, most, children }) {
  const id = useId();
  const wrong = useProblems(path).some((one) => one.severity === "error");
  return (
    <div className="field">
      <span className="row">
        <label htmlFor={id} className="grow">{label}</label>
        {most && <span className={`small number ${count > most ? "bad" : "mute"}`}>{count} / {most}</span>}
      </span>
      {children({ id, disabled: useFixed(), "aria-invalid": wrong, className: "input" })}
      {help && <p className="help">{help}</p>}
      <Problems path={path} />
    </div>
  );
}

export function TextField({ label, path, value, onChange, help, most, ...props }) {
  return (
    <Labelled {...{ label, path, help, most }} count={(value ?? "").length}>
      {(given) => (
        <input {...given} {...props} value={value ?? ""} onChange={(e) => onChange(e.target.value)} autoComplete="off" />
      )}
    </Labelled>
  );
}

export function Choice({ label, path, value, options, onChange, help }) {
  return (
    <Labelled {...{ label, path, help }}>
      {(given) => (
        <select {...given} value={value} onChange={(e) => onChange(e.target.value)}>
          {options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
        </select>
      )}
    </Labelled>
  );
}

export function Remove({ label, onClick }) {
  if (useFixed()) return null;
  return (
    <button type="button" className="btn quiet square small" aria-label={label} title={label} onClick={onClick}>
      ✕
    </button>
  );
}

export const kindOf = (component) => (component.type ?? "").toUpperCase();
export const find = (components, kind) => components.find((one) => kindOf(one) === kind);
const ORDER = ["HEADER", "LIMITED_TIME_OFFER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL"];

// The components with this one put in (or taken out, if null), in the order they are shown.
export function withPart(components, kind, part) {
  const there = components.some((one) => kindOf(one) === kind);
  const rest = there && part
    ? components.map((one) => (kindOf(one) === kind ? part : one))
    : [...components.filter((one) => kindOf(one) !== kind), ...(part ? [part] : [])];
  return there && part ? rest : rest.sort((a, b) => ORDER.indexOf(kindOf(a)) - ORDER.indexOf(kindOf(b)));
}

// The variables of a text, each once, in the order they stand in it.
export const variablesOf = (text) =>
  [...new Set([...(text ?? "").matchAll(/\{\{([^{}]*)\}\}/g)].map(([, name]) => name.trim()))];

// The samples of a component's text by variable; `kind` is body or header.
export function samplesOf(component, kind) {
  const example = component?.example ?? {};
  const named = example[`${kind}_text_named_params`];
  if (named) return Object.fromEntries(named.map((one) => [one.param_name, one.example]));
  let listed = example[`${kind}_text`] ?? [];
  if (Array.isArray(listed[0])) listed = listed[0];
  return Object.fromEntries(listed.map((value, at) => [String(at + 1), value]));
}

// The component with these samples in Graph form.
export function withSamples(component, kind, samples) {
  const { example, ...rest } = component;
  const names = variablesOf(component.text);
  if (!names.length) return rest;
  if (names.some((name) => !/^\d+$/.test(name))) {
    const named = names.map((name) => ({ param_name: name, example: samples[name] ?? "" }));
    return { ...rest, example: { [`${kind}_text_named_params`]: named } };
  }
  const most = Math.min(Math.max(...names.map(Number)), 100);
  const listed = Array.from({ length: most }, (_, at) => samples[at + 1] ?? "");
  return { ...rest, example: { [`${kind}_text`]: kind === "body" ? [listed] : listed } };
}

export function filled(text, samples) {
  return (text ?? "").replace(/\{\{([^{}]*)\}\}/g, (all, name) => samples[name.trim()] || all);
}

export function Samples({ component, kind, path, onChange }) {
  const names = variablesOf(component.text);
  const samples = samplesOf(component, kind);
  const fixed = useFixed();
  if (!names.length) return null;
  return (
    <fieldset className="samples">
      <legend className="small mute">Samples, for the review</legend>
      {names.map((name) => (
        <label key={name} className="row sample-row">
          <code>{`{{${name}}}`}</code>
          <input
            className="input small"
            value={samples[name] ?? ""}
            disabled={fixed}
            placeholder="Such as"
            onChange={(event) => onChange(withSamples(component, kind, { ...samples, [name]: event.target.value }))}
          />
        </label>
      ))}
      <Problems path={`${path}.example`} />
    </fieldset>
  );
}
