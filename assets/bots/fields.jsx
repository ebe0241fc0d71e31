// The form of a node's data, drawn from the table that the models of flows were turned into.
import { useId } from "react";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { free } from "$/public/bots/flow.js";
import { File } from "$/public/bots/file.jsx";
import { Filling } from "$/public/bots/filling.jsx";
import { Hours } from "$/public/bots/hours.jsx";
import { Cards, Linked } from "$/public/bots/linked.jsx";
import { Choice } from "$/public/bots/refs.jsx";
import { Secret } from "$/public/bots/secret.jsx";
import { Tests } from "$/public/bots/tests.jsx";
import { Json, Problems, Strings, Text } from "$/public/bots/write.jsx";

// `around`: names of variables, problems by field, rows to choose from, whether to change at all.
export function Fields({ fields, value = {}, onChange, path = "", around }) {
  const set = (name, held) => {
    const next = { ...value };
    if (held === undefined) delete next[name];
    else next[name] = held;
    onChange(next);
  };
  const shown = fields.filter((field) => matters(field, value, fields));
  const more = shown.filter((field) => field.more);
  const draw = (field) => (
    <Field key={field.name || field.kind} field={field} value={value} set={set} onChange={onChange} path={path} around={around} />
  );
  return (
    <>
      {shown.filter((field) => !field.more).map(draw)}
      {more.length > 0 && (
        <details className="more-fields" open={more.some((field) => around.at(join(path, field.name)).length)}>
          <summary>{more.some((field) => field.name === "retries") ? "Tries and time" : "Before it"}</summary>
          <div className="stack">{more.map(draw)}</div>
        </details>
      )}
    </>
  );
}

const join = (path, name) => (path ? `${path}.${name}` : name);

function matters({ when }, value, fields) {
  if (!when) return true;
  return Object.entries(when).every(([name, values]) => {
    const beside = fields.find((field) => field.name === name);
    const held = value[name] ?? beside?.default;
    return values.includes(values[0] === "some" ? (held ? "some" : "none") : held);
  });
}

function Field({ field, value, set, onChange, path, around }) {
  const here = join(path, field.name);
  const Kind = KINDS[field.kind] ?? Json;
  return (
    <Kind
      {...field}
      field={field}
      value={field.kind === "file" ? value : value[field.name]}
      onChange={field.kind === "file" || field.of === "templates" ? onChange : (held) => set(field.name, held)}
      all={value}
      path={here}
      found={around.at(here)}
      names={around.names}
      disabled={!around.mayEdit}
      around={around}
    />
  );
}

function Long(props) {
  return <Text {...props} long onChange={(text) => props.onChange(blank(text, props.field))} />;
}

function Short(props) {
  const { field } = props;
  if (field.of) return <Choice {...props} />;
  return <Text {...props} type={field.input} onChange={(text) => props.onChange(blank(text, field))} />;
}

// An optional text that is empty is none.
const blank = (text, field) => (text === "" && field.optional ? undefined : text);

function Value(props) {
  return <Text {...props} plain={false} />;
}

function Name(props) {
  const id = useId();
  const { label, value, onChange, found, help, disabled, field, names } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id} className="input mono" value={value ?? ""} list={`${id}-names`} disabled={disabled}
        placeholder={field.optional ? "Nowhere" : "city"} autoComplete="off" spellCheck={false}
        aria-invalid={found.length > 0}
        onChange={(event) => onChange(blank(event.target.value.trim().replace(/\s+/g, "_"), field))}
      />
      <datalist id={`${id}-names`}>{names.filter((one) => !one.includes(".")).map((one) => <option key={one} value={one} />)}</datalist>
      {help && <p className="help">{help}</p>}
      <Problems found={found} />
    </div>
  );
}

function Numeral({ label, value, onChange, found, field, disabled, help }) {
  const id = useId();
  const shown = value ?? (field.optional ? "" : field.default ?? "");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="row">
        <input
          id={id} type="number" className="input short" value={shown} min={field.min} max={field.max}
          step={field.step ?? "any"} disabled={disabled} placeholder={field.optional ? "Any" : undefined}
          aria-invalid={found.length > 0}
          onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
        />
        {field.unit && <span className="mute">{field.unit}{field.unit === "seconds" && shown >= 60 ? ` (${spell(shown)})` : ""}</span>}
      </div>
      {help && <p className="help">{help}</p>}
      <Problems found={found} />
    </div>
  );
}

const ZONES = Intl.supportedValuesOf?.("timeZone") ?? [];

function Zone({ label, value, onChange, found, disabled, help }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id} className="input" value={value ?? ""} list={`${id}-zones`} disabled={disabled}
        placeholder="The organization’s" autoComplete="off" spellCheck={false} aria-invalid={found.length > 0}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      <datalist id={`${id}-zones`}>{ZONES.map((one) => <option key={one} value={one} />)}</datalist>
      {help && <p className="help">{help}</p>}
      <Problems found={found} />
    </div>
  );
}

function spell(seconds) {
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= size) return `${Math.round((10 * seconds) / size) / 10} ${unit}`;
  }
  return `${seconds} s`;
}

function Toggle({ label, value, onChange, field, disabled, help }) {
  return (
    <label className="check">
      <input type="checkbox" checked={value ?? field.default ?? false} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}{help && <span className="help">{help}</span>}</span>
    </label>
  );
}

