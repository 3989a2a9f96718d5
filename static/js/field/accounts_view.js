// My accounts as a list: find by words, in the order of what matters now.

import { html, signal, useEffect, useMemo } from "../lib/vendor.js";
import { matching, metresBetween, ordered } from "./find.js";
import { Icon } from "./icons.js";
import { locate } from "./location.js";
import { DueMark, TierMark } from "./marks.js";
import { Trouble } from "./notices.js";
import { address } from "./route.js";
import { loadTerritory, say, territory, units } from "./store.js";
import { distance, plural } from "./words.js";

const ORDERS = [
  ["due", "Due first"],
  ["priority", "Priority"],
  ["near", "Nearest"],
  ["name", "Name"],
];
const PAGE = 60;

// Kept outside the view, so that coming back from an account finds the list as it was left.
const words = signal("");
const order = signal("due");
const here = signal(null);
const shown = signal(PAGE);

export function AccountsView() {
  useEffect(() => {
    loadTerritory();
  }, []);
  const state = territory.value;
  const all = state.data?.accounts ?? [];
  const found = useMemo(
    () => ordered(matching(all, words.value), order.value, here.value),
    [all, words.value, order.value, here.value],
  );
  return html`<div class="view narrow">
    <header class="view-head">
      <h1>Accounts</h1>
      <p class="soft" role="status">${state.data ? plural(found.length, "account") : "Loading…"}</p>
    </header>
    <div class="finder">
      <label class="search">
        <span class="visually-hidden">Find by name, street or kind</span>
        <${Icon} name="search" />
        <input type="search" placeholder="Name, street or kind" value=${words.value}
          onInput=${(event) => find(event.target.value)} />
      </label>
      <div class="picks" role="group" aria-label="Order">
        ${ORDERS.map(
          ([code, label]) => html`<button type="button" class="pick" aria-pressed=${order.value === code}
            onClick=${() => choose(code)}>${label}</button>`,
        )}
      </div>
    </div>
    <${Trouble} state=${state} retry=${loadTerritory} />
    <ul class="account-list">
      ${found.slice(0, shown.value).map((one) => html`<${Row} key=${one.id} account=${one} />`)}
    </ul>
    ${found.length > shown.value &&
    html`<button type="button" class="button button--wide" onClick=${() => (shown.value += PAGE)}>Show more</button>`}
    ${state.data && !found.length && html`<p class="empty">Nothing matches. Try fewer letters.</p>`}
  </div>`;
}

function Row({ account }) {
  const far = here.value && account.lat != null ? metresBetween(here.value, account) : null;
  return html`<li>
    <a class="account-row" href=${address("accounts", account.id)}>
      <span class="stop-words">
        <span class="stop-name">${account.name}</span>
        <span class="soft">${account.address}</span>
        <span class="marks">
          <${TierMark} tier=${account.tier} /><${DueMark} state=${account.due.state} />
          ${account.planned && html`<span class="mark next">Planned today</span>`}
        </span>
      </span>
      <span class="stop-time">
        <strong>${far == null ? account.priority : distance(far, units.value)}</strong>
        <span class="soft">${far == null ? "priority" : "away"}</span>
      </span>
    </a>
  </li>`;
}

function find(text) {
  words.value = text;
  shown.value = PAGE;
}

async function choose(code) {
  order.value = code;
  shown.value = PAGE;
  if (code !== "near") return (here.value = null);
  here.value = await locate();
  if (!here.value) {
    order.value = "due";
    say("Your place is not known. Allow it for this site, and try again.");
  }
  return undefined;
}
