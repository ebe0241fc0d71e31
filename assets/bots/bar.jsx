// The bar above the canvas: which bot this is, whether it is saved, what can be done.
import { useState } from "react";
import { Link } from "react-router";
import { ArrowLeft, History as Clock, LayoutTemplate, Redo2, Search, Smartphone, Sparkles, Undo2 } from "lucide-react";
import { ask } from "$/public/api.js";
import { Ago } from "$/public/ago.js";

const SAVED = {
  waiting: "Saving…", saving: "Saving…", offline: "Not saved yet: no connection",
  conflict: "Not saved: changed elsewhere", refused: "Not saved",
};

function Saved({ state }) {
  const words = SAVED[state.saving];
  const tone = { offline: " warn", conflict: " bad", refused: " bad" }[state.saving] ?? "";
  return (
    <span className={`chip saved${tone}`} role="status" title={state.refusal || undefined}>
      {words ?? <>Draft saved {state.savedAt && <Ago at={state.savedAt} />}</>}
    </span>
  );
}

function Name({ draft, bot, mayEdit, onTell }) {
  const [name, setName] = useState(null);
  const keep = async () => {
    const wanted = name?.trim();
    setName(null);
    if (!wanted || wanted === bot.name) return;
    try {
      draft.became(await ask("PATCH", `/bots/${bot.id}`, { name: wanted }));
    } catch (error) {
      onTell(error.message, "bad");
    }
  };
  const keys = (event) => {
    if (event.key === "Enter") event.target.blur();
    if (event.key === "Escape") setName(null);
  };
  return (
    <h1 className="bar-name">
      {mayEdit ? (
        <input aria-label="Name of the bot" value={name ?? bot.name} maxLength={120} dir="auto" onChange={(event) => setName(event.target.value)} onBlur={keep} onKeyDown={keys} size={Math.max((name ?? bot.name).length, 4)} />
      ) : (
        <span className="clip" dir="auto">{bot.name}</span>
      )}
    </h1>
  );
}

const STANDING = { active: ["good", "Live"], paused: ["warn", "Paused"], draft: ["", "Draft"] };

export function Bar({ draft, state, mayEdit, trying, onTry, onTidy, onFind, onHistory, onPublish, onWords, onTell }) {
  const { bot } = state;
  const [tone, words] = STANDING[bot.status] ?? ["", bot.status];
  return (
    <header className="head builder-bar">
      <Link to="/bots" className="btn square quiet" aria-label="Back to the bots" title="Bots"><ArrowLeft size={18} /></Link>
      <Name draft={draft} bot={bot} mayEdit={mayEdit} onTell={onTell} />
      <span className={`chip ${tone}`}>{words}{bot.version ? ` v${bot.version}` : ""}</span>
      {mayEdit && <Saved state={state} />}
      <span className="grow" />
      {mayEdit && (
        <>
          <button type="button" className="btn square quiet" title="Undo (Ctrl Z)" aria-label="Undo" disabled={!state.canUndo} onClick={draft.undo}><Undo2 size={17} /></button>
          <button type="button" className="btn square quiet" title="Redo (Ctrl Shift Z)" aria-label="Redo" disabled={!state.canRedo} onClick={draft.redo}><Redo2 size={17} /></button>
          <button type="button" className="btn square quiet" title="Tidy up" aria-label="Tidy up" onClick={onTidy}><LayoutTemplate size={17} /></button>
        </>
      )}
      <button type="button" className="btn square quiet" title="Find a step (/)" aria-label="Find a step" data-hotkey="/" onClick={onFind}><Search size={17} /></button>
      <button type="button" className="btn square quiet" title="Versions" aria-label="Versions" onClick={onHistory}><Clock size={17} /></button>
      {mayEdit && (
        <>
          <button type="button" className="btn plain" aria-label="Describe a change" title="Describe a change" onClick={onWords}><Sparkles size={16} aria-hidden="true" /> <span className="label">Describe a change</span></button>
          <button type="button" className="btn plain" aria-label="Try it" title="Talk to the draft" aria-pressed={trying} onClick={onTry}><Smartphone size={16} aria-hidden="true" /> <span className="label">Try it</span></button>
          <button type="button" className="btn solid" onClick={onPublish}>Publish…</button>
        </>
      )}
    </header>
  );
}