function Select({ label, value, onChange, field, found, disabled }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value ?? field.default ?? ""} disabled={disabled} onChange={(event) => onChange(event.target.value || (field.optional ? undefined : ""))}>
        {field.optional && <option value="">{field.none ?? "None"}</option>}
        {field.options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
      </select>
      <Problems found={found} />
    </div>
  );
}

function Several({ label, value = [], onChange, field, disabled, help }) {
  const turn = (key) => onChange(value.includes(key) ? value.filter((one) => one !== key) : [...value, key]);
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      <div className="row wrap">
        {field.options.map(([key, words]) => (
          <label key={key} className="check pill">
            <input type="checkbox" checked={value.includes(key)} disabled={disabled} onChange={() => turn(key)} />
            <span>{words}</span>
          </label>
        ))}
      </div>
      {help && <p className="help">{help}</p>}
    </fieldset>
  );
}

function Group({ label, value, onChange, field, path, around, found, disabled }) {
  const inside = value !== undefined && value !== null;
  return (
    <fieldset className={`field-group${field.open ? " open" : ""}`}>
      {label && <legend className={field.optional ? "unseen" : ""}>{label}</legend>}
      {field.optional && (
        <label className="check">
          <input type="checkbox" checked={inside} disabled={disabled} onChange={(event) => onChange(event.target.checked ? made(field.fresh) : undefined)} />
          <span className="strong">{label}</span>
        </label>
      )}
      {(inside || !field.optional) && <Fields fields={field.fields} value={value ?? {}} onChange={onChange} path={path} around={around} />}
      <Problems found={found} />
    </fieldset>
  );
}

// A new item from its pattern, in which `$id` stands for an id nobody has.
export function made(fresh, rows = []) {
  const taken = new Set(rows.flatMap((row) => [row?.id, ...(row?.rows ?? []).map((one) => one?.id)]));
  const fill = (held) => {
    if (held === "$id") {
      const id = free(`o${taken.size + 1}`, taken);
      taken.add(id);
      return id;
    }
    if (Array.isArray(held)) return held.map(fill);
    return held && typeof held === "object" ? Object.fromEntries(Object.entries(held).map(([key, one]) => [key, fill(one)])) : held;
  };
  return fill(fresh);
}

function List({ label, value = [], onChange, field, path, around, found, disabled, help, all }) {
  const put = (at, row) => onChange(value.map((one, place) => (place === at ? row : one)));
  const swap = (at, to) => {
    const rows = [...value];
    [rows[at], rows[to]] = [rows[to], rows[at]];
    onChange(rows);
  };
  const first = field.variants?.[0].fresh ?? field.fresh;
  const siblings = field.name === "rows" ? (around.rows ?? [all]) : value;
  return (
    <fieldset className="field-list">
      {label && <legend>{label}</legend>}
      {help && <p className="help">{help}</p>}
      {value.map((row, at) => (
        <Item key={row?.id ?? at} row={row ?? {}} at={at} count={value.length} field={field} put={put} swap={swap} remove={() => onChange(value.filter((_, place) => place !== at))} path={`${path}[${at}]`} around={around} disabled={disabled} />
      ))}
      {!disabled && (field.most === undefined || value.length < field.most) && (
        <button type="button" className="btn small" onClick={() => onChange([...value, made(first, siblings)])}>
          <Plus size={14} aria-hidden="true" /> {field.add ?? "Add"}
        </button>
      )}
      <Problems found={found} />
    </fieldset>
  );
}

function Item({ row, at, count, field, put, swap, remove, path, around, disabled }) {
  const variant = field.variants?.find((one) => one.type === row.type) ?? field.variants?.[0];
  const fields = (variant?.fields ?? field.fields).filter((one) => one.name !== "type" || !variant);
  const turn = (type) => {
    const fresh = field.variants.find((one) => one.type === type).fresh;
    put(at, { ...made(fresh), ...(row.id && { id: row.id }) });
  };
  return (
    <div className="field-item" role="group" aria-label={`${at + 1}`}>
      <div className="row">
        {variant ? (
          <select className="input small-input grow" aria-label="Kind" value={row.type} disabled={disabled} onChange={(event) => turn(event.target.value)}>
            {field.variants.map((one) => <option key={one.type} value={one.type}>{one.label}</option>)}
          </select>
        ) : (
          <span className="mute small grow number">{at + 1}</span>
        )}
        {!disabled && (
          <>
            <button type="button" className="tool" aria-label="Up" title="Up" disabled={at === 0} onClick={() => swap(at, at - 1)}><ArrowUp size={14} /></button>
            <button type="button" className="tool" aria-label="Down" title="Down" disabled={at === count - 1} onClick={() => swap(at, at + 1)}><ArrowDown size={14} /></button>
            <button type="button" className="tool" aria-label="Remove" title="Remove" disabled={count <= (field.fewest ?? 0)} onClick={remove}><Trash2 size={14} /></button>
          </>
        )}
      </div>
      <Fields fields={fields} value={row} onChange={(next) => put(at, next)} path={path} around={around} />
      <Problems found={around.at(`${path}.id`)} />
    </div>
  );
}

const KINDS = {
  text: Short, long: Long, value: Value, name: Name, number: Numeral, toggle: Toggle, select: Select,
  several: Several, strings: Strings, group: Group, list: List, json: Json, file: File, tests: Tests, hours: Hours,
  secret: Secret, zone: Zone, filling: Filling, linked: Linked,
  cards: Cards,
};
