// What a template leaves open, and the components that fill it in as the Cloud API takes them.

const KNOWN = new Set(["HEADER", "BODY", "FOOTER", "BUTTONS"]);
const MEDIA = new Set(["IMAGE", "VIDEO", "DOCUMENT"]);
const PLAIN = new Set(["URL", "OTP", "COPY_CODE", "QUICK_REPLY", "PHONE_NUMBER", "FLOW", "VOICE_CALL"]);

const opened = (text) => [...new Set([...(text ?? "").matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name))];
const words = (type, text, label) =>
  opened(text).map((name) => ({ type, kind: "text", ...(!/^\d+$/.test(name) && { name }), label: `${label} {{${name}}}` }));

function header({ format = "TEXT", text }) {
  if (format === "TEXT") return words("header", text, "Header");
  return [{ type: "header", kind: format.toLowerCase(), label: "Header" }];
}

function button(one, at) {
  const place = { type: "button", index: String(at) };
  if (one.type === "COPY_CODE") return [{ ...place, sub_type: "copy_code", kind: "coupon_code", label: "Code to copy" }];
  if (one.type === "OTP") return [{ ...place, sub_type: "url", kind: "text", label: "Code" }];
  if (one.type !== "URL" || !opened(one.url).length) return [];
  return [{ ...place, sub_type: "url", kind: "text", label: `End of the address of “${one.text}”` }];
}

// Each thing to fill in; null for a template that only JSON can fill.
export function slotsOf(components) {
  const buttons = components.flatMap((one) => one.buttons ?? []);
  const strange = (one) => !KNOWN.has(one.type) || (one.type === "HEADER" && one.format && one.format !== "TEXT" && !MEDIA.has(one.format));
  if (components.some(strange) || buttons.some((one) => !PLAIN.has(one.type))) return null;
  return components.flatMap((one) => {
    if (one.type === "HEADER") return header(one);
    if (one.type === "BODY") return words("body", one.text, "Text");
    return (one.buttons ?? []).flatMap(button);
  });
}

const same = (one, other) => one.type === other.type && one.sub_type === other.sub_type && String(one.index ?? "") === String(other.index ?? "");

// What stands in each slot now.
export function valuesOf(slots, sent) {
  return slots.map((slot, at) => {
    const held = sent.find((one) => same(one, slot))?.parameters ?? [];
    const place = slots.slice(0, at).filter((one) => same(one, slot)).length;
    const found = slot.name ? held.find((one) => one.parameter_name === slot.name) : held[place];
    return found?.[slot.kind] ?? (MEDIA.has(slot.kind.toUpperCase()) ? {} : "");
  });
}

export function filled(slots, values) {
  const components = [];
  slots.forEach(({ kind, name, label, ...place }, at) => {
    let one = components.find((held) => same(held, place));
    if (!one) components.push((one = { ...place, parameters: [] }));
    one.parameters.push({ type: kind, ...(name && { parameter_name: name }), [kind]: values[at] });
  });
  return components;
}
