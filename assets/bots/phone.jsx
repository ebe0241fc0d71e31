// A phone that talks to the draft: every word goes through the engine that answers customers.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { RotateCcw, SendHorizontal } from "lucide-react";
import { ask } from "$/public/api.js";
import { Answer } from "$/public/bots/answering.jsx";
import { Said } from "$/public/said.jsx";

const AGAIN_AFTER = 500; // milliseconds after a change of the draft
const STANDING = { waiting: "waiting for an answer", calling: "waiting for another program", paused: "a person has taken over", ended: "the bot has ended", "": "" };
export const CONTACT = { name: "Ana Ruiz", phone: "+34612345678", language: "en" };

// The conversation that `inputs` make with the draft as it is now.
export function useRehearsal(draft, flow, open) {
  const [inputs, setInputs] = useState([]);
  const [now, setNow] = useState(() => new Date().toISOString());
  const [played, setPlayed] = useState(null);
  const [problem, setProblem] = useState("");
  const turn = useRef(0);
  const before = useRef(inputs);
  useEffect(() => {
    if (!open || !inputs.length || !flow) return;
    const mine = ++turn.current;
    const wait = before.current === inputs ? AGAIN_AFTER : 0;
    before.current = inputs;
    const timer = setTimeout(async () => {
      try {
        const answer = await ask("POST", `/bots/${draft.id}/simulate`, { flow, inputs, contact: CONTACT, now, calls: "wait" });
        if (mine === turn.current) setPlayed(answer), setProblem("");
      } catch (error) {
        if (mine === turn.current) setProblem(error.message);
      }
    }, wait);
    return () => clearTimeout(timer);
  }, [flow, inputs, now, open]);
  const restart = () => {
    turn.current += 1;
    setInputs([]);
    setPlayed(null);
    setProblem("");
    setNow(new Date().toISOString());
  };
  return { inputs, played, problem, restart, say: (input) => setInputs([...inputs, input]) };
}

// What lights up: the steps come to with the ways they were left by, and the edges taken.
export function litBy(played, botId) {
  const nodes = new Map();
  const edges = new Set();
  for (const step of played?.steps ?? []) {
    if (step.bot_id && step.bot_id !== botId) continue;
    if (!nodes.has(step.node_id)) nodes.set(step.node_id, new Set());
    if (step.handle) nodes.get(step.node_id).add(step.handle);
    if (step.edge_id) edges.add(step.edge_id);
  }
  return { nodes, edges };
}

const title = (one) => one?.reply?.title ?? one?.title ?? "";

function choices(content) {
  const action = content?.action ?? {};
  const buttons = (action.buttons ?? []).map((one) => ({ id: one.reply?.id ?? one.id, title: title(one), key: "button" }));
  const rows = (action.sections ?? []).flatMap((section) => section.rows ?? []);
  return [...buttons, ...rows.map((row) => ({ ...row, key: "list" }))];
}

const FILES = { image: "Picture", video: "Video", audio: "Audio", document: "Document", sticker: "Sticker" };

export function Content({ line }) {
  const { type, content = {} } = line;
  if (type === "text") return <Said text={content.body} />;
  if (FILES[type]) return <><span className="mute">{FILES[type]} {content.filename ?? ""}</span>{content.caption && <Said text={content.caption} />}</>;
  if (type === "location") return <Said text={[content.name ?? "Location", content.address].filter(Boolean).join("\n")} />;
  if (type === "contacts") return <span>Contact card</span>;
  if (type === "reaction") return <span>{content.emoji || "(takes the reaction back)"}</span>;
  if (type === "template") return <span>Template <b>{content.name}</b></span>;
  if (type !== "interactive") return <span className="mute">{type}</span>;
  if (content.nfm_reply) return <span className="mono small">{JSON.stringify(content.nfm_reply.response)}</span>;
  const pressed = content.button_reply ?? content.list_reply;
  if (pressed) return <span>{pressed.title || pressed.id}</span>;
  const link = content.action?.parameters?.display_text ?? content.action?.parameters?.flow_cta;
  return (
    <>
      {content.header?.text && <b>{content.header.text}</b>}
      {content.header?.type && content.header.type !== "text" && <span className="mute">{FILES[content.header.type]}</span>}
      <Said text={content.body?.text ?? ""} />
      {content.footer?.text && <span className="small mute">{content.footer.text}</span>}
      {link && <span className="link">{link}</span>}
    </>
  );
}

function Line({ line, last, onSay, onGo }) {
  const side = line.from === "bot" ? "in" : "out";
  const offered = side === "in" ? choices(line.content) : [];
  return (
    <div className="entry-line">
      <div className={`bubble first last ${side}`} onDoubleClick={() => line.node_id && onGo(line.node_id)} title={line.node_id ? "Double click: to the step that says this" : undefined}>
        <Content line={line} />
        {offered.length > 0 && (
          <span className="tries">
            {offered.map((one) => (
              <button key={one.id} type="button" className="option" disabled={!last} onClick={() => onSay({ [one.key]: { id: one.id, title: one.title } })}>{one.title}</button>
            ))}
          </span>
        )}
      </div>
    </div>
  );
}

