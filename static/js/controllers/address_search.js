// A field that finds addresses while somebody types. data-fields names the form's fields to fill
// ({"street": "street", "lat": "home_lat", …}); with data-place, Enter looks a whole address up.

import { fill, lineOf, nearOf, valuesFor } from "../lib/address_fields.js";
import { combobox } from "../lib/combobox.js";
import { read } from "../lib/office_api.js";

const NOTE = "© OpenStreetMap contributors";

export default function addressSearch(element) {
  const input = element.querySelector("input");
  const names = JSON.parse(element.dataset.fields);
  const told = element.querySelector("[data-told]");
  const form = input.form;
  element.hidden = false;

  const say = (text) => {
    if (told) told.textContent = text;
  };
  const pick = (item) => {
    input.value = item.label;
    fill(form, valuesFor(names, item));
    say(`${item.label}: the pin is set.${item.reason ? ` ${item.reason}` : ""}`);
  };
  const load = async (text, signal) => {
    const query = new URLSearchParams({ q: text, near: nearOf(form, names) });
    const found = await read(`${element.dataset.url}?${query}`);
    return signal.aborted ? null : found?.items.map(lineOf);
  };
  const enter = async (text) => {
    if (!text) return;
    say("Looking the address up …");
    const query = new URLSearchParams({ q: text });
    const found = await read(`${element.dataset.place}?${query}`);
    if (found) pick(found);
    else say("This address is not on the map. Check it, or press the map to place the pin.");
  };
  combobox(input, { load, pick, enter: element.dataset.place ? enter : null, note: NOTE });
}
