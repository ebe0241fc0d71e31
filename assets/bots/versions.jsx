// Publishing and what was published: what changes, what stands in the way, and the way back.
import { useEffect, useState } from "react";
import { all, ask } from "$/public/api.js";
import { compare, whole } from "$/public/bots/flow.js";
import { ReplaySummary, useReplay } from "$/public/bots/replay.jsx";
import { Sheet } from "$/public/bots/sheet.jsx";
import { named } from "$/public/bots/told.js";
import { Ago } from "$/public/ago.js";

const WORDS = { connections: "Connections between steps", triggers: "What starts it", variables: "Variables", settings: "Settings" };
const MOST = 12; // changes told one by one

export function Changes({ before, after, kinds, none }) {
  const found = compare(before, after);
  if (!found.length) return <p className="mute">{none}</p>;
  return (
    <ul className="changes">
      {found.slice(0, MOST).map((one, at) => (
        <li key={at}>
          <span className={`chip ${{ added: "good", removed: "bad" }[one.what] ?? "info"}`}>{one.node ? one.what : "changed"}</span>
          <span className="clip">{one.node ? `${named(one.node, kinds)} (${one.id})` : WORDS[one.what]}</span>
        </li>
      ))}
      {found.length > MOST && <li className="mute">and {found.length - MOST} more</li>}
    </ul>
  );
}

function useVersions(id) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    all(`/bots/${id}/versions`, 50).then(setFound, (error) => setProblem(error.message));
  }, [id]);
  return [found, problem];
}

function useNumbers() {
  const [numbers, setNumbers] = useState([]);
  useEffect(() => {
    all("/whatsapp/accounts").then(setNumbers, () => {});
  }, []);
  return numbers;
}

export function Publish({ draft, state, kinds, onClose, onGo, onTell, onReplay }) {
  const { bot, flow, problems } = state;
  const [versions] = useVersions(bot.id);
  const numbers = useNumbers();
  const [number, setNumber] = useState(bot.account_id ?? "");
  const [migrate, setMigrate] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(null);
  const replay = useReplay(bot.id, flow, Boolean(bot.version));
  const live = versions?.find((one) => one.is_live);
  const errors = problems.filter((one) => one.severity === "error");
  const chosen = number || (numbers.length === 1 ? numbers[0].id : "");
  const publish = async (force) => {
    setBusy(true);
    setRefusal(null);
    try {
      if (!(await draft.current())) throw new Error("The draft is not what the server has; it was not published.");
      if (chosen && chosen !== bot.account_id) await ask("PATCH", `/bots/${bot.id}`, { account_id: chosen });
      const made = await ask("POST", `/bots/${bot.id}/publish`, { force, migrate });
      draft.became(made);
      const along = made.migrated ? `; ${made.migrated} conversations came along` : "";
      onTell(`Version ${made.version} answers from now on${along}`, "good");
      onClose();
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <Sheet title={bot.version ? `Publish version ${bot.version + 1}` : "Publish this bot"} onClose={onClose}>
      <div className="field">
        <label htmlFor="publish-number">It answers on</label>
        <select id="publish-number" className="input" value={chosen} disabled={bot.status === "active"} onChange={(event) => setNumber(event.target.value)}>
          {!chosen && <option value="">Choose a number…</option>}
          {numbers.map((one) => <option key={one.id} value={one.id}>{one.name} {one.phone}</option>)}
        </select>
        {bot.status === "active" && <p className="help">Pause it to move it to another number.</p>}
      </div>
      <h3>What changes for customers</h3>
      {versions === null ? <p className="mute">Comparing…</p> : live ? (
        <Changes before={whole(live.flow)} after={flow} kinds={kinds} none="Nothing: this is what answers already." />
      ) : (
        <p className="mute">It has never answered anybody. Conversations that begin from now on go through it.</p>
      )}
      {errors.length > 0 && (
        <div className="problem" role="alert">
          <div className="grow">
            <p className="strong">{errors.length === 1 ? "One error is" : `${errors.length} errors are`} in the way</p>
            <p>{errors[0].message}</p>
          </div>
          <button type="button" className="btn small" onClick={() => { onClose(); onGo(errors[0]); }}>Show</button>
        </div>
      )}
      {bot.version && <ReplaySummary replay={replay} onOpen={() => { onClose(); onReplay(); }} />}
      {bot.version && (
        <label className="check">
          <input type="checkbox" checked={migrate} onChange={(event) => setMigrate(event.target.checked)} />
          <span>Take conversations under way along<span className="help">Otherwise they end in the version they began in. Those at a step that is gone stay there.</span></span>
        </label>
      )}
      {refusal && (
        <div className="row" role="alert">
          <p className="error grow">{refusal.message}</p>
          {refusal.field?.startsWith("dialogues") && <button type="button" className="btn small bad" disabled={busy} onClick={() => publish(true)}>Publish anyway</button>}
        </div>
      )}
      <div className="row end">
        <button type="button" className="btn plain" onClick={onClose}>Cancel</button>
        <button type="button" className="btn solid" disabled={busy || errors.length > 0 || !chosen} onClick={() => publish(false)}>{busy ? "Publishing…" : "Publish"}</button>
      </div>
    </Sheet>
  );
}

export function History({ draft, state, kinds, mayEdit, onClose, onTell }) {
  const { bot, flow } = state;
  const [versions, problem] = useVersions(bot.id);
  const [shown, setShown] = useState(0);
  const [asked, setAsked] = useState(0);
  const [refusal, setRefusal] = useState("");
  const back = async (version) => {
    try {
      if (!(await draft.save())) throw new Error("The draft could not be saved first.");
      const made = await ask("POST", `/bots/${bot.id}/rollback`, { version });
      await draft.theirs();
      onTell(`Version ${version} answers again, as version ${made.version}`, "good");
      onClose();
    } catch (error) {
      setRefusal(error.message);
    }
  };
  return (
    <Sheet title="Versions" onClose={onClose}>
      {problem && <p className="error">{problem}</p>}
      {versions?.length === 0 && <p className="mute">Nothing was published yet. Each publish keeps what it was, for good.</p>}
      {versions === null && !problem && <p className="mute">Reading…</p>}
      <ul className="versions">
        {(versions ?? []).map((one) => (
          <li key={one.id}>
            <div className="row">
              <span className="strong number">Version {one.version}</span>
              {one.is_live && <span className={`chip ${bot.status === "active" ? "good" : "warn"}`}>{bot.status === "active" ? "Live" : "Paused"}</span>}
              <span className="mute small grow"><Ago at={one.created_at} /></span>
              <button type="button" className="btn small" aria-expanded={shown === one.version} onClick={() => setShown(shown === one.version ? 0 : one.version)}>Compare</button>
              {mayEdit && !one.is_live && <button type="button" className="btn small" onClick={() => setAsked(one.version)}>Bring back</button>}
            </div>
            {shown === one.version && (
              <div className="version-changes">
                <p className="small mute">From this version to your draft:</p>
                <Changes before={whole(one.flow)} after={flow} kinds={kinds} none="The draft is the same." />
              </div>
            )}
            {asked === one.version && (
              <div className="problem" role="alert">
                <p className="grow">It answers at once, and your draft becomes it. Undo brings the draft back.</p>
                <button type="button" className="btn small" onClick={() => setAsked(0)}>Cancel</button>
                <button type="button" className="btn small bad" onClick={() => back(one.version)}>Bring back</button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {refusal && <p className="error" role="alert">{refusal}</p>}
      <div className="row end"><button type="button" className="btn plain" onClick={onClose}>Close</button></div>
    </Sheet>
  );
}
