// What every page of the frame shares: keys, menus that close, buttons that copy.
import { useEffect } from "react";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
const visible = (element) => element.getClientRects().length > 0 && !element.disabled;

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")].filter(visible);
  const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  if (!next || next === rows[here]) return;
  next.click();
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const target = [...document.querySelectorAll(`[data-hotkey="${CSS.escape(key)}"]`)].find(visible);
  if (!target) return false;
  if (typing(target)) target.focus();
  else target.click();
  return true;
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape") return closeMenus() || (typing(target) && target.blur());
  if (typing(target) || document.querySelector("dialog[open]")) return;
  if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  else if (!press(key)) return;
  event.preventDefault();
}

function closeMenus(except) {
  let closed = false;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    closed = true;
  }
  return closed;
}

function onClick(event) {
  const menu = event.target.closest("details.menu");
  const chosen = event.target.closest(".menu-sheet button, .menu-sheet a");
  closeMenus(chosen ? undefined : menu);
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
}

async function copyText(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.copied = "true";
  setTimeout(() => delete button.dataset.copied, 1600);
}

function onToggle(event) {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  menu.querySelector(".menu-sheet input, .menu-sheet button, .menu-sheet a")?.focus();
}

// Leaves this session for another or for none; the tab begins anew.
async function change(path, body, next) {
  const headers = { "Content-Type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify(body) };
  await fetch(`/api/auth/${path}`, asked).catch(() => {});
  sessionStorage.clear();
  location.assign(next);
}

function onSession(event) {
  const home = event.target.closest("[data-organization]")?.dataset.organization;
  if (home) change("switch-organization", { organization_id: home }, "/dashboard");
  else if (event.target.closest("[data-sign-out]")) change("sign-out", {}, "/login");
}

function fold(event) {
  if (!event.target.closest("[data-fold]")) return;
  const wide = document.documentElement.dataset.rail === "narrow";
  document.documentElement.dataset.rail = wide ? "wide" : "narrow";
  localStorage.setItem("botpe.rail", wide ? "wide" : "narrow");
}

const online = () => document.documentElement.toggleAttribute("data-offline", !navigator.onLine);

export function Shell() {
  useEffect(() => {
    const ends = new AbortController();
    const { signal } = ends;
    document.addEventListener("keydown", onKey, { signal });
    for (const act of [onClick, onSession, fold]) document.addEventListener("click", act, { signal });
    document.addEventListener("toggle", onToggle, { signal, capture: true });
    for (const name of ["online", "offline"]) addEventListener(name, online, { signal });
    online();
    return () => ends.abort();
  }, []);
  return null;
}
