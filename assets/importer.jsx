// Brings customers in from a spreadsheet: shows what it holds, lets its columns be named, sends it,
// and gives back the rows that could not be taken, each with its reason. A long one is brought in
// by the server while `job` tells how far it is, also if this tab is closed.
import { useMemo, useRef, useState } from "react";
import { ask } from "$/public/api.js";
import { csvOf, decode, rowsOf, save } from "$/public/csv.js";

const SHOWN = 3; // rows of the preview
const LARGEST = 32 * 2 ** 20;
const FIELDS = [
  ["phone", "Phone number", /phone|mobile|tel|whatsapp|number|número|numero|handy|celular/i],
  ["name", "Name", /name|nombre|nome|kunde|customer/i],
  ["email", "E-mail", /mail|correo/i],
  ["language", "Language", /^lang|sprache|idioma/i],
  ["tags", "Tags (; between them)", /^tag|label|etiqueta/i],
  ["marketing_opt_in", "Allowed marketing", /opt.?in|marketing|consent|newsletter/i],
];
const CUSTOM = "custom_fields.";

// What each column most likely is; every field of ours at most once.
function guess(heads, known) {
  const taken = new Set();
  return heads.map((head) => {
    const name = head.trim();
    const exact = FIELDS.find(([key]) => key === name.toLowerCase().replaceAll(" ", "_"));
    const ours = exact ?? FIELDS.find(([key, , fits]) => !taken.has(key) && fits.test(name));
    if (ours && !taken.has(ours[0])) return taken.add(ours[0]), ours[0];
    const custom = known.find(({ key, label }) =>
      [key.slice(CUSTOM.length), label].some((one) => one.toLowerCase() === name.toLowerCase()),
    );
    if (custom && !taken.has(custom.key)) return taken.add(custom.key), custom.key;
    return name ? CUSTOM + name.slice(0, 80) : "";
  });
}

function Choose({ onFile, problem }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer.files[0]) onFile(event.dataTransfer.files[0]);
  };
  return (
    <>
      <button
        type="button"
        className={`drop-zone${over ? " over" : ""}`}
        onClick={() => input.current.click()}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <strong>Choose a CSV file, or drop it here</strong>
        <span className="mute small">
          One customer a row, the first row names the columns. A column with phone numbers, with
          country code, is all it needs.
        </span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv"
        hidden
        aria-label="File with contacts"
        onChange={(event) => event.target.files[0] && onFile(event.target.files[0])}
      />
      {problem && <p className="error" role="alert">{problem}</p>}
      <button
        type="button"
        className="link small"
        onClick={() => save("contacts-example.csv", EXAMPLE)}
      >
        Download an example
      </button>
    </>
  );
}

const EXAMPLE = [
  ["phone", "name", "email", "language", "tags", "marketing_opt_in", "city"],
  ["+34612345678", "Ana Ruiz", "ana@example.com", "es", "vip;newsletter", "true", "Valencia"],
];

