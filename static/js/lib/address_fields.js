// Fills a form's fields from an address, and tells others that they changed.

const KIND_WORDS = {
  address: "Address",
  street: "Street",
  business: "Business",
  landmark: "Landmark",
  city: "City",
  town: "Town",
  village: "Village",
};

/** Return a suggestion as a line of the list. */
export function lineOf(item) {
  return { ...item, detail: KIND_WORDS[item.kind] ?? "District" };
}

/** Return whether an item is a whole town, whose middle is no pin for anybody. */
export function onlyTown({ quality, kind }) {
  return quality === "town" || ["city", "town", "village"].includes(kind);
}

/** Return what to put into each field, by its name; what is not known leaves a field alone. */
export function valuesFor(names, item) {
  const known = {
    label: item.label,
    street: item.street || undefined,
    number: item.street ? (item.number ?? "") : undefined,
    postcode: item.postcode || undefined,
    city: item.city || undefined,
    country: item.country || undefined,
    lat: item.lat.toFixed(6),
    lon: item.lon.toFixed(6),
  };
  return Object.fromEntries(
    Object.entries(names)
      .map(([part, name]) => [name, known[part]])
      .filter(([name, value]) => name && value !== undefined),
  );
}

/** Put values into a form's fields. */
export function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Return the place to search near: the map's middle, else the pin in the form, "" for none. */
export function nearOf(form, names) {
  if (form.dataset.near) return form.dataset.near;
  const lat = form.elements[names.lat]?.value.trim();
  const lon = form.elements[names.lon]?.value.trim();
  return lat && lon ? `${lat},${lon}` : "";
}
