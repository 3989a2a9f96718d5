// The one door to the server. Everything that can go wrong comes out as a sentence.

const OFFLINE = "No connection. What you entered stays on this phone.";
const STRANGE = "The server gave an answer that cannot be read. Try again in a moment.";

/** What the server, or its absence, said: a sentence to show, and a status (0: no connection). */
export class Refused extends Error {
  constructor(message, status, field = "") {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** Read JSON. */
export function get(path) {
  return ask(path, { method: "GET" });
}

/** Send JSON: `send("PUT", "/api/v1/…", body)`. */
export function send(method, path, body = {}) {
  return ask(path, {
    method,
    headers: { "Content-Type": "application/json", "X-Fieldbeat": "1" },
    body: JSON.stringify(body),
  });
}

/** Leave for the sign-in page, and come back to where we are. */
export function toSignIn() {
  const here = location.pathname + location.search + location.hash;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw new Refused(OFFLINE, 0);
  }
  if (answer.status === 401) {
    toSignIn();
    throw new Refused("Sign in again. What you entered stays on this phone.", 401);
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  throw new Refused(body?.error ?? STRANGE, answer.status || 500, body?.errors?.[0]?.field ?? "");
}
