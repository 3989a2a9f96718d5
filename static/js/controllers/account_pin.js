// Shows an account's pin on the map; with data-editable a press on the map moves it, and what is
// typed into the latitude and longitude fields moves it too.

import { pinAddress } from "../lib/pin_address.js";
import { createMap, setStops, showBounds } from "../lib/map.js";

const CLOSE = 0.005; // degrees around a pin that are shown first

export default async function accountPin(element) {
  const editable = "editable" in element.dataset;
  const fields = editable ? inputs(element) : null;
  let pin = read(element.dataset.lat, element.dataset.lon);
  const map = await createMap(element, { bounds: pin ? around(pin) : null });
  if (!map) return;

  const show = () => setStops(map, pin ? [{ ...pin, state: "next", number: "", id: "pin" }] : []);
  show();
  if (!fields) return;
  const { form } = fields.lat;
  const tell = pinAddress(form.querySelector("[data-pin-address]"));
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    form.dataset.near = `${lat.toFixed(5)},${wrapped(lng).toFixed(5)}`;
  });
  map.getCanvas().classList.add("map-canvas--pointing");
  map.on("click", ({ lngLat }) => {
    pin = { lat: lngLat.lat, lon: wrapped(lngLat.lng) };
    fields.lat.value = pin.lat.toFixed(6);
    fields.lon.value = pin.lon.toFixed(6);
    show();
    tell(pin);
  });
  for (const field of [fields.lat, fields.lon]) {
    field.addEventListener("change", () => {
      pin = read(fields.lat.value, fields.lon.value);
      show();
      if (pin) showBounds(map, around(pin));
    });
  }
}

function inputs(element) {
  const { lat, lon } = element.closest("form").elements;
  return { lat, lon };
}

function read(latText, lonText) {
  if (!latText?.trim() || !lonText?.trim()) return null;
  const lat = Number(latText.replace(",", "."));
  const lon = Number(lonText.replace(",", "."));
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function around({ lat, lon }) {
  return [lon - CLOSE, lat - CLOSE / 2, lon + CLOSE, lat + CLOSE / 2];
}

function wrapped(lon) {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
