// Layers of the base map that the style library draws with pictures, or not at all. Pure.

const MEDIUM = ["Noto Sans Medium"];

/** What the style library draws with pictures, drawn with letters. */
export const IN_LETTERS = {
  roads_oneway: (shades) => ({
    layout: {
      "text-field": "›",
      "text-font": MEDIUM,
      "text-size": 18,
      "symbol-placement": "line",
      "symbol-spacing": 110,
      "text-keep-upright": false,
    },
    paint: { "text-color": shades.roads_label_minor },
  }),
  roads_shields: (shades) => ({
    layout: {
      "text-field": ["get", "shield_text"],
      "text-font": MEDIUM,
      "text-size": 11,
      "symbol-placement": "line",
      "symbol-spacing": 280,
      "text-rotation-alignment": "viewport",
    },
    paint: {
      "text-color": shades.roads_label_major,
      "text-halo-color": shades.highway,
      "text-halo-width": 3,
    },
  }),
};

export function ferries(shades) {
  return {
    id: "roads_ferry",
    type: "line",
    source: "base",
    "source-layer": "roads",
    filter: ["==", "kind", "ferry"],
    paint: { "line-color": shades.ocean_label, "line-width": 1.2, "line-dasharray": [3, 3] },
  };
}
