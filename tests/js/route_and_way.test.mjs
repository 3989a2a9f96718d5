import assert from "node:assert/strict";
import { test } from "node:test";
import { address, parse } from "../../static/js/field/route.js";
import { restOfDay, way } from "../../static/js/field/way.js";

const SHOP = { lat: 60.17, lon: 24.94, name: "Café & Bar" };

test("an address leads to its view and an unknown one to today", () => {
  assert.deepEqual(parse("#/accounts/abc"), { view: "accounts", id: "abc" });
  assert.deepEqual(parse("#/map?x=1"), { view: "map", id: "" });
  assert.deepEqual(parse(""), { view: "today", id: "" });
  assert.deepEqual(parse("#/javascript:alert(1)"), { view: "today", id: "" });
  assert.equal(address("accounts", "a b"), "#/accounts/a%20b");
});

test("every app is handed the same place", () => {
  for (const app of ["google", "apple", "waze", "geo"]) {
    assert.match(way(app, SHOP), /60\.170000,24\.940000/);
  }
  assert.match(way("geo", SHOP), /^geo:.*\(Caf%C3%A9%20%26%20Bar\)$/);
  assert.match(way("nonsense", SHOP), /^https:\/\/www\.google\.com\/maps/);
});

test("a long day is handed over in parts that lose no stop", () => {
  const places = Array.from({ length: 23 }, (_, n) => ({ lat: 60 + n / 100, lon: 25 }));
  const links = restOfDay(places);
  assert.equal(links.length, 3);
  const all = links.flatMap((link) => link.match(/60\.\d{6}/g));
  assert.deepEqual(new Set(all), new Set(places.map(({ lat }) => lat.toFixed(6))));
  assert.ok(links.every((link) => (link.match(/%7C/g) ?? []).length <= 8));
  assert.deepEqual(restOfDay([]), []);
});
