// A moment as people say it, kept true while the page stays open.
import { createElement, useEffect, useState } from "react";

const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEAR = 6 * HOUR;

const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);

export function say(at, now = Date.now()) {
  const age = now - at;
  if (age < -MINUTE) return ahead(at, now);
  if (age < MINUTE) return "now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  if (days === 0) return `${Math.floor(age / HOUR)} h`;
  if (days === 1) return "Yesterday";
  const date = new Date(at);
  if (days < 7) return date.toLocaleDateString("en-GB", { weekday: "long" });
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
}

// What is still to come: in 5 min, in 3 h, 1 Dec, 09:00.
function ahead(at, now) {
  const rest = at - now;
  if (rest < HOUR) return `in ${Math.ceil(rest / MINUTE)} min`;
  if (rest < DAY) return `in ${Math.round(rest / HOUR)} h`;
  const how = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Date(at).toLocaleString("en-GB", how);
}

export function left(until, now = Date.now()) {
  const rest = until - now;
  if (rest <= 0) return "closed";
  if (rest < HOUR) return `${Math.max(1, Math.floor(rest / MINUTE))} min`;
  return `${Math.floor(rest / HOUR)} h`;
}

function useNow(every) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function Ago({ at, ...props }) {
  const now = useNow(20e3);
  if (!at) return null;
  const moment = Date.parse(at);
  const title = new Date(moment).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
  return createElement("time", { dateTime: at, title, ...props }, say(moment, Math.max(now, moment)));
}

// Whether a moment has passed, while the page stays open.
export function usePassed(until) {
  const now = useNow(20e3);
  return Boolean(until) && Date.parse(until) <= now;
}

// The customer service window: how long it stays open, amber in its last hours.
// `near` shows it only when there is little left.
export function WindowChip({ until, near = false, ...props }) {
  const now = useNow(20e3);
  if (until === undefined) return null;
  const rest = until ? Date.parse(until) - now : 0;
  if (near && rest > NEAR) return null;
  const tone = rest > 0 && rest < NEAR ? " warn" : "";
  const text = rest <= 0 ? "window closed" : `window ${left(Date.parse(until), now)}`;
  const title =
    rest <= 0
      ? "24 hours have passed since the customer last wrote: only a template may be sent"
      : "How long you may still answer freely";
  return createElement("span", { className: `chip${tone}`, title, ...props }, text);
}
