// What is known of an account, why it is planned or not, and what happened there.

import { html } from "../lib/vendor.js";
import { CommitmentMark } from "./marks.js";
import { me } from "./store.js";
import { clock, money, plural } from "./words.js";

export function Facts({ data }) {
  const { account: facts } = data;
  const rows = [
    ["Open today", { "": "Not known", closed: "Closed" }[facts.hours_today] ?? facts.hours_today],
    ["Next appointment", data.next_appointment?.words],
    ["Contact", facts.contact],
    ["Phone", facts.phone && html`<a href=${`tel:${facts.phone}`}>${facts.phone}</a>`],
    ["Mail", facts.email && html`<a href=${`mailto:${facts.email}`}>${facts.email}</a>`],
    ["Website", website(facts.website)],
    ["A visit takes", plural(Math.round(facts.service_s / 60), "minute")],
    ["Wanted every", plural(data.due.target_days, "day")],
    ["Looked after by", facts.owner],
  ];
  return html`<dl class="fact-list card">
    ${rows
      .filter(([, value]) => value)
      .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** Only a real web address becomes a link; anything else is shown as it was written. */
function website(text) {
  if (!/^https?:\/\//i.test(text)) return text;
  const short = text.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
  return html`<a href=${text} target="_blank" rel="noopener noreferrer">${short}</a>`;
}

/** The points that make its priority, and whether and why it is planned today. */
export function Why({ data }) {
  const { priority, planned } = data;
  return html`<section class="card" aria-labelledby="why">
    <h2 id="why">Priority ${priority.total}</h2>
    ${planned
      ? html`<p>
          Planned today at ${clock(planned.begin_s)}. <${CommitmentMark} commitment=${planned.commitment} />
        </p>`
      : html`<p>${data.left_out ?? "Not in today’s plan."}</p>`}
    <ul class="points">
      ${priority.parts.map(
        ({ label, points }) =>
          html`<li><span>${label}</span><b>${points > 0 ? "+" : ""}${points}</b></li>`,
      )}
    </ul>
  </section>`;
}

export function History({ visits }) {
  return html`<section class="card" aria-labelledby="history">
    <h2 id="history">Last visits</h2>
    ${!visits.length && html`<p class="soft">Nobody has checked in here yet.</p>`}
    <ul class="plain-list">
      ${visits.map(
        (visit) => html`<li class="line" key=${visit.id}>
          <span><b>${visit.outcome_label}</b>
            ${visit.order_value ? ` ${money(visit.order_value, me.value.currency)}` : ""}</span>
          <span class="soft">${visit.when} · ${visit.rep_name} · ${visit.verification_label}</span>
          ${visit.note && html`<p>${visit.note}</p>`}
          ${visit.next_step && html`<p><b>Next:</b> ${visit.next_step}</p>`}
        </li>`,
      )}
    </ul>
  </section>`;
}
