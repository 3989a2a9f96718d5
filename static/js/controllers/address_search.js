// A field that finds addresses while somebody types. data-fields names the form's fields to fill
// ({"street": "street", "lat": "home_lat", …}); with data-place, Enter looks a whole address up.

import { fill, lineOf, nearOf, onlyTown, valuesFor } from "../lib/address_fields.js";
import { combobox } from "../lib/combobox.js";
import { lookUp, read } from "../lib/office_api.js";

const NOTE = "© OpenStreetMap contributors";
const ONLY_TOWN = "The middle of a town is no pin. Type the street, too.";

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
    if (onlyTown(item)) return say(item.reason || ONLY_TOWN); // what was typed stays
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
    const { found, why } = await lookUp(`${element.dataset.place}?${query}`);
    if (found) pick(found);
    else say(why);
  };
  combobox(input, { load, pick, enter: element.dataset.place ? enter : null, note: NOTE });
}
