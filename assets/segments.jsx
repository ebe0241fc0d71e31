// A segment's filter, built by choosing: groups of all or any, conditions, groups within groups.
import { useState } from "react";

const DEEPEST = 10;
const EMPTY = [];
const KINDS = { all: "All of these hold", any: "Any of these holds", none: "None of these holds" };
const kindOf = (node) => Object.keys(KINDS).find((kind) => kind in node) ?? "";
const isGroup = (node) => kindOf(node) !== "";
const inDays = (op) => op.endsWith("_last") || op.endsWith("_next");
const bare = (op) => op === "exists" || op === "not_exists";

// The value as the server takes it.
function spoken(node) {
  if (isGroup(node)) return { [kindOf(node)]: node[kindOf(node)].map(spoken) };
  if (bare(node.op)) return { field: node.field, op: node.op };
  if (node.op !== "in") return { field: node.field, op: node.op, value: node.value ?? "" };
  const listed = Array.isArray(node.value) ? node.value : String(node.value ?? "").split(",");
  return { field: node.field, op: node.op, value: listed.map((each) => String(each).trim()).filter(Boolean) };
}

const shownDay = (value) => String(value ?? "").slice(0, 10);
const shownList = (value) => (Array.isArray(value) ? value.join(", ") : value ?? "");

function first(field) {
  const usual = { tag: "contains", date: "after", campaign: field.options.length ? "eq" : "exists" };
  const op = usual[field.input] ?? "eq";
  const known = field.ops.some((each) => each.key === op) ? op : field.ops[0].key;
  const value = field.input === "boolean" ? "true" : field.options[0]?.key ?? "";
  return { field: field.name, op: known, value: field.input === "tag" ? "" : value };
}

function Value({ node, field, label, onChange, fixed, problem }) {
  if (bare(node.op)) return null;
  const shared = {
    className: "input small",
    "aria-label": label,
    "aria-invalid": Boolean(problem),
    disabled: fixed,
    onChange: (event) => onChange(event.target.value),
  };
  if (inDays(node.op)) {
    return <input {...shared} type="number" min="1" max="3650" value={node.value ?? ""} placeholder="Days" />;
  }
  if (node.op === "in") {
    return <input {...shared} value={shownList(node.value)} placeholder="Separated by commas" />;
  }
  if (field.input === "boolean") {
    return (
      <select {...shared} value={String(node.value)}>
        <option value="true">Yes</option>
        <option value="false">No</option>
      </select>
    );
  }
  if (["choice", "campaign"].includes(field.input) && (node.op === "eq" || node.op === "ne")) {
    const known = field.options.some((each) => each.key === node.value);
    return (
      <select {...shared} value={node.value ?? ""}>
        {!known && <option value={node.value ?? ""}>{field.input === "choice" ? node.value : "One that is gone"}</option>}
        {field.options.map((each) => <option key={each.key} value={each.key}>{each.label}</option>)}
      </select>
    );
  }
  const dated = field.input === "date" || node.op === "before" || node.op === "after";
  if (dated && node.op !== "contains" && node.op !== "starts_with") {
    return <input {...shared} type="date" value={shownDay(node.value)} />;
  }
  const list = field.options.length ? `values-${field.name}` : undefined;
  return (
    <>
      <input
        {...shared}
        value={node.value ?? ""}
        list={list}
        inputMode={field.input === "number" ? "decimal" : undefined}
        placeholder={field.input === "tag" ? "Tag" : "Value"}
      />
      {list && <datalist id={list}>{field.options.map((each) => <option key={each.key} value={each.key} />)}</datalist>}
    </>
  );
}

