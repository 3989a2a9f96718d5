// Marks for states: always a shape and a word, never a colour alone.

import { html } from "../lib/vendor.js";
import { Icon } from "./icons.js";

const DUE = {
  overdue: ["!", "Overdue"],
  due: ["•", "Due"],
  never: ["?", "Never visited"],
  not_due: ["✓", "Not due"],
};
const COMMITMENTS = {
  all_day: "All day",
  timed: "Appointment",
  flexible_day: "Promised today",
  flexible_week: "Promised this week",
  reservation: "Reserved",
};

export function DueMark({ state }) {
  const [sign, word] = DUE[state] ?? DUE.not_due;
  return html`<span class=${`mark due-${state}`}><b aria-hidden="true">${sign}</b>${word}</span>`;
}

export function TierMark({ tier }) {
  return html`<span class="mark tier"><span class="visually-hidden">Tier </span>${tier}</span>`;
}

/** How firmly a stop is promised; a mere suggestion needs no mark. */
export function CommitmentMark({ commitment }) {
  const word = COMMITMENTS[commitment];
  if (!word) return null;
  return html`<span class="mark promised"><${Icon} name="calendar" />${word}</span>`;
}

export function LateMark({ seconds }) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return html`<span class="mark late"><${Icon} name="late" />${minutes} min late</span>`;
}
