// What a call proves itself with: chosen by name, and kept where nobody can read it again.
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { KeyRound, Trash2 } from "lucide-react";
import { all, ask } from "$/public/api.js";
import { Choice, forgetRows } from "$/public/bots/refs.jsx";
import { Sheet } from "$/public/bots/sheet.jsx";

export function Secret(props) {
  const [open, setOpen] = useState(false);
  const [read, setRead] = useState(0);
  const close = () => {
    forgetRows();
    setRead(read + 1);
    setOpen(false);
  };
  return (
    <>
      <Choice key={read} {...props} />
      {!props.disabled && <button type="button" className="btn small" onClick={() => setOpen(true)}><KeyRound size={14} aria-hidden="true" /> Secrets…</button>}
      {open && createPortal(<Secrets onClose={close} onKept={(name) => { props.onChange(name); close(); }} />, document.body)}
    </>
  );
}

function Secrets({ onClose, onKept }) {
  const [rows, setRows] = useState(null);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState("");
  const [going, setGoing] = useState(""); // the id of the one that is asked about
  const act = (work) => work.catch((error) => setProblem(error.message));
  const load = () => act(all("/bot-secrets").then(setRows));
  useEffect(() => void load(), []);
  const keep = (event) => {
    event.preventDefault();
    act(ask("POST", "/bot-secrets", { name, value }).then((kept) => onKept(kept.name)));
  };
  const forget = (id) => act(ask("DELETE", `/bot-secrets/${id}`).then(load));
  const replaces = rows?.some((row) => row.name === name.trim());
  return (
    <Sheet title="Secrets" onClose={onClose}>
      <p className="mute">Tokens and passwords that bots’ calls use by name. They are stored encrypted and never shown again.</p>
      {rows?.length > 0 && (
        <ul className="lines">
          {rows.map((row) => (
            <li key={row.id} className="row">
              <span className="grow clip mono">{row.name}</span>
              {going === row.id ? (
                <>
                  <span className="small">Calls that use it will fail.</span>
                  <button type="button" className="btn small" onClick={() => setGoing("")}>Keep</button>
                  <button type="button" className="btn small bad" onClick={() => forget(row.id)}>Remove</button>
                </>
              ) : (
                <button type="button" className="tool" aria-label={`Remove ${row.name}`} title="Remove" onClick={() => setGoing(row.id)}><Trash2 size={14} /></button>
              )}
            </li>
          ))}
        </ul>
      )}
      <form className="stack" onSubmit={keep}>
        <div className="field">
          <label htmlFor="secret-name">Name</label>
          <input id="secret-name" className="input" value={name} maxLength={100} required autoComplete="off" onChange={(event) => setName(event.target.value)} />
          {replaces && <p className="help">Takes the place of the one of this name.</p>}
        </div>
        <div className="field">
          <label htmlFor="secret-value">Secret</label>
          <input id="secret-value" className="input" type="password" value={value} maxLength={4096} required autoComplete="new-password" onChange={(event) => setValue(event.target.value)} />
        </div>
        {problem && <p className="error" role="alert">{problem}</p>}
        <div className="row end">
          <button type="button" className="btn plain" onClick={onClose}>Close</button>
          <button className="btn solid">Keep it</button>
        </div>
      </form>
    </Sheet>
  );
}
