// Who else is at this conversation or bot. A tab says that it is here; what it heard of others fades.
import { useEffect, useState } from "react";

const AGAIN = 20e3; // says so again
const TYPING = 3e3; // says at most this often that somebody writes

const WRITES = { conversation: "is replying …", bot: "is changing this bot …" };

let lastTyping = 0;
let tell = null;

// The composer calls it at every key, the canvas at every change.
export function writing() {
  const now = Date.now();
  if (now - lastTyping < TYPING) return;
  lastTyping = now;
  tell?.(true);
}

function useBeat(until) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const next = until.filter((at) => at > Date.now());
    if (!next.length) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(...next) - Date.now() + 50);
    return () => clearTimeout(timer);
  }, [until.join(), now]);
  return now;
}

export function Presence({ kind, place, others = [], ready = false, onHere, onGone }) {
  useEffect(() => {
    if (!ready || !place) return;
    const here = () => document.visibilityState === "visible" && onHere?.(kind, place, false);
    tell = (typing) => onHere?.(kind, place, typing);
    here();
    const timer = setInterval(here, AGAIN);
    const ends = new AbortController();
    document.addEventListener("visibilitychange", here, { signal: ends.signal });
    return () => {
      clearInterval(timer);
      ends.abort();
      tell = null;
      onGone?.(kind, place);
    };
  }, [kind, place, ready]);
  const moments = others.flatMap((one) => [one.here, one.typing]).filter(Boolean).map(Date.parse);
  const now = useBeat(moments);
  const there = others.filter((one) => Date.parse(one.here) > now);
  const writes = there.filter((one) => one.typing && Date.parse(one.typing) > now);
  if (!there.length) return <p className="presence" role="status" />;
  const names = (writes.length ? writes : there).map((one) => one.name).join(", ");
  return (
    <p className={`presence shown${writes.length ? " writes" : ""}`} role="status">
      <i aria-hidden="true" />
      {names} {writes.length ? WRITES[kind] : there.length > 1 ? "are looking at this too" : "is looking at this too"}
    </p>
  );
}
