// Prints which source layers and kinds the base style draws, for the test of the schema.

import { baseStyle } from "../../static/js/lib/map_style.js";

const basemaps = await import("../../static/vendor/@protomaps/basemaps@5.7.2/index.js");
const base = { tiles: "/{z}", max_zoom: 14, bounds: [0, 0, 1, 1], attribution: "" };
const drawn = {};
for (const { "source-layer": name, filter } of baseStyle(basemaps, base, "light").layers) {
  if (!name) continue;
  drawn[name] ??= [];
  drawn[name].push(...words(filter ?? ["any"]));
}
console.log(JSON.stringify(drawn));

function words(filter) {
  return filter.flatMap((part) => (Array.isArray(part) ? words(part) : [String(part)]));
}
