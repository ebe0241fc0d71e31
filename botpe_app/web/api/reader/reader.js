// Reads out the OpenAPI document: what each route takes and answers, and a way to try it.
// Everything is put on the page as text, never as markup.

const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
};

// `code` in backquotes is all the markup that our descriptions use.
const prose = (text = "") =>
  text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));

let spec = {};
const key = { value: "" };

const resolve = (schema = {}) => {
  if (schema.$ref) return resolve(schema.$ref.slice(2).split("/").reduce((at, name) => at[name], spec));
  const real = (schema.anyOf ?? schema.oneOf)?.find((choice) => choice.type !== "null");
  return real ? { ...resolve(real), description: schema.description, nullable: true } : schema;
};

function kind(schema) {
  const known = resolve(schema);
  if (known.type === "array") return `list of ${kind(known.items)}`;
  const base = known.format ?? (known.title && known.properties ? known.title : known.type) ?? "any";
  return known.nullable ? `${base} or null` : base;
}

function example(schema, depth = 0) {
  const known = resolve(schema);
  if (known.examples?.length) return known.examples[0];
  if (known.default !== undefined && known.default !== null) return known.default;
  if (known.type === "array") return depth > 3 ? [] : [example(known.items, depth + 1)];
  if (known.properties) {
    const entries = Object.entries(known.properties).map(([name, inner]) => [name, example(inner, depth + 1)]);
    return Object.fromEntries(entries);
  }
  const plain = { string: known.format === "uuid" ? "0193…" : "…", integer: 1, number: 1, boolean: true, object: {} };
  return known.nullable ? null : (plain[known.type] ?? null);
}

// What a request needs at least: the required fields, and those with an example.
function draft(schema) {
  const known = resolve(schema);
  const wanted = Object.entries(known.properties ?? {}).filter(
    ([name, inner]) => known.required?.includes(name) || resolve(inner).examples || name === "type",
  );
  return Object.fromEntries(wanted.map(([name, inner]) => [name, example(inner)]));
}

function fields(schema) {
  const known = resolve(schema);
  const rows = Object.entries(known.properties ?? {}).map(([name, inner]) =>
    row(name, kind(inner), known.required?.includes(name), resolve(inner).description ?? inner.description),
  );
  return rows.length ? el("table", {}, el("tbody", {}, rows)) : null;
}

const row = (name, type, required, about) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, el("code", {}, name), required ? el("b", { title: "required" }, " *") : null),
    el("td", {}, type),
    el("td", {}, prose(about)),
  );

const block = (title, ...content) => el("section", {}, el("h4", {}, title), ...content);
const json = (value) => el("pre", {}, JSON.stringify(value, null, 2));

function answers(operation) {
  return Object.entries(operation.responses)
    .filter(([status]) => status < 300)
    .map(([status, response]) => {
      const schema = response.content?.["application/json"]?.schema;
      const shape = schema && resolve(schema);
      const item = shape?.properties?.data ? shape.properties.data.items : schema;
      return block(
        `Answers ${status}`,
        item ? fields(item) : "nothing",
        schema ? el("details", {}, el("summary", {}, "Example"), json(example(schema))) : null,
      );
    });
}

function refusals(operation) {
  const rows = Object.entries(operation.responses)
    .filter(([status]) => status >= 400)
    .map(([status, response]) => row(status, "", false, response.description));
  return el("details", {}, el("summary", {}, "Refusals"), el("table", {}, el("tbody", {}, rows)));
}

