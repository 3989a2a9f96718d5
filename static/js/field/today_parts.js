// The parts around the list of stops: the day's head, notes, what was done off plan, the foot.

import { html } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { PlanAgain } from "./plan_again.js";
import { showDay, units, viewedRep } from "./store.js";
import { restOfDay } from "./way.js";
import { clock, day, distance, plural, relativeDay, shifted, span } from "./words.js";

export function Head({ data }) {
  const { date, plan, rep } = data;
  const figures = plan && [
    `${plan.totals.done} of ${plural(plan.totals.visits, "visit")}`,
    `${span(plan.totals.drive_s)} driving`,
    distance(plan.totals.drive_m, units.value),
    plan.totals.home_s != null && `home by ${clock(plan.totals.home_s)}`,
  ];
  const title = relativeDay(date, data.today);
  const below = [viewedRep && rep.name, title !== day(date) && day(date)];
  return html`<header class="view-head">
    <div class="day-turn">
      <a class="icon-button" href="#/today" aria-label="The day before"
        onClick=${(event) => turn(event, shifted(date, -1))}><${Icon} name="back" /></a>
      <div>
        <h1>${title}</h1>
        <p class="soft">${below.filter(Boolean).join(" · ")}</p>
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

export function NoPlan({ data }) {
  return html`<section class="card empty">
    <h2>${data.planning ? "Your day is being planned" : "No plan for this day yet"}</h2>
    <p>${data.no_plan}</p>
    <${PlanAgain} date=${data.date} label="Plan this day" running=${data.planning} />
  </section>`;
}

/** What the rep should know before driving: stale plans, estimates, warnings. */
export function Notes({ plan }) {
  const estimated = "Drive times are estimates in a straight line: no roads are built here yet.";
  const notes = [plan.stale, plan.estimated && estimated, ...plan.notes].filter(Boolean);
  if (!notes.length) return null;
  return html`<ul class="notes" aria-label="Good to know">
    ${notes.map((note) => html`<li class="notice"><${Icon} name="late" /><p>${note}</p></li>`)}
  </ul>`;
}

export function OffPlan({ visits }) {
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

export function HandOff({ stops }) {
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
        Maps${links.length > 1 ? ` ${index + 1}/${links.length}` : ""}
      </a>`,
    )}
  </p>`;
}

export function Footing({ plan, day: date, today: now }) {
  return html`<footer class="footing">
    ${date >= now && html`<${PlanAgain} date=${date} label="Plan again" />`}
    <p class="soft">
      Plan ${plan.version}, made ${plan.made}.${plan.certificate ? ` ${plan.certificate}` : ""}
    </p>
    <p class="soft">© OpenStreetMap contributors</p>
  </footer>`;
}
