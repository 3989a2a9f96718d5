// The day on the map. A drawing of the route stands there at once; the real map takes its place
// when it is loaded, and where there can be none the drawing stays.

import { html, useEffect, useMemo, useRef, useState } from "../lib/vendor.js";
import { address } from "./route.js";
import { boundsOf, sketch } from "./sketch.js";
import { mapsOff } from "./store.js";

const BOX = { width: 400, height: 260, margin: 34 };

export function DayMap({ plan, stops }) {
  const holder = useRef(null);
  const map = useRef(null);
  const shown = useRef("");
  const [ready, setReady] = useState(false);
  const drawn = useMemo(() => pieces(plan, stops), [plan, stops]);
  useEffect(() => {
    if (mapsOff) return undefined;
    let gone = false;
    whenIdle(async () => {
      const { createMap } = await import("../lib/map.js");
      if (gone || !holder.current) return;
      const made = await createMap(holder.current, { bounds: drawn.bounds, padding: 48 });
      if (!made || gone) return made?.remove() ?? holder.current?.replaceChildren();
      map.current = made;
      setReady(true);
      return undefined;
    });
    return () => {
      gone = true;
      map.current?.remove();
      map.current = null;
    };
  }, []);
  useEffect(() => {
    if (!ready) return;
    // Somebody who looks around keeps the view; only another route brings its own.
    const box = String(drawn.bounds);
    show(map.current, drawn, { fit: shown.current !== box });
    shown.current = box;
  }, [ready, drawn]);
  return html`<div class="day-map" role="region" aria-label="Map of the day" data-ready=${ready}>
    <${Sketch} drawn=${drawn} hidden=${ready} />
    <div class="day-map-live map" ref=${holder}></div>
  </div>`;
}

function Sketch({ drawn, hidden }) {
  const lines = sketch(drawn, BOX);
  if (!lines || hidden) return null;
  return html`<svg
      class="sketch"
      viewBox=${`0 0 ${BOX.width} ${BOX.height}`}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label="Drawing of the route"
    >
      ${lines.lines.map((points) => html`<polyline points=${points} />`)}
      ${lines.dots.map(
        ({ placeX, placeY, x, y, number, state }) => html`<g class=${`dot ${state}`}>
          <line x1=${placeX} y1=${placeY} x2=${x} y2=${y} />
          <circle cx=${x} cy=${y} r="11" /><text x=${x} y=${y + 4}>${number}</text>
        </g>`,
      )}
    </svg>
    <p class="credit">© OpenStreetMap contributors</p>`;
}

/** What is drawn of a plan: the drives, the numbered stops, and the box around them. */
function pieces(plan, stops) {
  const visits = stops.filter(({ kind, account }) => kind === "visit" && account?.lat != null);
  const dots = visits.map(({ number, account, status }) => ({
    id: account.id,
    number,
    lat: account.lat,
    lon: account.lon,
    state: { done: "done", here: "next", next: "next" }[status] ?? "planned",
  }));
  const paths = stops.map(({ path }) => path).filter((path) => path.length > 1);
  const home = plan?.start ? [[plan.start.lon, plan.start.lat]] : [];
  const points = [...paths.flat(), ...dots.map(({ lon, lat }) => [lon, lat]), ...home];
  return { paths, stops: dots, bounds: boundsOf(points) };
}

async function show(map, drawn, { fit }) {
  const { setRoute, setStops, showBounds } = await import("../lib/map.js");
  setRoute(map, {
    type: "Feature",
    properties: {},
    geometry: { type: "MultiLineString", coordinates: drawn.paths },
  });
  setStops(map, drawn.stops, { onSelect: ({ id }) => (location.hash = address("accounts", id)) });
  if (fit && drawn.bounds) showBounds(map, drawn.bounds, { padding: 48 });
}

function whenIdle(act) {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 1_500 });
  else setTimeout(act, 200);
}
