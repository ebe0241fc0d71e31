// Rows of the organization that a node can name: templates, bots, people … read once a visit.
import { useEffect, useId, useState } from "react";
import { all } from "$/public/api.js";
import { Problems, Text } from "$/public/bots/write.jsx";

const SOURCES = {
  bots: ["/bots", (row) => [row.id, row.name]],
  campaigns: ["/campaigns", (row) => [row.id, row.name]],
  people: ["/users", (row) => [row.id, row.name || row.email]],
  secrets: ["/bot-secrets", (row) => [row.name, row.name]],
  segments: ["/segments", (row) => [row.id, row.name]],
  teams: ["/teams", (row) => [row.id, row.name]],
  templates: ["/templates", (row) => [`${row.name} ${row.language}`, `${row.name} (${row.language}), ${String(row.status).toLowerCase()}`]],
};
const read = new Map();

function rows(source) {
  if (!read.has(source)) {
    const [path, pair] = SOURCES[source];
    read.set(source, all(path, 100).then((found) => found.map((row) => [...pair(row), row])).catch(() => []));
  }
  return read.get(source);
}

export const forgetRows = () => read.clear();

function useRows(source, around) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    if (source === "nodes") return setFound(around.nodes);
    let gone = false;
    rows(source).then((held) => gone || setFound(held));
    return () => (gone = true);
  }, [source]);
  return found;
}

// The row behind a choice; undefined until it is read, and where there is none.
export function useRow(source, key) {
  return useRows(source, {})?.find(([one]) => one === key)?.[2];
}

// A choice among what there is; a text where there is nothing, or nothing that we may read.
export function Choice(props) {
  const { field, value, onChange, label, found, disabled, around, all: beside, help } = props;
  const id = useId();
  const rows = useRows(field.of, around);
  const pairs = field.of === "templates";
  const now = pairs ? `${value} ${beside.language}` : value ?? "";
  const pick = (key) => {
    if (!pairs) return onChange(key || (field.optional ? undefined : ""));
    const [name, language] = key.split(" ");
    onChange({ ...beside, name, language });
  };
  if (rows && !rows.length) {
    const write = (text) => (pairs ? onChange({ ...beside, name: text }) : onChange(text || (field.optional ? undefined : "")));
    return <Text {...props} plain onChange={write} help={help ?? `There are no ${field.of} to choose from yet.`} />;
  }
  const known = rows?.some(([key]) => key === now);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={now} disabled={disabled || !rows} aria-invalid={found.length > 0} onChange={(event) => pick(event.target.value)}>
        {!known && <option value={now}>{value ? `${value} (unknown)` : rows ? "Choose…" : "Loading…"}</option>}
        {known && field.optional && <option value="">None</option>}
        {(rows ?? []).map(([key, words]) => <option key={key} value={key}>{words}</option>)}
      </select>
      {help && <p className="help">{help}</p>}
      <Problems found={found} />
    </div>
  );
}
