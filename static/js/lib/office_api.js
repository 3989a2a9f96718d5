// Reading and changing things from the office's pages. Whatever goes wrong comes out as a sentence.

const OFFLINE = "The office cannot be reached now. What you entered is still here; try again.";
const SIGNED_OUT =
  "You are signed out. Sign in again in another tab, then come back to this one and try again.";

/** Return the JSON at an address, or null where there is none to be had. */
export async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

/** Return what is found at an address, or the sentence that says why there is nothing. */
export async function lookUp(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return { why: SIGNED_OUT };
    const told = await answer.json();
    return answer.ok ? { found: told } : { why: told.error };
  } catch {
    return { why: OFFLINE };
  }
}

/** Send a change; go where the answer says, or return the sentence that says why not. */
export async function send(method, url, body) {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-Fieldbeat": "1",
  };
  try {
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (answer.status === 401) return SIGNED_OUT;
    const told = await answer.json();
    if (!answer.ok) return told.error;
    location.assign(told.url);
    return "";
  } catch {
    return OFFLINE;
  }
}
