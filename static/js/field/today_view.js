// Today: the map, the next stop at the thumb, the day as a list, and what stayed out.

import { html, useEffect } from "../lib/vendor.js";
import { DayMap } from "./day_map.js";
import { Icon } from "./icons.js";
import { LeftOut } from "./left_out.js";
import { NextStop } from "./next_stop.js";
import { Trouble } from "./notices.js";
import { PlanAgain } from "./plan_again.js";
import { replayed } from "./replay.js";
import { StopList } from "./stop_list.js";
import { loadToday, outcomes, showDay, today, units, viewedRep } from "./store.js";
import { drafts } from "./visits.js";
import { restOfDay } from "./way.js";
import { clock, day, distance, plural, relativeDay, shifted, span } from "./words.js";

const FRESH_MS = 60_000;

export function TodayView() {
  useEffect(() => {
    loadToday();
    const again = () => document.hidden || loadToday();
    const timer = setInterval(again, FRESH_MS);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, []);
  const state = today.value;
  const data = replayed(state.data, drafts.value, outcomes.value);
  if (!data) {
    return html`<div class="view">
      <${Trouble} state=${state} retry=${loadToday} />
      ${!state.error && html`<${Skeleton} />`}
    </div>`;
  }
  const { plan } = data;
  return html`<div class="view today">
    <div class="today-side">
      <${Head} data=${data} />
      <${Trouble} state=${state} retry=${loadToday} />
      ${!plan && html`<${NoPlan} data=${data} />`}
      ${plan && html`<${Notes} plan=${plan} />`}
      ${plan && html`<${StopList} stops=${plan.stops} start=${plan.start} />`}
      <${OffPlan} visits=${data.unplanned_visits} />
      ${plan && html`<${HandOff} stops=${plan.stops} />`}
      ${plan && html`<${LeftOut} left=${plan.left_out} />`}
      ${plan && html`<${Footing} plan=${plan} day=${data.date} today=${data.today} />`}
    </div>
    <div class="today-map">
      <${DayMap} key=${data.date} plan=${plan} stops=${plan?.stops ?? []} />
    </div>
    <${NextStop} data=${data} />
  </div>`;
}

function Head({ data }) {
  const { date, plan, rep } = data;
  const figures = plan && [
    `${plan.totals.done} of ${plural(plan.totals.visits, "visit")}`,
    `${span(plan.totals.drive_s)} driving`,
    distance(plan.totals.drive_m, units.value),
    plan.totals.home_s != null && `home by ${clock(plan.totals.home_s)}`,
  ];
  return html`<header class="view-head">
    <div class="day-turn">
      <a class="icon-button" href="#/today" aria-label="The day before"
        onClick=${(event) => turn(event, shifted(date, -1))}><${Icon} name="back" /></a>
      <div>
        <h1>${relativeDay(date, data.today)}</h1>
        <p class="soft">${viewedRep ? `${rep.name} · ` : ""}${day(date)}</p>
      </div>
      <a class="icon-button" href="#/today" aria-label="The day after"
        onClick=${(event) => turn(event, shifted(date, 1))}><${Icon} name="forward" /></a>
    </div>
    ${figures && html`<p class="figures">${figures.filter(Boolean).join(" · ")}</p>`}
  </header>`;
}

function turn(event, iso) {
  event.preventDefault();
  showDay(iso);
}

function NoPlan({ data }) {
  return html`<section class="card empty">
    <h2>${data.planning ? "Your day is being planned" : "No plan for this day yet"}</h2>
    <p>${data.no_plan}</p>
    <${PlanAgain} date=${data.date} label="Plan this day" running=${data.planning} />
  </section>`;
}

/** What the rep should know before driving: stale plans, estimates, warnings. */
function Notes({ plan }) {
  const notes = [...(plan.stale ? [plan.stale] : []), ...plan.notes];
  if (!notes.length) return null;
  return html`<ul class="notes" aria-label="Good to know">
    ${notes.map((note) => html`<li class="notice"><${Icon} name="late" /><p>${note}</p></li>`)}
  </ul>`;
}

function OffPlan({ visits }) {
  if (!visits.length) return null;
  return html`<section aria-labelledby="off-plan">
    <h2 id="off-plan" class="list-title">Also visited</h2>
    <ul class="plain-list">
      ${visits.map(
        (visit) => html`<li class="line">
          <a href=${`#/accounts/${visit.account_id}`}>${visit.account_name}</a>
          <span class="soft">${visit.started} · ${visit.outcome_label}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

function HandOff({ stops }) {
  const rest = stops.filter(
    ({ kind, status, account }) =>
      kind === "visit" && ["next", "later"].includes(status) && account.lat != null,
  );
  if (rest.length < 2) return null;
  const links = restOfDay(rest.map(({ account }) => account));
  return html`<p class="hand-off">
    ${links.map(
      (link, index) => html`<a class="button button--quiet" href=${link} target="_blank" rel="noopener noreferrer">
        <${Icon} name="navigate" />Rest of the day in Google
        Maps${links.length > 1 ? `, part ${index + 1}` : ""}
      </a>`,
    )}
  </p>`;
}

function Footing({ plan, day: date, today: now }) {
  return html`<footer class="footing">
    ${date >= now && html`<${PlanAgain} date=${date} label="Plan again" />`}
    <p class="soft">
      Plan ${plan.version}, made ${plan.made}.${plan.certificate ? ` ${plan.certificate}` : ""}
    </p>
    <p class="soft">© OpenStreetMap contributors</p>
  </footer>`;
}

function Skeleton() {
  return html`<div class="skeleton" aria-busy="true" aria-label="Loading your day">
    <div class="bone head"></div><div class="bone map"></div>
    ${[1, 2, 3, 4].map(() => html`<div class="bone row"></div>`)}
  </div>`;
}
