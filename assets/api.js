// The API as scripts of the pages use it: the cookie says who asks, refusals become Errors.

export class Refused extends Error {
  constructor(status, { message, field, code } = {}) {
    super(message ?? `The server answered ${status}. Try again in a moment.`);
    this.status = status;
    this.field = field ?? "";
    this.code = code ?? "";
  }

  // Whether the same may go well in a moment.
  get passing() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

const OFFLINE = { message: "The server cannot be reached." };

// What the API answers. A form or a file goes as it is, anything else as JSON.
// Throws Refused; `status` is 0 where there was no answer at all.
export async function ask(method, path, body) {
  const asIs = body === undefined || body instanceof FormData || body instanceof Blob;
  const headers = asIs ? {} : { "Content-Type": "application/json" };
  const said = asIs ? body : JSON.stringify(body);
  const answer = await fetch(`/api${path}`, { method, headers, body: said }).catch(() => null);
  if (!answer) throw new Refused(0, OFFLINE);
  const held = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, held?.error);
  return held;
}

// The pages of a list, each an array of rows.
export async function* pages(path, limit = 200) {
  let cursor = "";
  do {
    const page = await ask("GET", `${path}?limit=${limit}${cursor}`);
    yield page.data;
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
  } while (cursor);
}

// What there is to choose from: the rows of a list, a thousand or so at most.
export async function all(path, limit = 200) {
  const rows = [];
  for await (const page of pages(path, limit)) {
    rows.push(...page);
    if (rows.length >= 1000) break;
  }
  return rows;
}
