// One account: who they are, when to come, what happened, and why they are in today's plan.

import { html, useEffect } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { CommitmentMark, DueMark, TierMark } from "./marks.js";
import { Navigate } from "./navigate.js";
import { runningVisit } from "./next_stop.js";
import { Trouble } from "./notices.js";
import { account, canAct, loadAccount, me, today } from "./store.js";
import { drafts, openSheet, start } from "./visits.js";
import { clock, money, plural } from "./words.js";

export function AccountView({ id }) {
  useEffect(() => {
    loadAccount(id);
  }, [id, drafts.value.length]);
  const state = account.value;
  const data = state.data;
  if (!data) {
    return html`<div class="view narrow">
      <${Back} /><${Trouble} state=${state} retry=${() => loadAccount(id)} />
      ${!state.error && html`<div class="skeleton" aria-busy="true"><div class="bone head"></div></div>`}
    </div>`;
  }
  const facts = data.account;
  return html`<article class="view narrow account">
    <${Back} />
    <header class="view-head">
      <h1>${facts.name}</h1>
      <p class="soft">${facts.address || "No address"}</p>
      <p class="marks">
        <${TierMark} tier=${facts.tier} /><${DueMark} state=${data.due.state} />
        ${facts.industry && html`<span class="mark">${facts.industry}</span>`}
      </p>
      <p>${data.due.sentence}</p>
    </header>
    <${Trouble} state=${state} retry=${() => loadAccount(id)} />
    <${Actions} facts=${facts} plannedStop=${data.planned} />
    ${facts.visit_note && html`<section class="card"><h2>Note for the visit</h2><p>${facts.visit_note}</p></section>`}
    <${Facts} data=${data} />
    <${Why} data=${data} />
    <${History} visits=${data.visits} />
  </article>`;
}

function Back() {
  return html`<p class="back">
    <a href="#/today" onClick=${goBack}><${Icon} name="back" />Back</a>
  </p>`;
}

function goBack(event) {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
}

function Actions({ facts, plannedStop }) {
  const running = runningVisit(today.value.data);
  const here = running?.draft?.account.id === facts.id;
  return html`<div class="actions">
    ${facts.phone && html`<a class="button" href=${`tel:${facts.phone}`}><${Icon} name="phone" />Call</a>`}
    ${facts.email && html`<a class="button" href=${`mailto:${facts.email}`}><${Icon} name="mail" />Mail</a>`}
    <${Navigate} place=${facts} />
    ${canAct.value &&
    html`<button
      type="button"
      class="button button--primary button--wide first"
      onClick=${() =>
        here
          ? (openSheet.value = running.id)
          : start(facts, {
              planId: plannedStop?.plan_id,
              appointmentId: plannedStop?.appointment_id,
            })}
    >
      <${Icon} name="check" />${here ? "Check out" : "Check in"}
    </button>`}
  </div>`;
}

function Facts({ data }) {
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
function Why({ data }) {
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

function History({ visits }) {
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
