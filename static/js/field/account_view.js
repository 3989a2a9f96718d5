// One account: who they are, when to come, what happened, and why they are in today's plan.

import { html, useEffect } from "../lib/vendor.js";
import { Facts, History, Why } from "./account_facts.js";
import { Icon } from "./icons.js";
import { DueMark, TierMark } from "./marks.js";
import { Navigate } from "./navigate.js";
import { runningVisit } from "./next_stop.js";
import { Trouble } from "./notices.js";
import { account, canAct, loadAccount, today } from "./store.js";
import { drafts, openSheet } from "./visit_store.js";
import { start } from "./visits.js";

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
