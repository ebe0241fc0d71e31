// What the bot waits for and no words can give: the answer of a call, of the AI, a form, a file.
// Whoever tries the bot chooses it.
import { useState } from "react";
import { Json } from "$/public/bots/write.jsx";

const FAILED = { callback: { ok: false, error: "It did not answer." } };
const FILES = { image: "a picture", document: "a document", video: "a video", audio: "a voice message", sticker: "a sticker" };
const MIME = { image: "image/jpeg", document: "application/pdf", video: "video/mp4", audio: "audio/ogg", sticker: "image/webp" };
const PLACE = { latitude: 48.2082, longitude: 16.3738, name: "Vienna" };

const answered = (data) => ({ callback: { ok: true, data } });

// An answer with something at each path that the step reads.
export function sampled(mappings) {
  const body = {};
  for (const { path = "", variable } of mappings ?? []) {
    const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(([, name, place, quoted]) => (place === undefined ? name ?? quoted : Number(place)));
    let held = body;
    steps.forEach((step, at) => {
      const last = at === steps.length - 1;
      held[step] ??= last ? variable || "…" : typeof steps[at + 1] === "number" ? [] : {};
      held = held[step];
    });
  }
  return body;
}

function Box({ title, children, onFail }) {
  return (
    <section className="try-answer" aria-label={title}>
      <p className="strong">{title}</p>
      {children}
      {onFail && <button type="button" className="btn small" onClick={onFail}>It fails</button>}
    </section>
  );
}

function Call({ node, onSay }) {
  const [status, setStatus] = useState(200);
  const [body, setBody] = useState(() => sampled(node?.data?.mappings));
  return (
    <Box title="What does the other program answer?" onFail={() => onSay(FAILED)}>
      <Json label="Body" value={body} found={[]} onChange={setBody} />
      <div className="row">
        <label className="row">Status <input type="number" className="input small-input short" min={100} max={599} value={status} onChange={(event) => setStatus(Number(event.target.value))} /></label>
        <span className="grow" />
        <button type="button" className="btn small solid" onClick={() => onSay(answered({ status, body: body ?? null }))}>Answer so</button>
      </div>
    </Box>
  );
}

function Spoken({ onSay }) {
  const [text, setText] = useState("");
  const [person, setPerson] = useState(false);
  return (
    <>
      <textarea className="input" rows={3} dir="auto" aria-label="What the AI says" value={text} maxLength={4096} onChange={(event) => setText(event.target.value)} />
      <label className="check"><input type="checkbox" checked={person} onChange={(event) => setPerson(event.target.checked)} /><span>and calls a person</span></label>
      <button type="button" className="btn small solid" onClick={() => onSay(answered({ text, ...(person && { action: "hand_off" }) }))}>Answer so</button>
    </>
  );
}

function Raw({ first, onSay, wrap = (held) => held, label = "Answer" }) {
  const [held, setHeld] = useState(first);
  return (
    <>
      <Json label={label} value={held} found={[]} onChange={setHeld} />
      <button type="button" className="btn small solid" onClick={() => onSay(wrap(held ?? {}))}>Answer so</button>
    </>
  );
}

function Ai({ node, onSay }) {
  const { mode = "answer", categories = [], fields = [] } = node?.data ?? {};
  return (
    <Box title="What does the AI find?" onFail={() => onSay(FAILED)}>
      {!node && <Raw first={{ text: "" }} onSay={onSay} wrap={answered} />}
      {node && mode === "answer" && <Spoken onSay={onSay} />}
      {mode === "classify" && (
        <div className="row wrap">
          {[...categories, { id: "other", name: "None of them" }].map((one) => (
            <button key={one.id} type="button" className="btn small" onClick={() => onSay(answered({ category: one.id, confidence: 1 }))}>{one.name || one.id}</button>
          ))}
        </div>
      )}
      {mode === "extract" && <Raw first={Object.fromEntries(fields.map((one) => [one.variable, ""]))} label="Values" onSay={onSay} wrap={(values) => answered({ values })} />}
    </Box>
  );
}

function Asked({ node, onSay }) {
  const { type, media = [] } = node?.data?.answer ?? {};
  if (type === "location") return <button type="button" className="btn small" onClick={() => onSay({ location: PLACE })}>Send a place</button>;
  if (type !== "media") return null;
  return (
    <div className="row wrap">
      {(media.length ? media : ["image", "document"]).map((kind) => (
        <button key={kind} type="button" className="btn small" onClick={() => onSay({ [kind]: { id: "tried", mime_type: MIME[kind] } })}>Send {FILES[kind]}</button>
      ))}
    </div>
  );
}

function Replies({ node, onSay }) {
  return (
    <div className="row wrap">
      {(node?.data?.replies ?? []).map((one) => <button key={one.id} type="button" className="btn small" onClick={() => onSay({ button: { id: one.id, title: one.title } })}>{one.title || one.id}</button>)}
    </div>
  );
}

const Form = ({ onSay }) => (
  <Box title="What does the form hold?">
    <Raw first={{}} label="Answers" onSay={onSay} wrap={(form) => ({ form })} />
  </Box>
);

const KINDS = { api_call: Call, ai: Ai, whatsapp_flow: Form, question: Asked, template: Replies };

export function Answer({ waits, node, onSay }) {
  const Kind = waits && KINDS[waits.type];
  return Kind ? <Kind node={node} onSay={onSay} /> : null;
}