function Condition({ node, path, fields, problems, fixed, onChange, onRemove }) {
  const known = fields.find((each) => each.name === node.field);
  const field = known ?? { name: node.field, label: node.field, input: "text", ops: fields[0].ops, options: [] };
  const problem = Object.entries(problems).find(([at]) => at.startsWith(`${path}.`))?.[1];
  const compare = (op) =>
    onChange(inDays(op) === inDays(node.op) ? { ...node, op } : { ...first(field), ...(inDays(op) && { value: "30" }), op });
  const choose = (name) => onChange(first(fields.find((each) => each.name === name)));
  return (
    <li className="condition">
      <div className="condition-row">
        <select
          className="input small"
          aria-label="Field"
          value={node.field}
          disabled={fixed}
          onChange={(event) => choose(event.target.value)}
        >
          {!known && <option value={node.field}>{node.field}</option>}
          {fields.map((each) => <option key={each.name} value={each.name}>{each.label}</option>)}
        </select>
        <select
          className="input small"
          aria-label="Comparison"
          value={node.op}
          disabled={fixed}
          onChange={(event) => compare(event.target.value)}
        >
          {!field.ops.some((each) => each.key === node.op) && <option value={node.op}>{node.op}</option>}
          {field.ops.map((each) => <option key={each.key} value={each.key}>{each.label}</option>)}
        </select>
        <Value
          node={node}
          field={field}
          label={`Value of ${field.label}`}
          fixed={fixed}
          problem={problem}
          onChange={(value) => onChange({ ...node, value })}
        />
        {!fixed && (
          <button type="button" className="btn quiet square small" aria-label="Remove this condition" onClick={onRemove}>
            ✕
          </button>
        )}
      </div>
      {problem && <p className="error small" role="alert">{problem}</p>}
    </li>
  );
}

function Group({ node, path, depth, fields, problems, fixed, onChange, onRemove }) {
  const kind = kindOf(node);
  const parts = node[kind];
  const set = (place, part) => onChange({ [kind]: parts.map((each, at) => (at === place ? part : each)) });
  const remove = (place) => onChange({ [kind]: parts.filter((_, at) => at !== place) });
  const add = (part) => onChange({ [kind]: [...parts, part] });
  const problem = problems[`${path}.${kind}`] ?? problems[path];
  return (
    <div className={`group depth-${depth % 2}`}>
      <div className="row wrap group-head">
        <select
          className="input small"
          aria-label="How the conditions go together"
          value={kind}
          disabled={fixed}
          onChange={(event) => onChange({ [event.target.value]: parts })}
        >
          {Object.entries(KINDS).map(([key, words]) => <option key={key} value={key}>{words}</option>)}
        </select>
        <span className="grow" />
        {onRemove && !fixed && (
          <button type="button" className="btn quiet square small" aria-label="Remove this group" onClick={onRemove}>
            ✕
          </button>
        )}
      </div>
      <ul className="conditions">
        {parts.map((part, place) =>
          isGroup(part) ? (
            <li key={place}>
              <Group
                node={part}
                path={`${path}.${kind}.${place}`}
                depth={depth + 1}
                {...{ fields, problems, fixed }}
                onChange={(next) => set(place, next)}
                onRemove={() => remove(place)}
              />
            </li>
          ) : (
            <Condition
              key={place}
              node={part}
              path={`${path}.${kind}.${place}`}
              {...{ fields, problems, fixed }}
              onChange={(next) => set(place, next)}
              onRemove={() => remove(place)}
            />
          ),
        )}
      </ul>
      {!parts.length && <p className="mute small">{kind === "all" ? "Nothing asked: everybody is meant." : "Add a condition."}</p>}
      {problem && <p className="error small" role="alert">{problem}</p>}
      {!fixed && (
        <div className="row wrap">
          <button type="button" className="btn small" onClick={() => add(first(fields.find((f) => f.input === "tag") ?? fields[0]))}>
            + Condition
          </button>
          {depth < DEEPEST - 1 && (
            <button
              type="button"
              className="btn quiet small"
              onClick={() => add({ [kind === "all" ? "any" : "all"]: [first(fields[0])] })}
            >
              + Group
            </button>
          )}
        </div>
      )}
    </div>
  );
}

export function SegmentBuilder({ start, fields = EMPTY, problems = {}, fixed = false, onChange }) {
  const [node, setNode] = useState(() => JSON.parse(start || '{"all":[]}'));
  const change = (next) => {
    setNode(next);
    onChange?.(JSON.stringify(spoken(next)));
  };
  if (!fields.length) return null;
  return <Group node={node} path="filter" depth={0} {...{ fields, problems, fixed }} onChange={change} />;
}
