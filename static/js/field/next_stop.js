// The next stop, always at the thumb: when to leave, the way there, and checking in.

import { html } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { LateMark } from "./marks.js";
import { Navigate } from "./navigate.js";
import { address } from "./route.js";
import { canAct, me, units } from "./store.js";
import { drafts, openSheet } from "./visit_store.js";
import { adopt, start } from "./visits.js";
import { clock, distance, localTime as timeIn, moment, span } from "./words.js";

const FRESH_MS = 12 * 3_600_000;

export function NextStop({ data }) {
  const running = runningVisit(data);
  if (running && canAct.value) return html`<${Running} visit=${running} />`;
  const { plan } = data;
  const next = plan?.stops.find(({ status }) => status === "next");
  if (!next || data.date !== data.today) return null;
  const facts = [
    next.drive_s ? `${span(next.drive_s)} drive` : "at the same address",
    next.drive_m > 0 && distance(next.drive_m, units.value),
    next.band && `likely ${next.band}`,
    openWords(next.account.hours_today),
  ];
  return html`<section class="dock" aria-label="Next stop">
    <div class="dock-words">
      <p class="dock-when">
        <strong>${clock(next.expected_s ?? next.begin_s)}</strong>
        ${next.late
          ? html`<${LateMark} seconds=${next.expected_s - next.begin_s} />`
          : html`<span>Leave by ${clock(next.leave_by_s)}</span>`}
      </p>
      <a class="dock-name" href=${address("accounts", next.account.id)}>
        <span class="number">${next.number}</span>${next.account.name}
      </a>
      <p class="soft">${facts.filter(Boolean).join(" · ")}</p>
    </div>
    <div class="dock-buttons">
      <${Navigate} place=${next.account} wide />
      ${canAct.value &&
      html`<button type="button" class="button button--primary button--wide" onClick=${() => begin(next, plan)}>
        <${Icon} name="check" />Check in
      </button>`}
    </div>
  </section>`;
}

export function openWords(hours) {
  if (!hours) return "";
  return hours === "closed" ? "closed today" : `open ${hours}`;
}

/** The visit under way: this phone's own first, then what the server knows. */
export function runningVisit(data) {
  const draft = drafts.value.find(({ end }) => !end);
  if (draft) {
    return { id: draft.id, name: draft.account.name, since: draft.startedAt, draft };
  }
  const stored = data?.open_check_in;
  if (!stored || drafts.value.some(({ id }) => id === stored.id)) return null;
  return { id: stored.id, name: stored.account_name, since: stored.started_at, stored };
}

function Running({ visit }) {
  const open = () => (visit.stored ? adopt(visit.stored) : (openSheet.value = visit.id));
  const fresh = Date.now() - new Date(visit.since) < FRESH_MS;
  return html`<section class="dock running" aria-label="Visit under way">
    <div class="dock-words">
      <p class="dock-when">
        <span class="pulse" aria-hidden="true"></span>${fresh ? "You are at" : "Not checked out yet"}
      </p>
      <p class="dock-name">${visit.name}</p>
      <p class="soft">Since ${fresh ? localTime(visit.since) : moment(visit.since, me.value.time_zone)}</p>
    </div>
    <div class="dock-buttons">
      <button type="button" class="button button--primary button--wide" onClick=${open}>
        <${Icon} name="check" />Check out
      </button>
    </div>
  </section>`;
}

export function begin(stop, plan) {
  start(stop.account, { planId: plan?.id, appointmentId: stop.appointment_id });
}

/** A moment as the rep's own clock shows it, wherever the phone is set to. */
export function localTime(iso) {
  return timeIn(iso, me.value.time_zone);
}
