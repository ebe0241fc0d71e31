// Files to send: they go up as soon as they are chosen, and wait beside what is being written.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { newKey } from "$/public/outbox.js";

const MOST = 10; // files at once
const LARGEST = 100 * 2 ** 20; // bytes WhatsApp takes of anything
const LONGEST_CAPTION = 1024;
const CAPTIONED = new Set(["image", "video", "document"]);
const SEEN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
const NONE = [];

const place = (conversation) => `botpe.files.${conversation}`;
const trays = new Map(); // conversation → files
const originals = new Map(); // key → what is to go up
const listeners = new Set();

function read(conversation) {
  if (!conversation) return NONE;
  if (!trays.has(conversation)) trays.set(conversation, kept(conversation));
  return trays.get(conversation);
}

function kept(conversation) {
  try {
    return JSON.parse(localStorage.getItem(place(conversation))) ?? NONE;
  } catch {
    return NONE;
  }
}

// Those that are up survive a reload; one on its way must be chosen again.
function write(conversation, files) {
  trays.set(conversation, files);
  const ready = files.filter((file) => file.state === "ready");
  try {
    if (!ready.length) localStorage.removeItem(place(conversation));
    else localStorage.setItem(place(conversation), JSON.stringify(ready.map(({ preview, ...file }) => file)));
  } catch {
    // A full or forbidden storage costs the memory over reloads, not the files.
  }
  for (const listener of listeners) listener();
}

function change(conversation, key, news) {
  write(conversation, read(conversation).map((file) => (file.key === key ? { ...file, ...news } : file)));
}

function upload(conversation, key) {
  const file = originals.get(key);
  const request = new XMLHttpRequest();
  const fail = (problem) => change(conversation, key, { state: "failed", problem });
  request.open("POST", "/api/media");
  request.setRequestHeader("Idempotency-Key", key);
  request.upload.onprogress = ({ loaded, total }) =>
    change(conversation, key, { percent: Math.round((100 * loaded) / total) });
  request.onerror = () => fail("The server cannot be reached.");
  request.onload = () => {
    const said = answer(request.responseText);
    if (request.status !== 201) return fail(said.error?.message ?? "The server did not take it.");
    originals.delete(key);
    change(conversation, key, { state: "ready", id: said.id, kind: said.kind, url: said.url });
  };
  const form = new FormData();
  form.append("file", file, file.name);
  change(conversation, key, { state: "uploading", percent: 0, problem: "" });
  request.send(form);
}

function answer(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function add(conversation, chosen) {
  const room = MOST - read(conversation).length;
  for (const file of [...chosen].slice(0, Math.max(0, room))) {
    const key = newKey();
    const preview = SEEN.has(file.type) ? URL.createObjectURL(file) : "";
    const entry = { key, name: file.name || "file", preview, state: "uploading", percent: 0 };
    write(conversation, [...read(conversation), entry]);
    originals.set(key, file);
    if (file.size > LARGEST) {
      change(conversation, key, { state: "failed", problem: "WhatsApp takes at most 100 MB." });
    } else {
      upload(conversation, key);
    }
  }
}

function remove(conversation, keys) {
  for (const { key, preview } of read(conversation)) {
    if (!keys.includes(key)) continue;
    originals.delete(key);
    if (preview) URL.revokeObjectURL(preview);
  }
  write(conversation, read(conversation).filter((file) => !keys.includes(file.key)));
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The files of a conversation's next messages, and what can be done with them.
export function useFiles(conversation) {
  const files = useSyncExternalStore(subscribe, () => read(conversation), () => NONE);
  return {
    files,
    ready: files.length > 0 && files.every((file) => file.state === "ready"),
    add: (chosen) => add(conversation, chosen),
    again: (key) => upload(conversation, key),
    remove: (...keys) => remove(conversation, keys),
    restore: (file) => write(conversation, [...read(conversation), { ...file, state: "ready" }]),
  };
}

// The messages that say `text` with these files: as the caption of the first that takes one.
export function messagesOf(files, text) {
  const first = text.length > LONGEST_CAPTION ? -1 : files.findIndex((file) => CAPTIONED.has(file.kind));
  const sent = files.map(({ id, kind, name, url }, index) => ({
    file: { key: newKey(), id, kind, name, url },
    text: index === first ? text : "",
  }));
  return text && first < 0 ? [...sent, { text }] : sent;
}

// Drawn here: the icons of the pages belong to Python's side.
const CLIP = "M20 11.5 12.4 19a5 5 0 0 1-7-7l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 7.9a1.7 1.7 0 0 1-2.4-2.4l7.3-7.2";
const PAGE = "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M9 13h6M9 17h6";

const Sign = ({ path }) => (
  <svg className="sign" viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
);

export function Chooser({ disabled, add }) {
  const input = useRef(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        disabled={disabled}
        onChange={({ target }) => (add(target.files), (target.value = ""))}
      />
      <button
        type="button"
        className="mark"
        title="Attach files"
        aria-label="Attach files"
        disabled={disabled}
        onClick={() => input.current.click()}
      >
        <Sign path={CLIP} />
      </button>
    </>
  );
}

// Whether files hang over the page; letting go of them hands them to `add`.
export function useDrop(enabled, add) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!enabled) return setOver(false);
    const ends = new AbortController();
    const on = (name, act) => addEventListener(name, act, { signal: ends.signal });
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    on("dragover", (event) => carries(event) && (event.preventDefault(), setOver(true)));
    on("dragleave", (event) => event.relatedTarget || setOver(false));
    on("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(false);
      add(event.dataTransfer.files);
    });
    return () => ends.abort();
  }, [enabled, add]);
  return over;
}

export function Tray({ files, onRemove, onAgain }) {
  if (!files.length) return null;
  return (
    <ul className="tray" aria-label="Files to send">
      {files.map((file) => (
        <li key={file.key} className={`tray-file ${file.state}`}>
          <Preview file={file} />
          <span className="who">
            <span className="clip strong">{file.name}</span>
            {file.state === "uploading" && (
              <progress max="100" value={file.percent} aria-label={`Uploading ${file.name}`} />
            )}
            {file.state === "failed" && <span className="small error" role="alert">{file.problem}</span>}
            {file.state === "failed" && originals.has(file.key) && (
              <button type="button" className="link small" onClick={() => onAgain(file.key)}>Try again</button>
            )}
          </span>
          <button type="button" className="mark" aria-label={`Remove ${file.name}`} onClick={() => onRemove(file.key)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }) {
  const picture = file.preview || (file.kind === "image" && file.url);
  return picture ? <img src={picture} alt="" /> : <span className="media-mark"><Sign path={PAGE} /></span>;
}

// A file that is on its way to the server with its message.
export function Leaving({ file }) {
  return (
    <span className="bubble-media">
      <Preview file={file} />
      <span className="clip strong">{file.name}</span>
    </span>
  );
}
