// What the map draws, as plain MapLibre style values. Pure: no document, no map.

import { flavour } from "./map_flavors.js";
import { IN_LETTERS, ferries } from "./map_letters.js";
import { TERRITORY_COLOURS } from "./map_shapes.js";

const REGULAR = ["Noto Sans Regular"];
const MEDIUM = ["Noto Sans Medium"];
const EMPTY = { type: "FeatureCollection", features: [] };

/** The due states in order of urgency, each with a sign for eyes that tell no colours apart. */
export const DUE_STATES = {
  overdue: { sign: "!", radius: 10, label: "Overdue" },
  due: { sign: "•", radius: 9, label: "Due" },
  not_due: { sign: "✓", radius: 7, label: "Not due" },
  unknown: { sign: "?", radius: 7, label: "No visits yet" },
};

/** How far apart the middles of two stops stand at least, so that both numbers can be read. */
export const STOPS_APART_PX = 31;

/** Return the whole base style: the tiles of `base` in the light or dark flavour, without icons. */
export function baseStyle(basemaps, base, scheme) {
  const shades = flavour(basemaps, scheme);
  const layers = basemaps
    .layers("base", shades, { lang: base.lang ?? "en" })
    .map(withoutIcon)
    .map((layer) => ({ ...layer, ...IN_LETTERS[layer.id]?.(shades) }));
  layers.splice(layers.findIndex(({ id }) => id === "buildings"), 0, ferries(shades));
  const source = {
    type: "vector",
    tiles: [base.tiles],
    minzoom: base.min_zoom ?? 0,
    maxzoom: base.max_zoom,
    bounds: base.bounds,
    attribution: base.attribution,
    ...(base.sparse ? { sparse: true } : {}), // where a tile is missing, the one above is enlarged
  };
  return { version: 8, sources: { base: source }, layers };
}

/** Return a label layer that needs no sprite. */
function withoutIcon(layer) {
  if (layer.type !== "symbol") return layer;
  const layout = Object.fromEntries(
    Object.entries(layer.layout).filter(([name]) => !name.startsWith("icon-")),
  );
  if (layer.id === "pois") Object.assign(layout, { "text-offset": [0, 0] });
  return { ...layer, layout };
}

/** Return `fresh` with everything of `previous` that is drawn over the base map. */
export function keepOverlays(previous, fresh, redrawn) {
  if (!previous) return fresh;
  const { base: _, ...sources } = previous.sources;
  const over = previous.layers
    .filter((layer) => layer.source && layer.source !== "base")
    .map((layer) => redrawn.get(layer.id) ?? layer);
  return {
    ...fresh,
    sources: { ...fresh.sources, ...sources },
    layers: [...fresh.layers, ...over],
  };
}

