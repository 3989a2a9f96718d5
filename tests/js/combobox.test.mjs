import assert from "node:assert/strict";
import { test } from "node:test";

import { lineOf, nearOf, onlyTown, valuesFor } from "../../static/js/lib/address_fields.js";
import { moved, told } from "../../static/js/lib/combobox.js";
import { sentence } from "../../static/js/lib/pin_address.js";

test("arrows go through the lines and round the ends", () => {
  assert.equal(moved(-1, 3, "ArrowDown"), 0);
  assert.equal(moved(2, 3, "ArrowDown"), 0);
  assert.equal(moved(-1, 3, "ArrowUp"), 2);
  assert.equal(moved(0, 3, "ArrowUp"), 2);
  assert.equal(moved(1, 3, "a"), 1);
  assert.equal(moved(0, 0, "ArrowDown"), -1);
});

test("a screen reader hears how many there are", () => {
  assert.deepEqual([0, 1, 8].map(told), ["No suggestion.", "1 suggestion.", "8 suggestions."]);
});

const ITEM = {
  label: "12 Market St, Aby", kind: "address", lat: 1.23456789, lon: -2,
  street: "Market St", number: "12", city: "Aby", postcode: "",
};
const NAMES = { street: "street", number: "house_no", postcode: "postcode", lat: "lat", lon: "lon" };

test("only what is known is put into fields", () => {
  assert.deepEqual(valuesFor(NAMES, ITEM), {
    street: "Market St", house_no: "12", lat: "1.234568", lon: "-2.000000",
  });
});

test("a street without a number clears the number, a town leaves it alone", () => {
  const street = { ...ITEM, number: "" };
  assert.equal(valuesFor(NAMES, street).house_no, "");
  const town = { ...ITEM, street: "", number: "" };
  assert.deepEqual(Object.keys(valuesFor(NAMES, town)), ["lat", "lon"]);
});

test("the country is filled in where the form has a field for it", () => {
  const names = { ...NAMES, country: "country" };
  assert.equal(valuesFor(names, { ...ITEM, country: "FI" }).country, "FI");
  assert.ok(!("country" in valuesFor(names, { ...ITEM, country: "" })));
  assert.ok(!("country" in valuesFor(NAMES, { ...ITEM, country: "FI" })));
});

test("a whole town is no pin, found or suggested; a street and a district are", () => {
  assert.ok(onlyTown({ quality: "town" }));
  assert.ok(["city", "town", "village"].every((kind) => onlyTown({ kind })));
  assert.ok(!onlyTown({ quality: "street" }) && !onlyTown({ kind: "suburb" }));
});

test("a line says of which kind it is", () => {
  assert.equal(lineOf(ITEM).detail, "Address");
  assert.equal(lineOf({ ...ITEM, kind: "suburb" }).detail, "District");
});

test("the search is near the map, else near the pin", () => {
  const form = { dataset: {}, elements: { lat: { value: "1" }, lon: { value: " 2 " } } };
  assert.equal(nearOf(form, NAMES), "1,2");
  form.dataset.near = "3,4";
  assert.equal(nearOf(form, NAMES), "3,4");
  assert.equal(nearOf({ dataset: {}, elements: {} }, NAMES), "");
});

test("a pin at a door is that address, one beside it is near", () => {
  assert.equal(sentence({ quality: "exact", label: "12 Oak St" }), "This is 12 Oak St.");
  const near = { quality: "nearest", label: "12 Oak St", reason: "60 m away." };
  assert.equal(sentence(near), "Near 12 Oak St. 60 m away.");
});
