// A rep's day on the map: the drives and the numbered stops. The list beside it has everything.

import { createMap, setRoute, setStops } from "../lib/map.js";
import { boundsOf } from "../lib/polygons.js";

export default async function dayMap(root) {
  const answer = await fetch(root.dataset.url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { stops, route } = await answer.json();
  const points = stops.map(({ lon, lat }) => ({ geometry: { coordinates: [lon, lat] } }));
  const bounds = boundsOf([...points, { geometry: route.coordinates.length ? route : null }]);
  const map = await createMap(root.querySelector('[data-part="map"]'), { bounds });
  if (!map) return;
  setRoute(map, route);
  setStops(map, stops, { onSelect: ({ number }) => showStop(number) });
}

function showStop(number) {
  document.getElementById(`stop-${number}`)?.scrollIntoView({ block: "center", behavior: "smooth" });
}
