// A node in a few words, for its card, the search and the list of changes.
import { trigger } from "$/public/bots/flow.js";

const SENT = {
  text: (one) => one.text?.body,
  image: (one) => `Picture ${one.image?.caption ?? ""}`,
  video: (one) => `Video ${one.video?.caption ?? ""}`,
  audio: () => "Audio",
  document: (one) => `Document ${one.document?.filename ?? ""}`,
  sticker: () => "Sticker",
  location: (one) => `Place ${one.location?.name ?? ""}`,
  contacts: () => "Contact card",
  reaction: (one) => `Reacts ${one.reaction?.emoji ?? ""}`,
  interactive: (one) => one.interactive?.body?.text ?? one.interactive?.type,
};
const ACTED = {
  add_tags: (one) => `Tag: ${(one.tags ?? []).join(", ")}`,
  remove_tags: (one) => `Untag: ${(one.tags ?? []).join(", ")}`,
  add_note: (one) => `Note: ${one.text}`,
  set_status: (one) => `Status: ${one.status}`,
  update_contact: (one) => `Contact: ${one.field}`,
  send_email: (one) => `E-mail to ${one.to}`,
  call_webhook: (one) => `Webhook ${one.event}`,
  assign: () => "Assigns the conversation",
  opt_in: () => "Opts in",
  opt_out: () => "Opts out",
  add_to_campaign: () => "Adds to a campaign",
};
const MODES = { answer: "Answers the customer", classify: "Sorts into categories", extract: "Reads values out" };
const saved = (data) => (data.save_to ? ` → ${data.save_to}` : "");

const TOLD = {
  start: (_, flow) => flow.triggers.map(trigger).join(" · ") || "Nothing starts it yet",
  message: (data) => (data.messages ?? []).map((one) => SENT[one?.type]?.(one)).filter(Boolean).join("\n"),
  template: (data) => data.template?.name,
  question: (data) => `${data.text ?? ""}${saved(data)}`,
  buttons: (data) => data.text,
  list: (data) => data.text,
  whatsapp_flow: (data) => data.text,
  condition: (data) => `${data.branches?.length ?? 0} branches${saved(data)}`,
  random: (data) => (data.branches ?? []).map((one) => one?.weight ?? 1).join(" : "),
  ai: (data) => `${MODES[data.mode ?? "answer"] ?? ""}${saved(data)}`,
  api_call: (data) => `${data.method ?? "GET"} ${data.url ?? ""}`,
  set_variable: (data) => (data.assignments ?? []).map((one) => assigned(one)).join("\n"),
  action: (data) => (data.actions ?? []).map((one) => ACTED[one?.type]?.(one) ?? one?.type).join("\n"),
  delay: (data) => (data.mode === "until" ? `Until ${data.weekday ?? ""} ${data.time ?? "09:00"}` : `${data.amount ?? 1} ${data.unit ?? "minutes"}`),
  hand_off: (data) => data.text || "A person takes over",
  end: (data) => data.text || "",
};

function assigned(one) {
  const value = typeof one?.value === "string" ? one.value : JSON.stringify(one?.value ?? "");
  const sign = { increment: "+=", append: "←", clear: "cleared" }[one?.operation] ?? "=";
  return `${one?.variable || "…"} ${sign} ${one?.operation === "clear" ? "" : value}`.trim();
}

export const told = (node, flow) => String(TOLD[node.type]?.(node.data ?? {}, flow) ?? "");
export const named = (node, kinds) => node.name || kinds[node.type]?.label || node.type;
