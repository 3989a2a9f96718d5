// The base map of one road network, with the area it covers outlined.

import { createMap, setTerritories } from "../lib/map.js";

export default async function roadsMap(element) {
  const { url } = element.dataset;
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  const base = answer?.ok ? await answer.json() : null;
  if (!base) return;
  const map = await createMap(element, { bounds: base.bounds, padding: 20, base });
  setTerritories(map, {
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: {}, geometry: outline(base.bounds) }],
  });
}

/** A box in degrees as a polygon. */
export function outline([west, south, east, north]) {
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  return { type: "Polygon", coordinates: [ring] };
}
