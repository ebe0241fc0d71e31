// What was sent and is not confirmed yet, kept over reloads: each has one key, under which it may
// be handed to the server any number of times and is sent once.
import { useEffect, useSyncExternalStore } from "react";

const PLACE = "botpe.outbox";
const AGAIN = 3e3; // how long an answer may take before the same key is handed in again
const NONE = [];

let waiting = read();
const listeners = new Set();

function read() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? NONE;
  } catch {
    return NONE;
  }
}

function keep(next) {
  waiting = next;
  try {
    localStorage.setItem(PLACE, JSON.stringify(next));
  } catch {
    // A full or forbidden storage costs the memory over reloads, not the message.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const newKey = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].join("-");

export function put(message) {
  keep([...waiting.filter((each) => each.key !== message.key), { ...message, at: Date.now() }]);
}

export const find = (key) => waiting.find((each) => each.key === key);

export function drop(keys) {
  if (waiting.some((each) => keys.includes(each.key))) {
    keep(waiting.filter((each) => !keys.includes(each.key)));
  }
}

export function useWaiting(conversation, settled) {
  const all = useSyncExternalStore(subscribe, () => waiting, () => NONE);
  return all.filter((each) => each.conversation === conversation && !settled.includes(each.key));
}

const handed = new Map(); // key → when

// One at a time of each conversation: in their order, and no flood at a server that is slow.
function handIn(send) {
  const now = Date.now();
  const begun = new Set();
  for (const each of waiting) {
    if (begun.has(each.conversation)) continue;
    begun.add(each.conversation);
    if (now - (handed.get(each.key) ?? 0) < AGAIN) continue;
    handed.set(each.key, now);
    const file = each.file ? `${each.file.kind}/${each.file.id}` : "";
    send(each.conversation, each.text, each.key, each.replyTo ?? "", file);
  }
}

// Hands everything in once, and again what stays without an answer.
export function useHandIn(send, settled, ready) {
  useEffect(() => drop(settled), [settled]);
  useEffect(() => {
    if (!ready) return; // nobody listens yet, or no more
    handed.clear();
    handIn(send);
    const timer = setInterval(() => handIn(send), 1e3);
    const now = () => handIn(send);
    const back = () => (handed.clear(), now());
    listeners.add(now);
    addEventListener("online", back);
    return () => {
      clearInterval(timer);
      listeners.delete(now);
      removeEventListener("online", back);
    };
  }, [send, ready]);
}
