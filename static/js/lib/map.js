// The map on the page. Every list works without it: where there is no WebGL or no base map,
// `createMap` shows a sentence and returns null, and the rest may be called with null.

import { loadMapEngine } from "./maplibre.js";
import { onPress } from "./map_press.js";
import { stopsGeoJson, territoriesGeoJson } from "./map_shapes.js";
import { STOPS_APART_PX, baseStyle, keepOverlays, overlays } from "./map_style.js";
import { spread } from "./spread.js";

const DARK = "(prefers-color-scheme: dark)";
const FACES = ["Regular", "Medium", "Italic"];
const REMEMBERED = "map-base";
const NO_MAP = "The map cannot be shown here. The list has everything.";
const NO_BASE = "There is no map yet. Connect once, or ask for the roads to be built.";

// Drawn from the bottom up, whatever the order they are asked for.
const ORDER = ["territories", "route", "accounts", "stops"];
const EMPTY = { type: "FeatureCollection", features: [] };

/**
 * Return a MapLibre map in the container, or null where none can be shown.
 * `bounds` [west, south, east, north] are what to show first; without them, all of the base map.
 * `base` is the answer of /api/v1/map; without it, it is asked for, and remembered for offline.
 * `slice` is the Blob of a part of the map kept on the phone: then nothing else is fetched.
 */
export async function createMap(
  container,
  { bounds = null, padding = 40, base = null, slice = null } = {},
) {
  try {
    const loading = loadMapEngine();
    const asked = slice ? sliceBase(loading, slice) : (base ?? describeBase());
    const [engine, described] = await Promise.all([loading, asked]);
    if (!described) return unavailable(container, NO_BASE);
    await loadFonts();
    return await open(container, engine, { base: absolute(described), bounds, padding });
  } catch (wrong) {
    console.warn("The map was not started:", wrong?.name ?? wrong);
    return unavailable(container, NO_MAP);
  }
}

/** Show a drive: a GeoJSON line, feature or collection; null takes it away. */
export function setRoute(map, line) {
  setData(map, "route", line ?? EMPTY);
}

/** Show stops `{lat, lon, state: "planned" | "next" | "done", id}` with their numbers. */
export function setStops(map, stops, { onSelect = null } = {}) {
  if (!map) return;
  if (!shownStops.has(map)) map.on("zoomend", () => placeStops(map));
  shownStops.set(map, stops);
  placeStops(map);
  onPress(map, "stops-circle", (feature) => onSelect?.(feature.properties));
}

/** Show accounts: points with `id`, `name` and `due` (overdue, due, not_due, unknown). */
export function setAccounts(map, geojson, { onSelect = null } = {}) {
  setData(map, "accounts", geojson);
  onPress(map, "accounts-point", (feature) => onSelect?.(feature.properties));
  onPress(map, "accounts-cluster", async (feature) => {
    const zoom = await map.getSource("accounts").getClusterExpansionZoom(
      feature.properties.cluster_id,
    );
    map.easeTo({ center: feature.geometry.coordinates, zoom: zoom + 0.2 });
  });
}

/** Show territories: polygons with `name` and, if wanted, `shade` (which of eight colours). */
export function setTerritories(map, geojson) {
  setData(map, "territories", territoriesGeoJson(geojson));
}

/** Bring [west, south, east, north] into view, leaving room for what covers the map. */
export function showBounds(map, bounds, { padding = 40 } = {}) {
  map?.fitBounds(bounds, { padding, maxZoom: 16 });
}

// Private

const shownStops = new WeakMap();
const MOVED_PX = 1;

/** Stops that would cover each other stand side by side, anew at each zoom. */
function placeStops(map) {
  const stops = shownStops.get(map);
  const own = stops.map(({ lon, lat }) => map.project([lon, lat]));
  const shown = spread(own, STOPS_APART_PX).map(({ x, y }, at) => {
    if (Math.hypot(x - own[at].x, y - own[at].y) < MOVED_PX) return undefined;
    return map.unproject([x, y]).toArray();
  });
  setData(map, "stops", stopsGeoJson(stops, shown));
}

async function open(container, { maplibre, basemaps }, { base, bounds, padding }) {
  container.classList.add("map");
  const map = new maplibre.Map({
    container,
    style: baseStyle(basemaps, base, scheme(container)),
    bounds: bounds ?? base.bounds,
    fitBoundsOptions: { padding, maxZoom: 16 },
    pixelRatio: Math.min(devicePixelRatio, 2),
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    maxPitch: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.AttributionControl({ compact: false }), "bottom-right");
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  if (base.close) map.once("remove", base.close);
  follow(map, () => {
    const fresh = new Map(shownLayers(map).map((layer) => [layer.id, layer]));
    map.setStyle(baseStyle(basemaps, base, scheme(container)), {
      transformStyle: (previous, next) => keepOverlays(previous, next, fresh),
    });
  });
  await new Promise((resolve) => map.once("style.load", resolve));
  return map;
}

function follow(map, redraw) {
  const query = matchMedia(DARK);
  query.addEventListener("change", redraw);
  map.once("remove", () => query.removeEventListener("change", redraw));
}

function setData(map, name, data) {
  if (!map) return;
  const source = map.getSource(name);
  if (source) {
    source.setData(data);
    return;
  }
  const overlay = overlays[name];
  map.addSource(name, { ...overlay.sources[name], data });
  const above = ORDER.slice(ORDER.indexOf(name) + 1).find((other) => map.getSource(other));
  const before = above && overlays[above].layers(() => "#000")[0].id;
  for (const layer of overlay.layers(colourOf(map))) map.addLayer(layer, before);
}

function shownLayers(map) {
  const shown = ORDER.filter((name) => map.getSource(name));
  return shown.flatMap((name) => overlays[name].layers(colourOf(map)));
}

/** The engine cannot read light-dark(), so the browser works each colour out on a hidden element. */
function colourOf(map) {
  return (name) => probe(map.getContainer(), `var(--map-${name})`);
}

function scheme(container) {
  const seen = probe(container, "light-dark(rgb(0, 0, 0), rgb(255, 255, 255))");
  return seen === "rgb(255, 255, 255)" ? "dark" : "light";
}

function probe(container, colour) {
  const element = container.appendChild(document.createElement("i"));
  element.style.color = colour;
  const seen = getComputedStyle(element).color;
  element.remove();
  return seen;
}

async function sliceBase(loading, slice) {
  const [{ maplibre }, { openSlice }] = await Promise.all([loading, import("./map_slice.js")]);
  return openSlice(maplibre, slice);
}

async function describeBase() {
  try {
    const answer = await fetch("/api/v1/map", { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const base = await answer.json();
    localStorage.setItem(REMEMBERED, JSON.stringify(base));
    return base;
  } catch {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
  }
}

/** The worker that fetches tiles has no page to resolve an address against. */
function absolute(base) {
  const tiles = base.tiles.startsWith("/") ? location.origin + base.tiles : base.tiles;
  return { ...base, tiles };
}

/** Labels are drawn with these; text drawn before they arrive would keep the wrong shapes. */
async function loadFonts() {
  await Promise.allSettled(FACES.map((face) => document.fonts.load(`16px "Noto Sans ${face}"`)));
}

function unavailable(container, sentence) {
  const note = document.createElement("p");
  note.className = "map-unavailable";
  note.textContent = sentence;
  container.replaceChildren(note);
  return null;
}
