// One visit as the phone keeps it until the server has it whole. Pure.
// What goes out is fixed before it is first sent: a resend is word for word the same.

/** A new visit, begun now. `id` is made on the phone, so that sending twice makes one visit. */
export function begun({ id, account, planId, appointmentId, at }) {
  return {
    id,
    account: { id: account.id, name: account.name },
    planId: planId ?? null,
    appointmentId: appointmentId ?? null,
    startedAt: at,
    fix: null,
    fixAsked: false,
    beginSent: false,
    form: { outcome: "", note: "", nextStep: "", followUpOn: "", orderValue: "" },
    end: null,
    problem: "",
    stuck: false,
  };
}

/** The body that begins a visit. */
export function beginBody(draft, sentAt) {
  const body = {
    id: draft.id,
    account_id: draft.account.id,
    started_at: draft.startedAt,
    sent_at: sentAt,
  };
  if (draft.fix) body.fix = draft.fix;
  if (draft.planId) body.plan_id = draft.planId;
  if (draft.appointmentId) body.appointment_id = draft.appointmentId;
  return body;
}

/** What a filled-in form means, fixed for sending; `amount` reads the order's value. */
export function ended(draft, { at, amount, asksOrder }) {
  const { outcome, note, nextStep, followUpOn, orderValue } = draft.form;
  const end = { outcome, ended_at: draft.end?.ended_at ?? at };
  if (note.trim()) end.note = note.trim();
  if (nextStep.trim()) end.next_step = nextStep.trim();
  if (followUpOn) end.follow_up_on = followUpOn;
  const value = asksOrder ? amount(orderValue) : null;
  if (value != null) end.order_value = value;
  return { ...draft, end, problem: "", stuck: false };
}

/** What a form still needs before it can be saved, as a sentence; empty when it is ready. */
export function missing(form, { amount, asksOrder }) {
  if (!form.outcome) return "Choose what came of the visit.";
  if (asksOrder && Number.isNaN(amount(form.orderValue))) {
    return "Write the order’s value in figures, like 250 or 1,250.50.";
  }
  return "";
}

/** Whether sending again can help: no connection and busy servers pass, a refusal does not. */
export function passes(status) {
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

/** A 32-character id, also where crypto.randomUUID is missing (a page without HTTPS). */
export function newId(crypto) {
  if (crypto.randomUUID) return crypto.randomUUID().replaceAll("-", "");
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
