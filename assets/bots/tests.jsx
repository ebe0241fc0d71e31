// When a branch is taken: tests in groups of which all, or any, must hold.
import { Plus, Trash2 } from "lucide-react";
import { Problems, Strings, Text } from "$/public/bots/write.jsx";

const NEW = { op: "has_any_word", args: [""] };
const MANY = 5; // arguments from which they are written one a line

export function Tests({ label, value, onChange, path, around, disabled }) {
  return (
    <fieldset className="field-group open">
      {label && <legend>{label}</legend>}
      <Group value={value ?? { match: "all", tests: [NEW] }} onChange={onChange} path={path} around={around} disabled={disabled} />
    </fieldset>
  );
}

function Group({ value, onChange, path, around, disabled, onRemove, depth = 0 }) {
  const tests = Array.isArray(value.tests) ? value.tests : [];
  const put = (at, test) => onChange({ ...value, tests: tests.map((one, place) => (place === at ? test : one)) });
  const drop = (at) => onChange({ ...value, tests: tests.filter((_, place) => place !== at) });
  const add = (test) => onChange({ ...value, tests: [...tests, test] });
  return (
    <div className="test-group">
      <div className="row">
        <select className="input small-input" aria-label="Which tests must hold" value={value.match ?? "all"} disabled={disabled} onChange={(event) => onChange({ ...value, match: event.target.value })}>
          <option value="all">All of these hold</option>
          <option value="any">One of these holds</option>
        </select>
        <span className="grow" />
        {onRemove && !disabled && <button type="button" className="tool" aria-label="Remove the group" onClick={onRemove}><Trash2 size={14} /></button>}
      </div>
      {tests.map((test, at) => {
        const common = { path: `${path}.tests[${at}]`, around, disabled, onRemove: tests.length > 1 ? () => drop(at) : null };
        return test?.tests
          ? <Group key={at} {...common} value={test} onChange={(next) => put(at, next)} depth={depth + 1} />
          : <One key={at} {...common} test={test ?? NEW} onChange={(next) => put(at, next)} />;
      })}
      {!disabled && (
        <div className="row">
          <button type="button" className="btn small" onClick={() => add(NEW)}><Plus size={14} aria-hidden="true" /> Test</button>
          {depth < 3 && <button type="button" className="btn small" onClick={() => add({ match: "any", tests: [NEW] })}><Plus size={14} aria-hidden="true" /> Group</button>}
        </div>
      )}
    </div>
  );
}

function One({ test, onChange, path, around, disabled, onRemove }) {
  const op = around.operators.find((one) => one.op === test.op);
  const args = Array.isArray(test.args) ? test.args : [];
  const turn = (name) => {
    const { fewest, most } = around.operators.find((one) => one.op === name);
    const kept = args.slice(0, most);
    while (kept.length < fewest) kept.push("");
    onChange({ ...test, op: name, args: kept });
  };
  const subject = (text) => {
    const { subject: _, ...rest } = test;
    onChange(text === "{{input.text}}" ? rest : { ...rest, subject: text });
  };
  const found = around.under(path);
  return (
    <div className="test" role="group" aria-label="Test">
      <Text label="What" value={test.subject ?? "{{input.text}}"} names={around.names} found={[]} disabled={disabled} onChange={subject} />
      <div className="row">
        <select className="input grow" aria-label="Test" value={test.op} disabled={disabled} onChange={(event) => turn(event.target.value)}>
          {!op && <option value={test.op}>{test.op}</option>}
          {around.operators.map((one) => <option key={one.op} value={one.op}>{one.label}</option>)}
        </select>
        {onRemove && !disabled && <button type="button" className="tool" aria-label="Remove the test" onClick={onRemove}><Trash2 size={14} /></button>}
      </div>
      {op && op.most >= MANY ? (
        <Strings label="One of, one a line" value={args.map(String)} found={[]} disabled={disabled} onChange={(lines) => onChange({ ...test, args: lines })} />
      ) : (
        Array.from({ length: Math.max(op?.most ?? 0, args.length) }, (_, at) => (
          <Text key={at} label={words(op, at)} value={args[at] ?? ""} names={around.names} found={[]} disabled={disabled} onChange={(text) => onChange({ ...test, args: filled(args, at, text, op) })} />
        ))
      )}
      <label className="check">
        <input type="checkbox" checked={test.negate ?? false} disabled={disabled} onChange={(event) => onChange({ ...test, negate: event.target.checked })} />
        <span>Holds when it is <b>not</b> so</span>
      </label>
      <Problems found={found} />
    </div>
  );
}

const words = (op, at) => (op?.most === 2 ? ["From", "To"][at] : op?.fewest === 0 ? "With (optional)" : "With");

// Arguments that may be left out are, from the end.
function filled(args, at, text, op) {
  const next = [...args];
  while (next.length < at) next.push("");
  next[at] = text;
  while (next.length > (op?.fewest ?? 0) && next.at(-1) === "") next.pop();
  return next;
}
