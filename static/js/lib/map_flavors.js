// Our shades of the two named flavours: quieter ground and readable names. What lies outside the
// extract has a shade of its own, neither land nor sea: nothing is known there.

const LIGHT = {
  background: "#dbd8d3",
  earth: "#f1eee8",
  water: "#a8d0e6",
  buildings: "#d6d0c6",
  park_a: "#d5e6cf",
  park_b: "#c3dfbd",
  wood_a: "#cfe2c8",
  wood_b: "#b9d8b2",
  scrub_b: "#c8dfc3",
  pedestrian: "#ece7dc",
  minor_casing: "#d3cec4",
  minor_service_casing: "#d9d4cb",
  link_casing: "#cbbf9f",
  major_casing_early: "#cbbf9f",
  major_casing_late: "#cbbf9f",
  highway_casing_early: "#c79a5a",
  highway_casing_late: "#c79a5a",
  minor_a: "#ffffff",
  minor_b: "#ffffff",
  minor_service: "#ffffff",
  other: "#e3dccd",
  major: "#fff6dc",
  link: "#fff6dc",
  highway: "#ffe3b0",
  bridges_major: "#fff6dc",
  bridges_highway: "#ffe3b0",
  roads_label_minor: "#5b5750",
  roads_label_major: "#4d4943",
  subplace_label: "#6a655d",
  subplace_label_halo: "#f7f5f1",
  city_label: "#33302b",
  city_label_halo: "#f7f5f1",
  ocean_label: "#2f6482",
  address_label: "#6a655d",
};

const DARK = {
  background: "#0d1014",
  earth: "#1a1f26",
  water: "#12344c",
  buildings: "#0f1318",
  park_a: "#1a2f26",
  park_b: "#1c3829",
  wood_a: "#1a2f26",
  wood_b: "#1a3326",
  scrub_b: "#1d3528",
  pedestrian: "#222831",
  other: "#333c47",
  minor_service: "#343d49",
  minor_a: "#3c4653",
  minor_b: "#3c4653",
  major: "#4d5967",
  link: "#4d5967",
  highway: "#64717f",
  bridges_minor: "#3c4653",
  bridges_major: "#4d5967",
  bridges_highway: "#64717f",
  railway: "#303842",
  roads_label_minor: "#b0bac5",
  roads_label_minor_halo: "#1a1f26",
  roads_label_major: "#c3ccd6",
  roads_label_major_halo: "#1a1f26",
  subplace_label: "#98a4b1",
  subplace_label_halo: "#1a1f26",
  city_label: "#dbe2ea",
  city_label_halo: "#1a1f26",
  ocean_label: "#84b6d6",
  address_label: "#98a4b1",
  address_label_halo: "#1a1f26",
};

const DARK_POIS = {
  blue: "#7cc4ea",
  green: "#7fcf9f",
  lapis: "#93b0ff",
  pink: "#f2a3da",
  slategray: "#b7abd6",
  tangerine: "#f0b27a",
};

/** Return the flavour to draw with, from the named one of the style library. */
export function flavour(basemaps, scheme) {
  const named = basemaps.namedFlavor(scheme);
  if (scheme !== "dark") return { ...named, ...LIGHT };
  return { ...named, ...DARK, pois: { ...named.pois, ...DARK_POIS } };
}