// What sets the bot off: [what it is called, the input].
const STARTS = {
  keyword: (one) => (one.match === "regex" ? [] : (one.keywords ?? []).map((word) => [word, { text: word }])),
  any_message: () => [["Hello", { text: "Hello" }]],
  button: (one) => (one.payloads ?? []).map((id) => [`Button ${id}`, { button: { id, title: id } }]),
  referral: (one) => [["Comes from an ad", { text: "Hello", referral: { source_type: "ad", source_id: one.source_ids?.[0] ?? "1" } }]],
  template_reply: (one) => [["Answers a template", { text: "Yes", template: one.templates?.[0] ?? "any" }]],
  api: (one) => [["A program calls", { start: { type: "api", trigger_id: one.id } }]],
  tag: (one) => (one.tags ?? []).map((tag) => [`Gets the tag ${tag}`, { start: { type: "tag", tag } }]),
  schedule: (one) => [[`It is ${one.time ?? "time"}`, { start: { type: "schedule", trigger_id: one.id } }]],
};

function Hints({ flow, onSay }) {
  const found = flow.triggers.flatMap((one) => STARTS[one?.type]?.(one) ?? []).filter(([word]) => word);
  const shown = new Map(found.length ? found : [["Hello", { text: "Hello" }]]);
  return (
    <div className="phone-hints">
      <p className="mute small">Write as a customer would. Nobody is written to.</p>
      <div className="row wrap center">{[...shown].slice(0, 6).map(([word, input]) => <button key={word} type="button" className="btn small" onClick={() => onSay(input)}>{word}</button>)}</div>
    </div>
  );
}

export function Phone({ id, name, flow, rehearsal, onGo, onKeep }) {
  const { played, problem, restart, say, inputs } = rehearsal;
  const [text, setText] = useState("");
  const end = useRef(null);
  const lines = played?.transcript ?? [];
  const waits = played?.status === "waiting" ? played.waits_for : null;
  const node = waits?.bot_id === id ? flow.nodes.find((one) => one.id === waits.node_id) : undefined;
  const patient = node?.data?.timeout_seconds;
  const newest = lines.findLastIndex((line) => line.from === "contact");
  useLayoutEffect(() => end.current?.scrollTo(0, end.current.scrollHeight), [lines.length, played]);
  const send = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    say({ text: text.trim() });
    setText("");
  };
  const found = Object.entries(played?.variables ?? {}).filter(([key]) => !key.startsWith("_"));
  return (
    <div className="panel-body phone-panel">
      <div className="row">
        <h3 className="grow">Try the draft</h3>
        {played && <button type="button" className="btn small" onClick={() => onKeep(inputs, played)}>Save as test</button>}
        <button type="button" className="btn small" onClick={restart} disabled={!inputs.length}><RotateCcw size={14} aria-hidden="true" /> Restart</button>
      </div>
      <div className="phone try-phone">
        <div className="phone-head"><span className="who grow"><span className="strong clip" dir="auto">{name}</span><span className="small">{STANDING[waits?.kind === "callback" ? "calling" : (played?.status ?? "")] || "draft"}</span></span></div>
        <div className="thread" ref={end} role="log" aria-label="Conversation with the draft" tabIndex={0}>
          {!inputs.length && <Hints flow={flow} onSay={say} />}
          {lines.map((line, at) => <Line key={at} line={line} last={at > newest} onSay={say} onGo={onGo} />)}
          {played && !waits && !lines.some((line) => line.from === "bot") && <p className="system-line">The bot does not answer</p>}
        </div>
        <form className="phone-write" onSubmit={send}>
          <input value={text} onChange={(event) => setText(event.target.value)} placeholder="Message" aria-label="Write to the draft" autoComplete="off" maxLength={4096} />
          <button className="btn square solid" aria-label="Send to the draft" title="Send"><SendHorizontal size={16} /></button>
        </form>
      </div>
      <Answer key={inputs.length} waits={waits} node={node} onSay={say} />
      {patient && <button type="button" className="btn small" onClick={() => say({ timeout: true })}>Let the time run out</button>}
      {played?.status === "paused" && <button type="button" className="btn small" onClick={() => say({ given_back: true })}>Give it back to the bot</button>}
      {problem && <p className="error" role="alert">{problem}</p>}
      {(played?.notes ?? []).map((note, at) => <p key={at} className="small mute">{note}</p>)}
      {found.length > 0 && (
        <dl className="try-facts" aria-label="Variables">
          {found.map(([key, value]) => (
            <div key={key}><dt className="mono">{key}</dt><dd className="clip" title={shown(value)}>{shown(value)}</dd></div>
          ))}
        </dl>
      )}
    </div>
  );
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));