export const overlays = {
  territories: {
    sources: { territories: { type: "geojson", data: EMPTY } },
    layers: (colour) => [
      fill("territories-fill", "territories", {
        "fill-color": territoryColour(colour),
        "fill-opacity": 0.1,
      }),
      line("territories-line", "territories", {
        "line-color": territoryColour(colour),
        "line-width": 2.5,
      }),
      text("territories-name", "territories", ["get", "name"], colour, {
        filter: ["==", ["geometry-type"], "Point"],
        size: 14,
      }),
    ],
  },
  route: {
    sources: { route: { type: "geojson", data: EMPTY } },
    layers: (colour) => [
      line("route-casing", "route", { "line-color": colour("casing"), "line-width": 8 }),
      line("route-line", "route", { "line-color": colour("route"), "line-width": 4.5 }),
      {
        ...text("route-arrows", "route", "›", colour, { size: 22, on: "route-arrow" }),
        layout: {
          "text-field": "›",
          "text-font": MEDIUM,
          "text-size": 20,
          "symbol-placement": "line",
          "symbol-spacing": 90,
          "text-keep-upright": false,
          "text-ignore-placement": true,
        },
      },
    ],
  },
  accounts: {
    sources: {
      accounts: {
        type: "geojson",
        data: EMPTY,
        cluster: true,
        clusterRadius: 44,
        clusterMaxZoom: 14,
        clusterProperties: { overdue: ["+", ["case", ["==", ["get", "due"], "overdue"], 1, 0]] },
      },
    },
    layers: (colour) => [
      circle("accounts-cluster", "accounts", ["has", "point_count"], {
        "circle-color": colour("cluster"),
        "circle-radius": ["step", ["get", "point_count"], 15, 10, 19, 100, 24],
        "circle-stroke-width": ["case", [">", ["get", "overdue"], 0], 4, 2],
        "circle-stroke-color": [
          "case",
          [">", ["get", "overdue"], 0],
          colour("overdue"),
          colour("casing"),
        ],
      }),
      text("accounts-count", "accounts", ["get", "point_count_abbreviated"], colour, {
        filter: ["has", "point_count"],
        on: "cluster-text",
      }),
      circle("accounts-point", "accounts", ["!", ["has", "point_count"]], {
        "circle-color": byDue((state) => colour(state)),
        "circle-radius": byDue((state) => DUE_STATES[state].radius),
        "circle-stroke-width": 2,
        "circle-stroke-color": colour("casing"),
      }),
      text("accounts-sign", "accounts", byDue((state) => DUE_STATES[state].sign), colour, {
        filter: ["!", ["has", "point_count"]],
        on: "on-state",
        size: 12,
      }),
    ],
  },
  stops: {
    sources: { stops: { type: "geojson", data: EMPTY } },
    layers: (colour) => [
      {
        ...line("stops-leader", "stops", { "line-color": colour("stop"), "line-width": 2 }),
        filter: ["==", ["geometry-type"], "LineString"],
      },
      circle("stops-place", "stops", ["==", ["geometry-type"], "LineString"], {
        "circle-color": colour("stop"),
        "circle-radius": 3.5,
      }),
      circle("stops-circle", "stops", ["has", "number"], {
        "circle-color": [
          "match",
          ["get", "state"],
          "next",
          colour("next"),
          "done",
          colour("done"),
          colour("stop"),
        ],
        "circle-radius": ["match", ["get", "state"], "next", 16, 13],
        "circle-stroke-width": ["match", ["get", "state"], "next", 4, 2.5],
        "circle-stroke-color": colour("casing"),
      }, { "circle-sort-key": ["get", "rank"] }),
      text("stops-number", "stops", ["to-string", ["get", "number"]], colour, {
        filter: ["has", "number"],
        on: "stop-text",
        rank: ["get", "rank"],
      }),
    ],
  },
};

function byDue(value) {
  const known = Object.keys(DUE_STATES).filter((state) => state !== "unknown");
  return ["match", ["get", "due"], ...known.flatMap((s) => [s, value(s)]), value("unknown")];
}

function territoryColour(colour) {
  const shades = Array.from({ length: TERRITORY_COLOURS }, (_, n) => [n, colour(`territory-${n}`)]);
  return ["match", ["get", "shade"], ...shades.flat(), colour("territory-0")];
}

function line(id, source, paint) {
  const layout = { "line-cap": "round", "line-join": "round" };
  return { id, source, type: "line", layout, paint };
}

function fill(id, source, paint) {
  return { id, source, type: "fill", paint };
}

function circle(id, source, filter, paint, layout = {}) {
  return { id, source, type: "circle", filter, layout, paint };
}

function text(id, source, field, colour, { filter = null, on = null, size = 13, rank = null } = {}) {
  const layout = {
    "text-field": field,
    "text-font": on ? MEDIUM : REGULAR,
    "text-size": size,
    "text-allow-overlap": Boolean(on), // a sign belongs to its circle, a name may give way
    "text-padding": on ? 8 : 2, // names of the base map keep clear of the circle
    ...(rank ? { "symbol-sort-key": rank } : {}),
  };
  const halo = { "text-halo-color": colour("casing"), "text-halo-width": 1.5 };
  const paint = { "text-color": colour(on ?? "label"), ...(on ? {} : halo) };
  return { id, source, type: "symbol", ...(filter ? { filter } : {}), layout, paint };
}
