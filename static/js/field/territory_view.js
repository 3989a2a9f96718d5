// The map of my territory: accounts by how due they are. The legend is also the filter.

import { html, signal, useEffect, useRef, useState } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { DueMark } from "./marks.js";
import { Trouble } from "./notices.js";
import { address } from "./route.js";
import { boundsOf } from "./sketch.js";
import { loadTerritory, mapsOff, territory } from "./store.js";

const STATES = ["overdue", "never", "due", "not_due"];
const hidden = signal(new Set());

export function TerritoryView() {
  const holder = useRef(null);
  const map = useRef(null);
  const [ready, setReady] = useState(false);
  const [none, setNone] = useState(false); // where there can be no map, its place says so
  const state = territory.value;
  useEffect(() => {
    loadTerritory();
  }, []);
  const loaded = Boolean(state.data);
  useEffect(() => {
    if (!loaded || mapsOff) return undefined;
    let gone = false;
    open(holder.current, state.data, () => gone).then((made) => {
      if (!made) return gone || setNone(true);
      map.current = made;
      return setReady(true);
    });
    return () => {
      gone = true;
      map.current?.remove();
      map.current = null;
    };
  }, [loaded]);
  useEffect(() => {
    if (ready && state.data) show(map.current, state.data, hidden.value);
  }, [ready, state.data, hidden.value]);
  return html`<div class="view territory">
    <h1 class="visually-hidden">Map of my accounts</h1>
    <div class="territory-map" role="region" aria-label="Map of my accounts" data-ready=${ready}>
      <div class="day-map-live map" ref=${holder}></div>
      ${mapsOff && html`<p class="map-unavailable">The map is switched off.</p>`}
      ${!mapsOff && !ready && !none && html`<p class="map-unavailable" role="status">Loading the map…</p>`}
    </div>
    <div class="legend">
      <${Trouble} state=${state} retry=${loadTerritory} />
      <div class="picks" role="group" aria-label="Show accounts that are">
        ${STATES.map((code) => html`<${Key} code=${code} accounts=${state.data?.accounts ?? []} />`)}
      </div>
      <a class="button button--quiet" href="#/accounts"><${Icon} name="list" />As a list</a>
      <a class="button button--quiet" href="/territories/">All territories</a>
    </div>
  </div>`;
}

function Key({ code, accounts }) {
  const count = accounts.filter(({ due }) => due.state === code).length;
  const on = !hidden.value.has(code);
  return html`<button type="button" class="pick" aria-pressed=${on} onClick=${() => toggle(code)}>
    <${DueMark} state=${code} /><b>${count}</b>
  </button>`;
}

function toggle(code) {
  const next = new Set(hidden.value);
  if (!next.delete(code)) next.add(code);
  hidden.value = next;
}

async function open(holder, data, isGone) {
  const { createMap } = await import("../lib/map.js");
  if (isGone()) return null;
  const points = data.accounts.filter(({ lat }) => lat != null).map(({ lon, lat }) => [lon, lat]);
  const made = await createMap(holder, { bounds: boundsOf(points), padding: 48 });
  if (isGone()) made?.remove();
  return isGone() ? null : made;
}

async function show(map, data, without) {
  const { setAccounts, setTerritories } = await import("../lib/map.js");
  setTerritories(map, data.territories);
  const kept = data.accounts.filter(({ lat, due }) => lat != null && !without.has(due.state));
  setAccounts(
    map,
    {
      type: "FeatureCollection",
      features: kept.map(({ id, name, lat, lon, due }) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon, lat] },
        properties: { id, name, due: due.state === "never" ? "unknown" : due.state },
      })),
    },
    { onSelect: ({ id }) => (location.hash = address("accounts", id)) },
  );
}
