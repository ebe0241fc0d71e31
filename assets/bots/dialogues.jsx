// The bot's own tests: conversations as they should go, tried on every change.
import { useEffect, useState } from "react";
import { Check, Plus, Trash2, X } from "lucide-react";
import { ask } from "$/public/api.js";
import { free } from "$/public/bots/flow.js";
import { Json } from "$/public/bots/write.jsx";

const AGAIN_AFTER = 800; // milliseconds after a change of the draft

// Kept with the bot; answers false and says why if that is refused.
export async function keepDialogues(draft, dialogues, onTell) {
  try {
    draft.became(await ask("PATCH", `/bots/${draft.id}`, { dialogues }));
    return true;
  } catch (error) {
    onTell(error.message, "bad");
    return false;
  }
}

const bodyOf = ({ content = {} }) => (typeof content.body === "string" ? content.body : content.body?.text);

const said = (input) => ({ say: Object.keys(input).length === 1 && typeof input.text === "string" ? input.text : input });

function expected(line) {
  const text = bodyOf(line);
  return { expect: text ? text : { type: line.type, ...(line.node_id && { node_id: line.node_id }) } };
}

// A conversation on the phone as a test: what was said, and what must come of it.
export function dialogueOf(inputs, { transcript, began }, contact, taken) {
  const lines = inputs.flatMap((input, at) => {
    const came = transcript.slice(began[at], began[at + 1]).filter((line) => line.from === "bot");
    return [said(input), ...came.map(expected)];
  });
  const first = lines.find((line) => line.say)?.say;
  const name = typeof first === "string" ? first.slice(0, 60) : "Conversation";
  return { id: free("test", taken), name, contact, lines };
}