function Match({ file, rows, known, refused, onBack, onStart }) {
  const [head, ...body] = rows;
  const [fields, setFields] = useState(() => guess(head.cells, known));
  const set = (place, value) => setFields(fields.map((field, at) => (at === place ? value : field)));
  const twice = fields.find((field, at) => field && fields.indexOf(field) !== at);
  const label = (key) =>
    FIELDS.find((field) => field[0] === key)?.[1] ??
    known.find((field) => field.key === key)?.label ??
    key.slice(CUSTOM.length);
  const problem = !fields.includes("phone")
    ? "Say which column holds the phone numbers."
    : twice && `Two columns are ${label(twice)}.`;
  return (
    <>
      <p className="mute">
        <strong className="number">{body.length.toLocaleString()}</strong> rows in {file}. Say what
        each column is.
      </p>
      <div className="table-box match-box">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Such as</th>
              <th scope="col">Becomes</th>
            </tr>
          </thead>
          <tbody>
            {head.cells.map((name, place) => (
              <tr key={place}>
                <td className="strong">{name || `Column ${place + 1}`}</td>
                <td className="mute clip sample">
                  {body.slice(0, SHOWN).map((row) => row.cells[place]).filter(Boolean).join(", ")}
                </td>
                <td>
                  <select
                    className="input small"
                    aria-label={`What ${name || `column ${place + 1}`} becomes`}
                    value={fields[place]}
                    onChange={(event) => set(place, event.target.value)}
                  >
                    <option value="">Leave out</option>
                    {FIELDS.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
                    {known.map(({ key, label: words }) => <option key={key} value={key}>{words}</option>)}
                    {name.trim() && !known.some(({ key }) => key === CUSTOM + name.trim()) && (
                      <option value={CUSTOM + name.trim().slice(0, 80)}>Field “{name.trim()}”</option>
                    )}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(problem || refused) && <p className="error" role="alert">{problem || refused}</p>}
      <div className="row end">
        <button type="button" className="btn" onClick={onBack}>Another file</button>
        <button
          type="button"
          className="btn solid"
          disabled={Boolean(problem) || !body.length}
          onClick={() => onStart(fields)}
        >
          Import {body.length.toLocaleString()}
        </button>
      </div>
    </>
  );
}

// The answer of the API: a report, or a job where the sheet is long.
function post(body, fields) {
  const kept = fields.map((field, at) => [field, at]).filter(([field]) => field);
  const rows = [kept.map(([field]) => field), ...body.map((row) => kept.map(([, at]) => row.cells[at]))];
  return ask("POST", "/contacts/import", new Blob([csvOf(rows)], { type: "text/csv" }));
}

const OVER = { failed: "It could not go on. What was taken stays.", cancelled: "You stopped it. What was taken stays." };

function Report({ told, rows, onDone }) {
  const { created, updated, skipped, errors, problem, status } = told;
  const refused = errors.map(({ row, message }) => ({ row: rows[row - 1] ?? { number: row }, message }));
  const giveBack = () =>
    save("contacts-not-taken.csv", [
      [...rows[0].cells, "why"],
      ...refused.map(({ row, message }) => [...row.cells, message]),
    ]);
  return (
    <>
      {OVER[status] && (
        <p className={status === "failed" ? "error" : "mute"} role="alert">
          {OVER[status]} {problem}
        </p>
      )}
      <dl className="tally" role="status">
        <div><dt>New</dt><dd className="figure">{created.toLocaleString()}</dd></div>
        <div><dt>Changed</dt><dd className="figure">{updated.toLocaleString()}</dd></div>
        <div><dt>Not taken</dt><dd className="figure">{skipped.toLocaleString()}</dd></div>
      </dl>
      {refused.length > 0 && (
        <div className="table-box match-box">
          <table className="table">
            <thead><tr><th scope="col">Row</th><th scope="col">Why it was not taken</th></tr></thead>
            <tbody>
              {refused.slice(0, 100).map((one) => (
                <tr key={one.row.number}><td className="number">{one.row.number}</td><td>{one.message}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="row end">
        {refused.length > 0 && rows.length > 0 && (
          <button type="button" className="btn" onClick={giveBack}>
            Download {refused.length === 1 ? "this row" : `these ${refused.length.toLocaleString()} rows`}
          </button>
        )}
        <button type="button" className="btn solid" onClick={onDone}>Done</button>
      </div>
    </>
  );
}

function Sending({ job }) {
  const [stopping, setStopping] = useState(false);
  const stop = () => {
    setStopping(true);
    ask("POST", `/contacts/imports/${job.id}/cancel`).catch(() => setStopping(false));
  };
  if (!job) {
    return (
      <>
        <p role="status">Reading the sheet …</p>
        <progress className="progress" aria-label="Being imported" />
      </>
    );
  }
  return (
    <>
      <p role="status" className="number">
        {job.done.toLocaleString()} of {job.rows.toLocaleString()} rows
      </p>
      <progress className="progress" max={job.rows} value={job.done} aria-label="Imported" />
      <div className="row end">
        <span className="mute small grow">You may close this; it goes on.</span>
        <button type="button" className="btn" disabled={stopping} onClick={stop}>Stop here</button>
      </div>
    </>
  );
}

export function Importer({ columns = [], job = {}, onWatch, onDone }) {
  const known = useMemo(() => columns.filter(({ key }) => key.startsWith(CUSTOM)), [columns]);
  const [file, setFile] = useState(null);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState(null); // what the server answered to a short sheet
  const [busy, setBusy] = useState(false);
  const rows = file?.rows ?? [];
  const going = ["waiting", "running"].includes(job.status);
  const told = said ?? (job.id && !going ? job : null);
  const read = async (chosen) => {
    setProblem("");
    if (chosen.size > LARGEST) return setProblem("At most 32 MB. Split the file.");
    const found = rowsOf(decode(await chosen.arrayBuffer()));
    if (found.length < 2) return setProblem("There is no row below the names of the columns.");
    setFile({ name: chosen.name, rows: found });
  };
  const start = async (fields) => {
    setProblem("");
    setBusy(true);
    try {
      const answer = await post(rows.slice(1), fields);
      if (answer.id) onWatch?.(answer.id);
      else setSaid(answer);
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  const choosing = !told && !going && !busy;
  return (
    <div className="stack importer">
      {choosing && !file && <Choose onFile={read} problem={problem} />}
      {choosing && file && (
        <Match
          file={file.name}
          rows={rows}
          known={known}
          refused={problem}
          onBack={() => (setProblem(""), setFile(null))}
          onStart={start}
        />
      )}
      {(busy || going) && <Sending job={going ? job : null} />}
      {told && <Report told={told} rows={rows} onDone={() => onDone?.()} />}
    </div>
  );
}
