// What is shown on the map, as GeoJSON that the style can draw. Pure.

export const TERRITORY_COLOURS = 8;
const STOP_RANKS = { done: 0, planned: 1, next: 2 }; // the next one is drawn over all others

/**
 * Return numbered points for stops `{lat, lon, state?, id?, number?}` in their order. `shown` are
 * the places [lon, lat] they are drawn at, where that is not their own; a line joins the two.
 */
export function stopsGeoJson(stops, shown = []) {
  const points = stops.map((stop, index) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: shown[index] ?? [stop.lon, stop.lat] },
    properties: {
      id: stop.id ?? null,
      number: stop.number ?? index + 1,
      state: stop.state ?? "planned",
      rank: STOP_RANKS[stop.state] ?? 1,
    },
  }));
  const leaders = stops.flatMap((stop, index) => {
    if (!shown[index]) return [];
    const coordinates = [shown[index], [stop.lon, stop.lat]];
    return [{ type: "Feature", geometry: { type: "LineString", coordinates }, properties: {} }];
  });
  return { type: "FeatureCollection", features: [...leaders, ...points] };
}

/** Return the territories with the number of the colour each wears, and a point for each name. */
export function territoriesGeoJson(geojson) {
  const features = geojson.features.flatMap((feature, index) => {
    const shade = (feature.properties?.shade ?? index) % TERRITORY_COLOURS;
    const properties = { ...feature.properties, shade };
    const coordinates = middle(feature.geometry);
    // A surface is cut into tiles and would wear its name in each of them.
    const label = { type: "Feature", geometry: { type: "Point", coordinates }, properties };
    return [{ ...feature, properties }, label];
  });
  return { type: "FeatureCollection", features };
}

/** Return the centre of gravity of the largest outline of a polygon or multipolygon. */
export function middle({ type, coordinates }) {
  const outlines = type === "MultiPolygon" ? coordinates.map((rings) => rings[0]) : [coordinates[0]];
  const [largest] = outlines.map(gravity).sort((a, b) => b.area - a.area);
  return largest.centre;
}

function gravity(ring) {
  const [x0, y0] = ring[0]; // counted from a corner: far from 0°, 0° small areas lose their digits
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0; i < ring.length - 1; i += 1) {
    const [ax, ay, bx, by] = [ring[i][0] - x0, ring[i][1] - y0, ring[i + 1][0] - x0, ring[i + 1][1] - y0];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (twice === 0) return { area: 0, centre: [x0, y0] };
  return { area: Math.abs(twice / 2), centre: [x0 + x / (3 * twice), y0 + y / (3 * twice)] };
}
