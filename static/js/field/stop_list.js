// The day as a list: it says everything the map shows, and more.

import { html } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { CommitmentMark, LateMark, TierMark } from "./marks.js";
import { localTime } from "./next_stop.js";
import { address } from "./route.js";
import { units } from "./store.js";
import { clock, distance, span } from "./words.js";

export function StopList({ stops, start }) {
  return html`<ol class="stops" aria-label="Stops of the day">
    ${start &&
    html`<li class="stop-quiet">
      <${Icon} name="end" /><span>Leave ${start.label || "home"}</span>
      <span class="stop-time">${clock(start.s)}</span>
    </li>`}
    ${stops.map(
      (stop) =>
        html`<${stop.kind === "visit" ? Visit : Quiet} key=${stop.position} stop=${stop} />`,
    )}
  </ol>`;
}

function Visit({ stop }) {
  const { account, status } = stop;
  const done = status === "done";
  return html`<li class=${`stop ${status}`} aria-current=${status === "next" ? "step" : null}>
    <${Drive} stop=${stop} />
    <a class="stop-card" href=${address("accounts", account.id)}>
      <span class="number">${done ? html`<${Icon} name="check" />` : stop.number}</span>
      <span class="stop-words">
        <span class="stop-name">${account.name}</span>
        <span class="soft">${account.address}</span>
        <span class="marks">
          <${TierMark} tier=${account.tier} />
          <${CommitmentMark} commitment=${stop.commitment} />
          <${StatusMark} stop=${stop} />
        </span>
      </span>
      <span class="stop-time">
        <${Times} stop=${stop} />
      </span>
    </a>
  </li>`;
}

/** The way to a stop: driving, then waiting where the door opens later. */
function Drive({ stop }) {
  if (!stop.drive_s && !stop.wait_s) return null;
  return html`<p class="leg">
    <${Icon} name="car" />${span(stop.drive_s)} · ${distance(stop.drive_m, units.value)}
    ${stop.wait_s >= 60 &&
    html`<span class="leg-wait"><${Icon} name="wait" />${span(stop.wait_s)} wait</span>`}
  </p>`;
}

function Times({ stop }) {
  if (stop.status === "done" || stop.status === "here") {
    const began = stop.check_in.started || localTime(stop.check_in.started_at);
    return html`<strong>${began}</strong>
      ${stop.check_in.minutes != null && html`<span class="soft">${stop.check_in.minutes} min</span>`}`;
  }
  const moved = stop.expected_s != null && stop.expected_s - stop.begin_s >= 60;
  return html`<strong>${clock(moved ? stop.expected_s : stop.begin_s)}</strong>
    ${moved
      ? html`<s class="soft"><span class="visually-hidden">planned </span>${clock(stop.begin_s)}</s>`
      : html`<span class="soft">${span(stop.service_s)}</span>`}`;
}

function StatusMark({ stop }) {
  if (stop.status === "done") {
    return html`<span class=${`mark ${stop.check_in.reached ? "done" : "tried"}`}>
        ${stop.check_in.reached && html`<${Icon} name="check" />`}${stop.check_in.outcome_label}</span>
      ${stop.unsent && html`<span class="mark late"><${Icon} name="late" />Not sent yet</span>`}`;
  }
  if (stop.status === "here") return html`<span class="mark next">You are here</span>`;
  if (stop.status === "missed") return html`<span class="mark late">Not visited</span>`;
  if (stop.late) return html`<${LateMark} seconds=${stop.expected_s - stop.begin_s} />`;
  if (stop.status === "next") return html`<span class="mark next">Next</span>`;
  return null;
}

/** A break, or the way home: no card, just the line. */
function Quiet({ stop }) {
  const home = stop.kind === "end";
  const at = stop.expected_s ?? stop.begin_s;
  return html`<li class=${`stop-line ${stop.status}`}>
    <${Drive} stop=${stop} />
    <p class="stop-quiet">
      <${Icon} name=${home ? "end" : "break"} />
      <span>${home ? "Home by" : stop.label || "Break"}</span>
      <span class="stop-time">
        ${clock(at)}${home ? "" : ` – ${clock(at + stop.depart_s - stop.begin_s)}`}
      </span>
    </p>
  </li>`;
}
