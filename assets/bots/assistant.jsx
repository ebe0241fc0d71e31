// A change in words: the agent proposes, one sees what would change, and takes it or not.
import { useState } from "react";
import { Sparkles, X } from "lucide-react";
import { ask } from "$/public/api.js";
import { forgetSaid, saidOf } from "$/public/bots/describe.jsx";
import { compare, whole } from "$/public/bots/flow.js";
import { Sheet } from "$/public/bots/sheet.jsx";
import { Changes } from "$/public/bots/versions.jsx";

export function ChangeInWords({ bot, draft, state, kinds, onClose, onTaken }) {
  const { flow } = state;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [built, setBuilt] = useState(null);
  const propose = async (event) => {
    event.preventDefault();
    if (busy || !text.trim()) return;
    setBusy(true);
    setProblem("");
    setBuilt(null);
    try {
      setBuilt(await ask("POST", "/agents/bot-builder", { instruction: text.trim(), flow }));
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  const take = () => {
    const next = whole(built.flow);
    draft.change(() => next);
    onTaken([...built.changes.added, ...built.changes.changed].filter((id) => next.nodes.some((node) => node.id === id)));
    onClose();
  };
  return (
    <Sheet title="Describe a change" onClose={onClose}>
      <form className="stack" onSubmit={propose}>
        <textarea className="input" rows={3} dir="auto" autoFocus maxLength={4000} aria-label="What should change?" value={text} disabled={busy} placeholder="Ask for the order number before calling a person." onChange={(event) => setText(event.target.value)} />
        <div className="row">
          <span className={`grow small ${problem ? "error" : "mute"}`} role="status">{problem || (busy ? "Writing and checking it. This can take a minute." : "Nothing changes until you take it.")}</span>
          <button className={`btn ${built ? "plain" : "solid"}`} disabled={busy || !text.trim()}><Sparkles size={15} aria-hidden="true" /> {busy ? "Thinking…" : built ? "Propose again" : "Propose"}</button>
        </div>
      </form>
      {!built && <Proposals bot={bot} onChosen={setText} />}
      {built && (
        <>
          {built.plan && <p className="said-plan">{built.plan}</p>}
          <Changes before={flow} after={whole(built.flow)} kinds={kinds} none="It found nothing to change." />
          <Questions list={built.questions} />
          <div className="row end">
            <button type="button" className="btn plain" onClick={onClose}>Leave it</button>
            <button type="button" className="btn solid" disabled={!compare(flow, whole(built.flow)).length} onClick={take}>Take it</button>
          </div>
        </>
      )}
    </Sheet>
  );
}

// What the last conversations say could be better; choosing one writes its instruction.
function Proposals({ bot, onChosen }) {
  const [found, setFound] = useState(null);
  const [said, setSaid] = useState("");
  const look = async () => {
    setSaid("Reading the last 30 days…");
    try {
      const { proposals } = await ask("POST", "/agents/bot-improver", { bot_id: bot });
      setFound(proposals);
      setSaid(proposals.length ? "" : "Its conversations show nothing to change yet.");
    } catch (error) {
      setSaid(error.message);
    }
  };
  return (
    <div className="questions">
      <div className="row">
        <p className="strong grow">What would help?</p>
        {!found && <button type="button" className="btn plain small" disabled={said.endsWith("…")} onClick={look}>Ask its figures</button>}
      </div>
      {said && <p className="small mute" role="status">{said}</p>}
      {found?.length > 0 && (
        <ul className="proposals">
          {found.map((one) => (
            <li key={one.instruction}>
              <button type="button" onClick={() => onChosen(one.instruction)}>
                <span className="strong" dir="auto">{one.title}</span>
                <span className="small mute" dir="auto">{one.why}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Questions({ list }) {
  if (!list?.length) return null;
  return (
    <div className="questions">
      <p className="strong">What you have to say yet</p>
      <ul>{list.map((one) => <li key={one}>{one}</li>)}</ul>
    </div>
  );
}

// What the agent said when it made this bot, until it is put away.
export function FirstWords({ id }) {
  const [said, setSaid] = useState(() => saidOf(id));
  if (!said?.plan && !said?.questions?.length) return null;
  const away = () => {
    forgetSaid(id);
    setSaid(null);
  };
  return (
    <section className="first-words" aria-label="About this draft">
      <div className="row">
        <h3 className="grow">{said.source === "claude" ? "Drafted for you" : "The nearest bot of the library"}</h3>
        <button type="button" className="tool" aria-label="Put away" onClick={away}><X size={15} /></button>
      </div>
      {said.plan && <p className="said-plan">{said.plan}</p>}
      <Questions list={said.questions} />
    </section>
  );
}