function tryOut(method, path, operation) {
  const inputs = (operation.parameters ?? []).map((parameter) => ({
    ...parameter,
    input: el("input", { placeholder: parameter.schema?.default ?? "" }),
  }));
  const schema = operation.requestBody?.content["application/json"].schema;
  const body = schema && el("textarea", { rows: 8, spellcheck: "false" });
  if (body) body.value = JSON.stringify(draft(schema), null, 2);
  const out = el("div", { "aria-live": "polite" });
  const send = async (event) => {
    event.preventDefault();
    const filled = inputs.filter(({ input }) => input.value);
    const route = filled
      .filter((known) => known.in === "path")
      .reduce((at, { name, input }) => at.replace(`{${name}}`, encodeURIComponent(input.value)), path);
    const query = new URLSearchParams(filled.filter((known) => known.in === "query").map(({ name, input }) => [name, input.value]));
    const headers = Object.fromEntries(filled.filter((known) => known.in === "header").map(({ name, input }) => [name, input.value]));
    if (key.value) headers.Authorization = `Bearer ${key.value}`;
    if (body) headers["Content-Type"] = "application/json";
    const address = query.size ? `${route}?${query}` : route;
    out.replaceChildren("Asking …");
    out.replaceChildren(...(await ask(method, address, headers, body?.value)));
  };
  const form = el(
    "form",
    { onsubmit: send },
    inputs.map(({ name, input, required }) => el("label", {}, el("span", {}, name, required ? " *" : ""), input)),
    body ? el("label", {}, el("span", {}, "Body"), body) : null,
    el("button", {}, "Send"),
    out,
  );
  return el("details", {}, el("summary", {}, "Try it"), form);
}

async function ask(method, address, headers, body) {
  const curl = ["curl", "-X", method.toUpperCase(), quoted(location.origin + address)];
  for (const [name, value] of Object.entries(headers)) {
    curl.push("-H", quoted(`${name}: ${name === "Authorization" ? "Bearer $BOTPE_KEY" : value}`));
  }
  if (body) curl.push("-d", quoted(body));
  const command = el("pre", {}, curl.join(" "));
  try {
    const response = await fetch(address, { method: method.toUpperCase(), headers, body });
    const text = await response.text();
    return [command, el("p", {}, `${response.status} ${response.statusText}`), el("pre", {}, pretty(text))];
  } catch (problem) {
    return [command, el("p", {}, `No answer: ${problem.message}`)];
  }
}

const quoted = (text) => (text.includes("$BOTPE_KEY") ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`);

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function operationCard(path, method, operation) {
  const parameters = (operation.parameters ?? []).map((known) =>
    row(known.name, kind(known.schema), known.required, known.description ?? known.schema?.description),
  );
  const schema = operation.requestBody?.content["application/json"].schema;
  return el(
    "details",
    { class: "operation", id: operation.operationId },
    el(
      "summary",
      {},
      el("span", { class: `method ${method}` }, method.toUpperCase()),
      el("code", {}, path),
      el("span", { class: "about" }, operation.description?.split("\n")[0] ?? operation.summary),
    ),
    parameters.length ? block("Parameters", el("table", {}, el("tbody", {}, parameters))) : null,
    schema ? block("Body", el("p", {}, prose(resolve(schema).description)), fields(schema)) : null,
    answers(operation),
    refusals(operation),
    tryOut(method, path, operation),
  );
}

function byTag() {
  const found = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "other";
      found.set(tag, [...(found.get(tag) ?? []), operationCard(path, method, operation)]);
    }
  }
  return found;
}

function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target?.matches("details")) target.open = true;
  target?.scrollIntoView?.();
}

async function show() {
  spec = await (await fetch("/api/openapi.json")).json();
  const tags = [...byTag()];
  const slug = (tag) => tag.toLowerCase().replaceAll(" ", "-");
  const keyInput = el("input", {
    type: "password",
    autocomplete: "off",
    placeholder: "bp_… (without one, your session is used)",
    oninput: (event) => (key.value = event.target.value.trim()),
  });
  document.querySelector("nav").append(
    el("h1", {}, spec.info.title),
    ...tags.map(([tag]) => el("a", { href: `#${slug(tag)}` }, tag)),
    el("a", { href: "/api/openapi.json" }, "openapi.json"),
  );
  document.querySelector("main").replaceChildren(
    el("header", {}, spec.info.description.trim().split("\n").map((line) => el("p", {}, prose(line))), el("label", {}, el("span", {}, "API key"), keyInput)),
    ...tags.map(([tag, cards]) => el("article", { id: slug(tag) }, el("h2", {}, tag), cards)),
  );
  openTarget();
  addEventListener("hashchange", openTarget);
}

show().catch(() => document.querySelector("main").append("The description of the API cannot be loaded. Reload the page."));
