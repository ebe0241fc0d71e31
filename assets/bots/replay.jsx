// The last real conversations, had again with the draft: what would be different, before it is.
import { useEffect, useState } from "react";
import { ask } from "$/public/api.js";
import { Content } from "$/public/bots/phone.jsx";
import { Sheet } from "$/public/bots/sheet.jsx";
import { Ago } from "$/public/ago.js";

const COUNTS = [20, 50, 200];

export function useReplay(id, flow, wanted = true, count = COUNTS[0]) {
  const [state, setState] = useState({});
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    setState({});
    ask("POST", `/bots/${id}/replay`, { flow, count }).then(
      (found) => gone || setState({ found }),
      (error) => gone || setState({ problem: error.message }),
    );
    return () => (gone = true);
  }, [id, flow, wanted, count]);
  return state;
}

// One line for the sheet that publishes.
export function ReplaySummary({ replay, onOpen }) {
  const { found, problem } = replay;
  if (problem) return <p className="mute small">Recent conversations could not be had again: {problem}</p>;
  if (!found) return <p className="mute small" aria-busy="true">Having recent conversations again…</p>;
  const { conversations, same, changed } = found.summary;
  if (!conversations) return <p className="mute small">There is no recent conversation to have again.</p>;
  return (
    <div className="row">
      <span className={`chip ${changed ? "warn" : "good"}`}>{same} of {conversations}</span>
      <span className="grow">recent conversations would go just as they went</span>
      {changed > 0 && <button type="button" className="btn small" onClick={onOpen}>See the {changed} that differ</button>}
    </div>
  );
}

export function Replay({ id, flow, onClose, onGo }) {
  const [count, setCount] = useState(COUNTS[0]);
  const { found, problem } = useReplay(id, flow, true, count);
  const [open, setOpen] = useState(0);
  const rows = [...(found?.conversations ?? [])].sort((a, b) => a.same - b.same);
  const shown = rows[open];
  return (
    <Sheet title="Recent conversations, with this draft" onClose={onClose} wide>
      {problem && <p className="error" role="alert">{problem}</p>}
      {!found && !problem && <p className="mute" aria-busy="true">Having the last {count} conversations again. Nobody is written to.</p>}
      {found && !rows.length && <p className="mute">Nobody has talked to this bot yet. Once customers have, you see here what a change would have told them instead.</p>}
      {rows.length > 0 && (
        <div className="replay">
          <ul className="replay-list" aria-label="Conversations">
            {rows.map((one, at) => (
              <li key={one.session_id}>
                <button type="button" className="replay-row" aria-pressed={at === open} onClick={() => setOpen(at)}>
                  <span className="who grow"><span className="strong clip">{one.contact || "A customer"}</span><span className="small mute">v{one.version} · <Ago at={one.started_at} /></span></span>
                  <span className={`chip ${one.same ? "good" : "warn"}`}>{one.same ? "Same" : "Differs"}</span>
                </button>
              </li>
            ))}
          </ul>
          <div className="replay-pair">
            <Side title="As it was" lines={shown.recorded} mark={shown.difference?.line} onGo={onGo} />
            <Side title="With the draft" lines={shown.replayed} mark={shown.difference?.line} onGo={onGo} none={shown.replayed_status ? "" : "The bot would not answer."} />
          </div>
          {shown.notes.map((note) => <p key={note} className="small mute">{note}</p>)}
        </div>
      )}
      <div className="row end">
        <label>
          <span className="unseen">How many</span>
          <select className="input small-input" value={count} onChange={(event) => (setOpen(0), setCount(Number(event.target.value)))}>
            {COUNTS.map((one) => <option key={one} value={one}>The last {one}</option>)}
          </select>
        </label>
        {found?.summary.conversations > 0 && <span className="small mute">{found.summary.same} the same, {found.summary.changed} would differ</span>}
        <span className="grow" />
        <button type="button" className="btn plain" onClick={onClose}>Close</button>
      </div>
    </Sheet>
  );
}

function Side({ title, lines, mark, onGo, none }) {
  return (
    <section className="replay-side" aria-label={title}>
      <h3>{title}</h3>
      <div className="replay-thread">
        {lines.map((line, at) => (
          <div key={at} className="entry-line">
            <button type="button" disabled={!line.node_id} className={`bubble first last ${line.from === "bot" ? "in" : "out"}${at === mark ? " differs" : ""}`} title={line.node_id ? "To the step that says this" : undefined} onClick={() => onGo(line.node_id)}>
              <Content line={line} />
              {at === mark && <span className="small strong">First difference</span>}
            </button>
          </div>
        ))}
        {mark !== undefined && mark >= lines.length && <p className="system-line">Nothing more is said here</p>}
        {none && <p className="system-line">{none}</p>}
      </div>
    </section>
  );
}
