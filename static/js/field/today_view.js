// Today: the map, the next stop at the thumb, the day as a list, and what stayed out.

import { html, useEffect } from "../lib/vendor.js";
import { DayMap } from "./day_map.js";
import { LeftOut } from "./left_out.js";
import { NextStop } from "./next_stop.js";
import { Trouble } from "./notices.js";
import { replayed } from "./replay.js";
import { StopList } from "./stop_list.js";
import { loadToday, outcomes, today } from "./store.js";
import { Footing, HandOff, Head, NoPlan, Notes, OffPlan } from "./today_parts.js";
import { drafts } from "./visit_store.js";

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
    if (!state.error) return html`<${Skeleton} />`;
    return html`<div class="view narrow">
      <h1>Today</h1>
      <${Trouble} state=${state} retry=${loadToday} />
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
      ${plan && html`<${DayMap} key=${data.date} plan=${plan} stops=${plan.stops} />`}
    </div>
    <${NextStop} data=${data} />
  </div>`;
}

/** The shapes of what will come, where it will come, so that nothing jumps. */
function Skeleton() {
  return html`<div class="view today" aria-busy="true" aria-label="Loading your day">
    <div class="today-side">
      <div class="bone head"></div>
      ${[1, 2, 3, 4].map((row) => html`<div class="bone row" key=${row}></div>`)}
    </div>
    <div class="today-map"><div class="day-map"></div></div>
  </div>`;
}