export function useTests(draft, flow, dialogues, wanted) {
  const [state, setState] = useState({});
  useEffect(() => {
    if (!wanted || !dialogues?.length) return setState({});
    let gone = false;
    const timer = setTimeout(() => {
      ask("POST", `/bots/${draft.id}/test`, { flow, dialogues }).then(
        (found) => gone || setState({ found }),
        (error) => gone || setState({ problem: error.message }),
      );
    }, AGAIN_AFTER);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [draft, flow, dialogues, wanted]);
  return state;
}

// What lights up: the steps and edges that some test comes by.
export function litByTests(found) {
  const tested = (rows) => (rows ?? []).filter((one) => one.tests);
  return {
    nodes: new Map(tested(found?.coverage.nodes).map((one) => [one.node_id, new Set()])),
    edges: new Set(tested(found?.coverage.edges).map((one) => one.edge_id)),
  };
}

export function TestsPanel({ draft, state, tests, mayEdit, onTell, onTry }) {
  const dialogues = state.bot.dialogues ?? [];
  const { found, problem } = tests;
  const results = new Map((found?.results ?? []).map((one) => [one.id, one]));
  const keep = (next) => keepDialogues(draft, next, onTell);
  if (!dialogues.length) {
    return (
      <div className="panel-body">
        <h3>Tests</h3>
        <p className="mute">A test is a conversation as it should go. Have one on the phone and press <b>Save as test</b>: from then on it is tried on every change, and a version that fails it is not published by accident.</p>
        <button type="button" className="btn" onClick={onTry}>Open the phone</button>
      </div>
    );
  }
  return (
    <div className="panel-body">
      <div className="row">
        <h3 className="grow">Tests</h3>
        {found && <span className={`chip ${found.failed ? "bad" : "good"}`}>{found.passed} of {dialogues.length} pass</span>}
      </div>
      {found && <p className="small mute">They come by {found.coverage.nodes_tested} of {found.coverage.nodes_total} steps and {found.coverage.edges_tested} of {found.coverage.edges_total} ways, which light up. Customers came by {found.coverage.nodes_visited} and {found.coverage.edges_visited} in three months.</p>}
      {problem && <p className="error" role="alert">{problem}</p>}
      {dialogues.map((one) => (
        <Dialogue key={one.id} one={one} result={results.get(one.id)} mayEdit={mayEdit}
          onChange={(next) => keep(dialogues.map((held) => (held.id === one.id ? next : held)))}
          onRemove={() => keep(dialogues.filter((held) => held.id !== one.id))} />
      ))}
    </div>
  );
}

function Dialogue({ one, result, mayEdit, onChange, onRemove }) {
  const [held, setHeld] = useState(one);
  useEffect(() => setHeld(one), [one]);
  const write = (at, line) => setHeld({ ...held, lines: held.lines.map((old, place) => (place === at ? line : old)) });
  const changed = JSON.stringify(held) !== JSON.stringify(one);
  const failed = result && !result.passed;
  return (
    <details className="dialogue" open={failed || undefined}>
      <summary>
        {result && (failed ? <X size={15} className="bad" aria-label="Fails" /> : <Check size={15} className="good" aria-label="Passes" />)}
        <span className="grow clip strong">{one.name || one.id}</span>
        <span className="small mute">{one.lines.length} lines</span>
      </summary>
      <div className="stack">
        <input className="input small-input" aria-label="Name of the test" value={held.name ?? ""} maxLength={200} disabled={!mayEdit} onChange={(event) => setHeld({ ...held, name: event.target.value })} />
        {held.lines.map((line, at) => (
          <Line key={at} line={line} failure={result?.failure?.line === at ? result.failure : null} disabled={!mayEdit}
            onChange={(next) => write(at, next)} onRemove={() => setHeld({ ...held, lines: held.lines.filter((_, place) => place !== at) })} />
        ))}
        {mayEdit && (
          <div className="row wrap">
            <button type="button" className="btn small" onClick={() => setHeld({ ...held, lines: [...held.lines, { say: "" }] })}><Plus size={14} aria-hidden="true" /> They say</button>
            <button type="button" className="btn small" onClick={() => setHeld({ ...held, lines: [...held.lines, { expect: { contains: "" } }] })}><Plus size={14} aria-hidden="true" /> It must say</button>
            <span className="grow" />
            <button type="button" className="tool" aria-label="Delete the test" title="Delete the test" onClick={onRemove}><Trash2 size={14} /></button>
            {changed && <button type="button" className="btn small solid" disabled={!held.lines.length} onClick={() => onChange(held)}>Keep</button>}
          </div>
        )}
      </div>
    </details>
  );
}

function Line({ line, failure, onChange, onRemove, disabled }) {
  const says = "say" in line;
  const held = says ? line.say : line.expect;
  const plain = typeof held === "string" ? held : held.contains ?? held.text;
  const write = (text) => onChange(says ? { say: text } : { expect: typeof held === "string" ? text : { ...held, [held.text === undefined ? "contains" : "text"]: text } });
  const label = says ? "They say" : typeof held === "string" || held.text !== undefined ? "It says" : "It says something with";
  return (
    <div className={`dialogue-line${failure ? " failed" : ""}`}>
      {plain !== undefined && <span className="small mute">{label}</span>}
      <div className="row">
        {plain === undefined
          ? <Otherwise label={says ? done(held) : "It must be so"} held={held} disabled={disabled} onChange={(next) => onChange(says ? { say: next } : { expect: next })} />
          : <input className="input small-input grow" dir="auto" aria-label={label} value={plain} disabled={disabled} onChange={(event) => write(event.target.value)} />}
        {!disabled && <button type="button" className="tool" aria-label="Remove the line" onClick={onRemove}><Trash2 size={14} /></button>}
      </div>
      {failure && <p className="error">{failure.message}{failure.heard.length > 0 && ` It says: ${failure.heard.map((one) => `“${one}”`).join(", ")}`}</p>}
    </div>
  );
}

const done = (held) => (held.callback ? "A call is answered" : held.start ? "The bot is begun" : "They do");

// What is not just words: pressed, or written as JSON.
function Otherwise({ label, held, onChange, disabled }) {
  const pressed = held.button?.title ?? held.list?.title;
  if (pressed) return <span className="grow clip small"><span className="mute">They press</span> {pressed}</span>;
  return <div className="grow"><Json label={label} value={held} found={[]} disabled={disabled} onChange={(next) => next && typeof next === "object" && onChange(next)} /></div>;
}
