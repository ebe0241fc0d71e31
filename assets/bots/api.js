// The API as the pages of bots use it: the cookie says who asks, refusals become Errors.

export class Refused extends Error {
  constructor(status, { message, field, code } = {}) {
    super(message ?? `The server answered ${status}. Try again in a moment.`);
    this.status = status;
    this.field = field ?? "";
    this.code = code ?? "";
  }
}

const OFFLINE = { message: "The server cannot be reached." };

// What the API answers. Throws Refused; `status` is 0 where there was no answer at all.
export async function ask(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const said = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(`/api${path}`, { method, headers, body: said }).catch(() => null);
  if (!answer) throw new Refused(0, OFFLINE);
  const held = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, held?.error);
  return held;
}

// Every row of a list, page by page.
export async function all(path, limit = 200) {
  const rows = [];
  let cursor = "";
  do {
    const page = await ask("GET", `${path}?limit=${limit}${cursor}`);
    rows.push(...page.data);
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
  } while (cursor && rows.length < 1000);
  return rows;
}
