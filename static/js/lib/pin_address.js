// Tells which address lies at a pin that was just placed, and offers to use it.

import { fill, valuesFor } from "./address_fields.js";
import { read } from "./office_api.js";

const NAMES = { street: "street", number: "house_no", postcode: "postcode", city: "city" };

/** Return a sentence on the address at a pin. */
export function sentence({ quality, label, reason }) {
  return quality === "exact" ? `This is ${label}.` : `Near ${label}. ${reason}`;
}

/** Return a function that tells of a pin in an element of the form; it asks the address books. */
export function pinAddress(element) {
  if (!element) return () => {};
  const text = element.querySelector("[data-text]");
  const use = element.querySelector("button");
  let found = null;
  let asked = 0;
  use.addEventListener("click", () => {
    const { lat, lon, ...address } = found;
    fill(use.form, valuesFor(NAMES, { ...address, lat, lon }));
    use.hidden = true;
    text.textContent = `The address is now ${found.label}.`;
  });
  return async ({ lat, lon }) => {
    const turn = ++asked;
    const query = new URLSearchParams({ place: `${lat.toFixed(6)},${lon.toFixed(6)}` });
    const answer = await read(`${element.dataset.url}?${query}`);
    if (turn !== asked) return;
    found = answer;
    use.hidden = !answer;
    text.textContent = answer
      ? `${sentence(answer)} ${answer.attribution}`
      : "No address is known at this pin.";
  };
}
