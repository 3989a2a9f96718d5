// What must not be missed: visits not sent yet, a lost connection, and short messages.

import { html, useEffect } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { me, toast } from "./store.js";
import { draftOf, forget, openSheet, unsent } from "./visit_store.js";
import { sendOne, sending } from "./visits.js";
import { localTime, plural } from "./words.js";

const SHOWN_MS = 4_000;

/** Visits that are not on the server yet; always in sight until they are. */
export function Unsent() {
  const waiting = unsent.value;
  return html`<div class="unsent-box" aria-live="polite">
    ${waiting.length > 0 &&
    html`<section class="unsent" aria-label="Not sent">
      <p class="unsent-title">
        <${Icon} name="late" />${plural(waiting.length, "visit")} not sent yet. Nothing is lost.
      </p>
      <ul>
        ${waiting.map((draft) => html`<${UnsentVisit} key=${draft.id} id=${draft.id} />`)}
      </ul>
    </section>`}
  </div>`;
}

function UnsentVisit({ id }) {
  const draft = draftOf(id);
  if (!draft) return null;
  const busy = sending.value.has(id);
  return html`<li>
    <p><strong>${draft.account.name}</strong> ${draft.problem}</p>
    <p class="row-of-buttons">
      <button type="button" class="button button--small" disabled=${busy} onClick=${() => sendOne(id)}>
        <${Icon} name="again" />${busy ? "Sending…" : "Retry"}
      </button>
      <button type="button" class="button button--small button--quiet" onClick=${() => (openSheet.value = id)}>Open</button>
      ${draft.stuck &&
      html`<button type="button" class="button button--small button--quiet button--danger" onClick=${() => discard(draft)}>
        Discard
      </button>`}
    </p>
  </li>`;
}

function discard(draft) {
  const sentence = `Discard what you entered for ${draft.account.name}? This cannot be undone.`;
  if (confirm(sentence)) forget(draft.id);
}

/** The view could not be refreshed; what is shown is from before. */
export function Trouble({ state, retry }) {
  if (!state.error) return null;
  const since = state.at && localTime(state.at, me.value?.time_zone);
  return html`<div class="notice trouble" role="status">
    <${Icon} name="late" />
    <p>${state.error}${since ? ` Showing what was loaded at ${since}.` : ""}</p>
    <button type="button" class="button button--small" onClick=${retry}>Try again</button>
  </div>`;
}

/** A short message that goes by itself. */
export function Toast() {
  const shown = toast.value;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => (toast.value = null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return html`<div class="toast-box" role="status" aria-live="polite">
    ${shown &&
    html`<p class="toast">
      <span>${shown.message}</span>
      ${shown.action &&
      html`<button type="button" onClick=${shown.action.run}>${shown.action.label}</button>`}
    </p>`}
  </div>`;
}
