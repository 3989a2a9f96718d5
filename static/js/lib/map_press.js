// Pressing what is drawn on the map: one place decides what was meant, so that one press does one
// thing even where circles overlap.

const presses = new WeakMap();
const REACH_PX = 14; // a finger needs more room than a circle shows

/** Call `act` with the feature of `layer` that was pressed. */
export function onPress(map, layer, act) {
  if (!map) return;
  if (!presses.has(map)) {
    presses.set(map, new Map());
    map.on("click", ({ point }) => {
      const found = pressed(map, point);
      if (found) presses.get(map).get(found.layer.id)(found);
    });
    map.on("mousemove", ({ point }) => {
      map.getCanvas().classList.toggle("map-pressable", Boolean(pressed(map, point)));
    });
  }
  presses.get(map).set(layer, act); // the newest caller is told
}

/** What lies under a press: the topmost thing hit, else the nearest within a finger's reach. */
function pressed(map, { x, y }) {
  const layers = [...presses.get(map).keys()].filter((id) => map.getLayer(id));
  const hit = map.queryRenderedFeatures([x, y], { layers });
  if (hit.length) return hit[0];
  const near = [
    [x - REACH_PX, y - REACH_PX],
    [x + REACH_PX, y + REACH_PX],
  ];
  const away = (feature) => {
    const at = map.project(feature.geometry.coordinates);
    return Math.hypot(at.x - x, at.y - y);
  };
  return map.queryRenderedFeatures(near, { layers }).sort((a, b) => away(a) - away(b))[0];
}
