// The visits this phone still owes the server: begun, written, ended, sent, and sent again until
// the server has them whole, so a lost connection or a closed page loses nothing.

import { signal } from "../lib/vendor.js";
import { send } from "./api.js";
import { locate } from "./location.js";
import { loadToday, outcomes, say } from "./store.js";
import { beginBody, begun, ended, newId, passes } from "./visit_draft.js";
import { draftOf, drafts, forget, keep, openSheet, restore, unsent } from "./visit_store.js";
import { amount } from "./words.js";

/** Visits on their way at this moment. */
export const sending = signal(new Set());

const RETRY_MS = 20_000;
const underWay = new Map();

/** Take up what an earlier page left, and send it whenever there may be a connection. */
export function takeUp() {
  restore();
  addEventListener("online", sendAll);
  addEventListener("pageshow", sendAll);
  document.addEventListener("visibilitychange", () => document.hidden || sendAll());
  setInterval(() => unsent.value.some((draft) => !draft.stuck) && sendAll(), RETRY_MS);
  return sendAll();
}

/** Begin a visit: it counts from this tap; the place is looked for beside it. */
export async function start(account, { planId, appointmentId } = {}) {
  const open = drafts.value.find((one) => one.account.id === account.id && !one.end);
  if (open) return void (openSheet.value = open.id); // a second tap means the same visit
  const at = new Date().toISOString();
  const draft = begun({ id: newId(crypto), account, planId, appointmentId, at });
  keep(draft);
  openSheet.value = draft.id;
  const fix = await locate();
  if (draftOf(draft.id)) keep({ ...draftOf(draft.id), fix, fixAsked: true });
  return sendOne(draft.id);
}

/** Take up a visit begun elsewhere, or before this phone forgot it. */
export function adopt(checkIn) {
  if (!draftOf(checkIn.id)) {
    const account = { id: checkIn.account_id, name: checkIn.account_name };
    const draft = begun({ id: checkIn.id, account, at: checkIn.started_at });
    keep({ ...draft, fixAsked: true, beginSent: true });
  }
  openSheet.value = checkIn.id;
}

/** Keep what is being typed. */
export function write(id, changes) {
  const draft = draftOf(id);
  keep({ ...draft, form: { ...draft.form, ...changes } });
}

/** Save the visit with its outcome. Returns whether the server has it. */
export async function finish(id) {
  const draft = draftOf(id);
  const asksOrder = outcomes.value.find(({ code }) => code === draft.form.outcome)?.asks === "order";
  keep(ended(draft, { at: new Date().toISOString(), amount, asksOrder }));
  await sendOne(id);
  return !draftOf(id);
}

/** Take a check-in back that was a slip of the finger. */
export async function takeBack(id) {
  await underWay.get(id);
  const draft = draftOf(id);
  if (draft?.beginSent) await send("DELETE", `/api/v1/check-ins/${id}`);
  forget(id);
  await loadToday();
}

/** Send whatever can be sent. */
export async function sendAll() {
  for (const { id, stuck } of drafts.value) if (!stuck) await sendOne(id);
}

/** Send one visit as far as it goes. */
export function sendOne(id) {
  if (!underWay.has(id)) {
    const turn = deliver(id).finally(() => underWay.delete(id));
    underWay.set(id, turn);
  }
  // A save that comes while the beginning is on its way goes out right after it.
  return underWay.get(id).then(() => (owes(id) ? sendOne(id) : undefined));
}

function owes(id) {
  const draft = draftOf(id);
  return Boolean(draft?.fixAsked && !draft.problem && (!draft.beginSent || draft.end));
}

async function deliver(id) {
  const draft = draftOf(id);
  if (!draft?.fixAsked || (draft.beginSent && !draft.end)) return;
  sending.value = new Set([...sending.value, id]);
  try {
    const sentAt = new Date().toISOString();
    if (!draft.beginSent) {
      await send("POST", "/api/v1/check-ins", beginBody(draft, sentAt));
      keep({ ...draftOf(id), beginSent: true, problem: "", stuck: false });
    } else {
      await send("PUT", `/api/v1/check-ins/${id}/end`, { ...draft.end, sent_at: sentAt });
      forget(id);
      say(`Visit at ${draft.account.name} saved.`);
    }
    loadToday();
  } catch (wrong) {
    const status = wrong.status ?? 500;
    keep({ ...draftOf(id), problem: wrong.message, stuck: !passes(status) });
  } finally {
    sending.value = new Set([...sending.value].filter((other) => other !== id));
  }
}
