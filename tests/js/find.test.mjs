import assert from "node:assert/strict";
import { test } from "node:test";
import { matching, metresBetween, ordered, plain } from "../../static/js/field/find.js";

const make = (name, state, ratio, priority, lat) => ({
  name, address: "Main Street 1", industry: "Café", due: { state, ratio }, priority, lat, lon: 25,
});
const ACCOUNTS = [
  make("Näsi", "not_due", 0.2, 10, 62),
  make("Anchor", "overdue", 1.5, 60, 62.02),
  make("Birch", "overdue", 2.5, 50, 62.01),
  make("Clover", "due", 0.8, 90, null),
];
const names = (list) => list.map(({ name }) => name);

test("accents and case do not matter, every word must be somewhere", () => {
  assert.equal(plain("Café NÄSI"), "cafe nasi");
  assert.deepEqual(names(matching(ACCOUNTS, "cafe nasi")), ["Näsi"]);
  assert.equal(matching(ACCOUNTS, "  ").length, 4);
  assert.deepEqual(matching(ACCOUNTS, "anchor pharmacy"), []);
});

test("the most overdue comes first", () => {
  assert.deepEqual(names(ordered(ACCOUNTS, "due")), ["Birch", "Anchor", "Clover", "Näsi"]);
});

test("priority, name and nearness order as they say, and what has no pin comes last", () => {
  assert.deepEqual(names(ordered(ACCOUNTS, "priority")), ["Clover", "Anchor", "Birch", "Näsi"]);
  assert.deepEqual(names(ordered(ACCOUNTS, "name")), ["Anchor", "Birch", "Clover", "Näsi"]);
  const near = ordered(ACCOUNTS, "near", { lat: 62.019, lon: 25 });
  assert.deepEqual(names(near), ["Anchor", "Birch", "Näsi", "Clover"]);
});

test("ordering leaves the list itself alone", () => {
  const before = names(ACCOUNTS);
  ordered(ACCOUNTS, "priority");
  assert.deepEqual(names(ACCOUNTS), before);
});

test("a degree of latitude is 111 km", () => {
  assert.ok(Math.abs(metresBetween({ lat: 60, lon: 25 }, { lat: 61, lon: 25 }) - 111_195) < 10);
});
