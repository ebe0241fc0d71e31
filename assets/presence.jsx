// Who else is at this conversation. A tab says that it is here; what it heard of others fades.
import { useEffect, useState } from "react";

const AGAIN = 20e3; // says so again
const TYPING = 3e3; // says at most this often that somebody writes

let lastTyping = 0;
let tell = null;

// The composer calls it at every key.
export function writing(conversation) {
  const now = Date.now();
  if (now - lastTyping < TYPING) return;
  lastTyping = now;
  tell?.(conversation, true);
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

export function Presence({ conversation, others = [], ready = false, onHere, onGone }) {
  useEffect(() => {
    if (!ready || !conversation) return;
    const here = () => document.visibilityState === "visible" && onHere?.(conversation, false);
    tell = onHere;
    here();
    const timer = setInterval(here, AGAIN);
    const ends = new AbortController();
    document.addEventListener("visibilitychange", here, { signal: ends.signal });
    return () => {
      clearInterval(timer);
      ends.abort();
      tell = null;
      onGone?.(conversation);
    };
  }, [conversation, ready]);
  const moments = others.flatMap((one) => [one.here, one.typing]).filter(Boolean).map(Date.parse);
  const now = useBeat(moments);
  const there = others.filter((one) => Date.parse(one.here) > now);
  const writes = there.filter((one) => one.typing && Date.parse(one.typing) > now);
  if (!there.length) return <p className="presence" role="status" />;
  const names = (writes.length ? writes : there).map((one) => one.name).join(", ");
  return (
    <p className={`presence shown${writes.length ? " writes" : ""}`} role="status">
      <i aria-hidden="true" />
      {names} {writes.length ? "is replying …" : there.length > 1 ? "are looking at this too" : "is looking at this too"}
    </p>
  );
}
