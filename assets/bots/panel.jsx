// What is chosen: a step's form and where it leads, or the whole bot's.
import { useMemo } from "react";
import { Copy, Trash2 } from "lucide-react";
import { change, connect, remove, setWhole, variables, ways, write } from "$/public/bots/flow.js";
import { Fields } from "$/public/bots/fields.jsx";
import { Mark } from "$/public/bots/icons.jsx";
import { named } from "$/public/bots/told.js";
import { Problems } from "$/public/bots/write.jsx";

// What the fields of a form must know of what is around them.
function useAround({ flow, kit, kinds, problems, mayEdit }, nodeId) {
  return useMemo(() => {
    const mine = problems.filter((one) => (one.node_id ?? null) === nodeId);
    const inside = (one, path) => one.field === path || one.field.startsWith(`${path}.`) || one.field.startsWith(`${path}[`);
    return {
      mine,
      mayEdit,
      operators: kit.operators,
      names: variables(flow),
      nodes: flow.nodes.map((node) => [node.id, named(node, kinds)]),
      at: (path) => mine.filter((one) => one.field === path),
      under: (path) => mine.filter((one) => inside(one, path)),
    };
  }, [flow, kit, problems, mayEdit, nodeId]);
}

// Problems that no field of the form can show, such as a branch that leads nowhere.
function others(mine, fields, waysOf) {
  const names = new Set(fields.map((field) => field.name));
  const handles = new Set(waysOf.map((way) => way.id));
  return mine.filter((one) => {
    const first = one.field.split(/[.[]/)[0];
    return !names.has(first) && !handles.has(one.field);
  });
}

function Leads({ node, flow, kinds, draft, around, mayEdit }) {
  const found = ways(node, flow, kinds);
  if (!found.length) return null;
  const targets = flow.nodes.filter((one) => one.type !== "start");
  const at = (way) => flow.edges.find((edge) => edge.source === node.id && (edge.source_handle ?? "next") === way.id);
  return (
    <section className="stack" aria-label="Where it leads">
      <h3>Then</h3>
      {found.map((way) => (
        <div key={way.id} className="field lead">
          <div className="row">
            <label htmlFor={`lead-${way.id}`} className="clip lead-name" title={way.label}>{way.label}</label>
            <select
              id={`lead-${way.id}`} className="input small-input grow" value={at(way)?.target ?? ""} disabled={!mayEdit}
              onChange={(event) => draft.change((one) => connect(one, node.id, way.id, event.target.value))}
            >
              <option value="">{way.needed ? "Nowhere yet" : "Nowhere"}</option>
              {targets.map((one) => <option key={one.id} value={one.id}>{named(one, kinds)}{one.name ? "" : ` (${one.id})`}</option>)}
            </select>
          </div>
          <Problems found={around.at(way.id)} />
        </div>
      ))}
    </section>
  );
}

export function StepPanel({ node, flow, kit, kinds, draft, problems, mayEdit, onSelect, onDuplicate }) {
  const around = useAround({ flow, kit, kinds, problems, mayEdit }, node.id);
  const kind = kinds[node.type];
  const fields = node.type === "start" ? [] : (kit.forms[node.type] ?? []);
  const edit = (data) => draft.change((one) => write(one, node.id, data, kinds), `${node.id}.data`);
  const rename = (event) =>
    draft.change((one) => change(one, node.id, { name: event.target.value || undefined }), `${node.id}.name`);
  return (
    <div className="panel-body" key={node.id}>
      <div className="row">
        <Mark kind={kind} size={16} />
        <input className="input panel-name grow" aria-label="Name of the step" value={node.name ?? ""} placeholder={kind?.label ?? node.type} maxLength={200} disabled={!mayEdit} onChange={rename} />
        {mayEdit && node.type !== "start" && (
          <>
            <button type="button" className="tool" title="Duplicate (Ctrl D)" aria-label="Duplicate" onClick={() => onDuplicate([node.id])}><Copy size={15} /></button>
            <button type="button" className="tool" title="Delete (Del)" aria-label="Delete the step" onClick={() => { draft.change((one) => remove(one, [node.id])); onSelect([]); }}><Trash2 size={15} /></button>
          </>
        )}
      </div>
      <p className="mute small">{kind?.text}</p>
      <Problems found={others(around.mine, fields, ways(node, flow, kinds))} />
      {node.type === "start" && <Whole names={["triggers"]} flow={flow} kit={kit} kinds={kinds} draft={draft} problems={problems} mayEdit={mayEdit} />}
      <Fields fields={fields} value={node.data ?? {}} onChange={edit} around={around} />
      <Leads node={node} flow={flow} kinds={kinds} draft={draft} around={around} mayEdit={mayEdit} />
    </div>
  );
}

// Parts of the flow itself: triggers, variables, settings.
function Whole({ names, flow, kit, kinds, draft, problems, mayEdit }) {
  const around = useAround({ flow, kit, kinds, problems, mayEdit }, null);
  const fields = kit.forms.flow.filter((field) => names.includes(field.name));
  const edit = (next) => {
    const changed = names.find((name) => next[name] !== flow[name]);
    if (changed) draft.change((one) => setWhole(one, changed, next[changed]), `flow.${changed}`);
  };
  return <Fields fields={fields} value={flow} onChange={edit} around={around} />;
}

export function BotPanel(props) {
  return (
    <div className="panel-body">
      <p className="mute small">How the whole bot behaves. Choose a step on the canvas to change it.</p>
      <Whole names={["triggers", "variables", "settings"]} {...props} />
    </div>
  );
}

export function ManyPanel({ ids, draft, mayEdit, onSelect, onDuplicate }) {
  return (
    <div className="panel-body">
      <h3>{ids.length} steps chosen</h3>
      {mayEdit && (
        <div className="row wrap">
          <button type="button" className="btn small" onClick={() => onDuplicate(ids)}><Copy size={14} aria-hidden="true" /> Duplicate</button>
          <button type="button" className="btn small" onClick={() => { draft.change((one) => remove(one, ids)); onSelect([]); }}><Trash2 size={14} aria-hidden="true" /> Delete</button>
        </div>
      )}
    </div>
  );
}

// Everything that is wrong, each with the way there.
export function ProblemList({ problems, flow, kinds, onGo }) {
  const names = new Map(flow.nodes.map((node) => [node.id, named(node, kinds)]));
  if (!problems.length) {
    return (
      <div className="panel-body">
        <p className="strong">Nothing is wrong.</p>
        <p className="mute">The same check runs when you publish.</p>
      </div>
    );
  }
  return (
    <ul className="panel-body problem-list">
      {problems.map((one, at) => (
        <li key={at}>
          <button type="button" className="problem-row" onClick={() => onGo(one)}>
            <span className={`chip ${one.severity === "error" ? "bad" : "warn"}`}>{one.severity === "error" ? "Error" : "Warning"}</span>
            <span className="who">
              <span className="strong clip">{one.node_id ? (names.get(one.node_id) ?? one.node_id) : "The bot"}</span>
              <span>{one.message}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
