// A form that signs someone in over HTTP, so that the session cookie is one no script can read.
import { createElement, useState } from "react";

const OFFLINE = "The server cannot be reached. What you typed is kept; try again in a moment.";

// Only a path of ours: an address of another site in ?next= must not be followed.
export function destination(search) {
  const next = new URLSearchParams(search).get("next") ?? "";
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  if (!next.startsWith("/") || url?.origin !== location.origin) return "/dashboard";
  return url.pathname + url.search;
}

function show(form, { field, message = "" }) {
  const input = field && form.elements.namedItem(field);
  for (const place of form.querySelectorAll("[data-error-for]")) {
    const here = place.dataset.errorFor === (input ? field : "form");
    place.textContent = here ? message : "";
    form.elements.namedItem(place.dataset.errorFor)?.setAttribute?.("aria-invalid", String(here));
  }
  input?.focus?.();
}

// The password was right; the code of the second factor is to come with it.
function askCode(form) {
  form.querySelector("[data-code]").hidden = false;
  form.elements.namedItem("code").focus();
}

async function post(form) {
  // What a mail's link proves stands in the address.
  const token = new URLSearchParams(location.search).get("token");
  const said = { ...Object.fromEntries(new FormData(form)), ...(token && { token }) };
  const body = JSON.stringify(said);
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(form.getAttribute("action"), { method: "POST", headers, body });
  if (answer.ok) return null;
  const problem = await answer.json().catch(() => ({}));
  return problem.error ?? { message: `The server answered ${answer.status}. Try again in a moment.` };
}

// `done` is said once it went well; without it the page moves on.
export function AuthForm({ children, done, ...props }) {
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (busy) return;
    setBusy(true);
    show(form, {});
    const problem = await post(form).catch(() => ({ message: OFFLINE }));
    if (!problem && done) {
      setBusy(false);
      show(form, { message: done });
      return;
    }
    if (!problem) {
      sessionStorage.removeItem("token"); // the tab's state begins anew for whoever signed in
      location.assign(destination(location.search));
      return;
    }
    setBusy(false);
    if (problem.code === "code_needed") askCode(form);
    else show(form, problem);
  };
  const data = { ...props, method: "post", noValidate: true, onSubmit: submit, "aria-busy": busy };
  return createElement("form", data, children);
}

// Fills the form with a demo sign-in and sends it.
export function DemoSignIn({ email, password, children, ...props }) {
  const use = () => {
    const form = document.querySelector("form.auth-form");
    form.elements.namedItem("email").value = email;
    form.elements.namedItem("password").value = password;
    form.requestSubmit();
  };
  return createElement("button", { ...props, type: "button", onClick: use }, children);
}
