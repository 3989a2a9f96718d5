import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";

import { flavour } from "../../static/js/lib/map_flavors.js";
import { middle, stopsGeoJson, territoriesGeoJson } from "../../static/js/lib/map_shapes.js";
import { DUE_STATES, baseStyle, keepOverlays, overlays } from "../../static/js/lib/map_style.js";

const LIBRARY = new URL("../../static/vendor/@protomaps/basemaps@5.7.2/index.js", import.meta.url);
const BASE = { tiles: "/t/{z}/{x}/{y}.mvt", max_zoom: 14, bounds: [0, 0, 1, 1], attribution: "©" };
const square = (x, size) => [
  [x, 0],
  [x + size, 0],
  [x + size, size],
  [x, size],
  [x, 0],
];

test("stops are numbered in their order", () => {
  const { features } = stopsGeoJson([
    { lat: 1, lon: 2, id: "a" },
    { lat: 3, lon: 4, state: "next", number: 7 },
  ]);
  assert.deepEqual(features.map((f) => f.properties.number), [1, 7]);
  assert.deepEqual(features[0].geometry.coordinates, [2, 1]);
  assert.deepEqual(features.map((f) => f.properties.state), ["planned", "next"]);
});

test("a stop that was moved aside keeps a line to its place, and the next one lies on top", () => {
  const stops = [{ lat: 1, lon: 2, state: "next" }, { lat: 1, lon: 2, state: "done" }];
  const { features } = stopsGeoJson(stops, [undefined, [2.5, 1]]);
  const [leader, next, done] = features;
  assert.deepEqual(leader.geometry, { type: "LineString", coordinates: [[2.5, 1], [2, 1]] });
  assert.equal(leader.properties.number, undefined);
  assert.deepEqual(done.geometry.coordinates, [2.5, 1]);
  assert.ok(next.properties.rank > done.properties.rank);
});

test("a name stands in the middle of the largest outline", () => {
  const geometry = { type: "MultiPolygon", coordinates: [[square(0, 1)], [square(10, 4)]] };
  assert.deepEqual(middle(geometry), [12, 2]);
});

test("an outline without a surface still has a place for its name", () => {
  const flat = { type: "Polygon", coordinates: [[[1, 1], [2, 2], [1, 1]]] };
  assert.deepEqual(middle(flat), [1, 1]);
});

test("each territory keeps its shade and gets one name", () => {
  const feature = (properties) => ({
    type: "Feature",
    properties,
    geometry: { type: "Polygon", coordinates: [square(0, 1)] },
  });
  const { features } = territoriesGeoJson({
    features: [feature({ name: "A", shade: 9 }), feature({ name: "B" })],
  });
  assert.deepEqual(features.map((f) => f.geometry.type), ["Polygon", "Point", "Polygon", "Point"]);
  assert.deepEqual(features.map((f) => f.properties.shade), [1, 1, 1, 1]);
});

test("every due state has its own colour and its own sign", () => {
  const [, , point, sign] = overlays.accounts.layers((name) => name);
  const colours = point.paint["circle-color"].slice(2).filter((_, i) => i % 2 || i === 6);
  assert.deepEqual(new Set(colours), new Set(Object.keys(DUE_STATES)));
  const signs = Object.values(DUE_STATES).map((state) => state.sign);
  assert.equal(new Set(signs).size, signs.length);
  for (const one of signs) assert.ok(sign.layout["text-field"].includes(one));
});

test("a change of theme keeps what lies over the base map, in the new colours", () => {
  const over = { id: "route-line", source: "route", paint: { "line-color": "old" } };
  const tool = { id: "td-polygon", source: "td-polygon" };
  const previous = {
    sources: { base: { tiles: ["old"] }, route: { data: 1 }, "td-polygon": {} },
    layers: [{ id: "background" }, { id: "water", source: "base" }, over, tool],
  };
  const fresh = { sources: { base: { tiles: ["new"] } }, layers: [{ id: "background" }] };
  const redrawn = new Map([["route-line", { ...over, paint: { "line-color": "new" } }]]);
  const merged = keepOverlays(previous, fresh, redrawn);
  assert.deepEqual(merged.layers.map((l) => l.id), ["background", "route-line", "td-polygon"]);
  assert.equal(merged.layers[1].paint["line-color"], "new");
  assert.deepEqual(merged.sources.base.tiles, ["new"]);
  assert.deepEqual(merged.sources.route, { data: 1 });
});

test("the base style asks for no icons and no glyph files", { skip: !existsSync(LIBRARY) }, async () => {
  const basemaps = await import(LIBRARY);
  for (const scheme of ["light", "dark"]) {
    const style = baseStyle(basemaps, BASE, scheme);
    assert.equal(style.glyphs, undefined);
    assert.equal(style.sprite, undefined);
    assert.ok(style.layers.length > 50);
    assert.equal(style.sources.base.attribution, "©");
    for (const layer of style.layers) {
      const icons = Object.keys(layer.layout ?? {}).filter((name) => name.startsWith("icon-"));
      assert.deepEqual(icons, [], layer.id);
    }
  }
  const ground = (s) => baseStyle(basemaps, BASE, s).layers[0].paint["background-color"];
  assert.notEqual(ground("light"), ground("dark"));
});

test("one-way streets, road numbers and ferries are drawn without pictures", { skip: !existsSync(LIBRARY) }, async () => {
  const basemaps = await import(LIBRARY);
  const layers = new Map(baseStyle(basemaps, BASE, "light").layers.map((layer) => [layer.id, layer]));
  assert.equal(layers.get("roads_oneway").layout["text-field"], "›");
  assert.deepEqual(layers.get("roads_shields").layout["text-field"], ["get", "shield_text"]);
  assert.deepEqual(layers.get("roads_ferry").filter, ["==", "kind", "ferry"]);
});

test("what lies outside the extract looks like neither land nor sea", { skip: !existsSync(LIBRARY) }, async () => {
  const basemaps = await import(LIBRARY);
  for (const scheme of ["light", "dark"]) {
    const { background, earth, water } = flavour(basemaps, scheme);
    assert.equal(new Set([background, earth, water]).size, 3);
  }
});
