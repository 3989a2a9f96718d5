// Polygons as plain GeoJSON: their bounds, and the parts of one that has several. Pure.

/** Return [west, south, east, north] around features, or null without any place. */
export function boundsOf(features) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of features) if (geometry) stretch(bounds, geometry.coordinates);
  return Number.isFinite(bounds[0]) ? bounds : null;
}

/** Return the largest part of an area as a Polygon; a tool can change only one at a time. */
export function largestPart(geometry) {
  const parts = partsOf(geometry);
  const largest = parts.reduce((best, part) => (sizeOf(part[0]) > sizeOf(best[0]) ? part : best));
  return { type: "Polygon", coordinates: largest };
}

/** Return the area with its largest part replaced by `changed`; its other parts stay. */
export function withPart(geometry, changed) {
  const largest = largestPart(geometry).coordinates;
  const rest = partsOf(geometry).filter((part) => part !== largest);
  if (rest.length === 0) return changed;
  return { type: "MultiPolygon", coordinates: [changed.coordinates, ...rest] };
}

function partsOf(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/** Twice the area inside a ring, in square degrees: enough to compare parts. */
function sizeOf(ring) {
  const doubled = ring.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(doubled);
}

function stretch(bounds, coordinates) {
  if (typeof coordinates[0] !== "number") {
    for (const inner of coordinates) stretch(bounds, inner);
    return;
  }
  const [lon, lat] = coordinates;
  bounds[0] = Math.min(bounds[0], lon);
  bounds[1] = Math.min(bounds[1], lat);
  bounds[2] = Math.max(bounds[2], lon);
  bounds[3] = Math.max(bounds[3], lat);
}
