import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amount, clock, day, distance, localTime, moment, money, plural, relativeDay, shifted, span,
} from "../../static/js/field/words.js";

test("seconds after midnight read as a time of day", () => {
  assert.equal(clock(30_600), "08:30");
  assert.equal(clock(86_400 + 1_800), "00:30");
  assert.equal(clock(null), "");
});

test("a span reads in minutes, then hours, and a drive is never no time at all", () => {
  assert.equal(span(0), "0 min");
  assert.equal(span(20), "1 min");
  assert.equal(span(59 * 60), "59 min");
  assert.equal(span(65 * 60), "1 h 05 min");
  assert.equal(span(7_200), "2 h");
});

test("distances read in the rep's units", () => {
  assert.equal(distance(152), "150 m");
  assert.equal(distance(12_440), "12.4 km");
  assert.equal(distance(123_456), "123 km");
  assert.equal(distance(1_609.344, "mi"), "1.0 mi");
  assert.equal(distance(152, "mi"), "500 ft");
  assert.equal(distance(160, "mi"), "0.1 mi");
});

test("an instant reads on the rep's clocks, not on the phone's", () => {
  assert.equal(localTime("2026-11-22T22:30:00Z", "Europe/Helsinki"), "00:30");
  assert.equal(moment("2026-11-22T22:30:00Z", "Europe/Helsinki"), "Mon 23 Nov, 00:30");
  assert.equal(moment("2026-11-22T22:30:00Z", "America/New_York"), "Sun 22 Nov, 17:30");
});

test("a day is the day as written, wherever the phone is", () => {
  assert.equal(day("2026-11-22"), "Sun 22 Nov");
  assert.equal(shifted("2026-02-28", 1), "2026-03-01");
  assert.equal(shifted("2026-01-01", -1), "2025-12-31");
  assert.equal(relativeDay("2026-11-23", "2026-11-22"), "Tomorrow");
  assert.equal(relativeDay("2026-11-25", "2026-11-22"), "Wed 25 Nov");
});

test("amounts are read as people of several countries write them", () => {
  const written = {
    "": null, "250": 250, "1250.5": 1250.5, "1 250,50": 1250.5, "1,250.50": 1250.5,
    "1.250,50": 1250.5, "1,250": 1250, "1.250": 1250, "12,5": 12.5, "1'250.00": 1250,
    "1,234,567": 1234567,
  };
  for (const [text, value] of Object.entries(written)) assert.equal(amount(text), value, text);
  for (const text of ["abc", "-5", "1..2", "12 EUR"]) assert.ok(Number.isNaN(amount(text)), text);
});

test("counts and money have their words", () => {
  assert.equal(plural(1, "visit"), "1 visit");
  assert.equal(plural(3, "visit"), "3 visits");
  assert.equal(money(1250, "EUR"), "EUR 1,250");
  assert.equal(money(12.5, "EUR"), "EUR 12.50");
});
