import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped } from "../../static/js/field/left_groups.js";
import { boundsOf, sketch } from "../../static/js/field/sketch.js";

const BOX = { width: 400, height: 200, margin: 20 };
const PATHS = [[[25, 62], [25.1, 62.02]], [[25.1, 62.02], [25.05, 62.01]]];
const STOPS = [{ lon: 25.1, lat: 62.02, number: 1, state: "next" }];

test("everything is drawn inside the box, north up", () => {
  const { lines, dots } = sketch({ paths: PATHS, stops: STOPS }, BOX);
  const points = lines.flatMap((line) => line.split(" ").map((point) => point.split(",").map(Number)));
  for (const [x, y] of [...points, ...dots.map(({ x, y }) => [x, y])]) {
    assert.ok(x >= 19.9 && x <= 380.1 && y >= 19.9 && y <= 180.1, `${x},${y}`);
  }
  assert.ok(points[1][1] < points[0][1], "the northern end is higher");
});

test("stops at one address stand side by side, the next one on top", () => {
  const twins = [{ ...STOPS[0] }, { ...STOPS[0], number: 2, state: "planned" }];
  const { dots } = sketch({ paths: [], stops: twins }, BOX);
  assert.deepEqual(dots.map(({ number }) => number), [2, 1]);
  assert.ok(Math.hypot(dots[0].x - dots[1].x, dots[0].y - dots[1].y) > 25);
  assert.equal(dots[0].placeX, dots[1].placeX);
});

test("one single stop stands in the middle", () => {
  const { dots } = sketch({ paths: [], stops: STOPS }, BOX);
  assert.deepEqual([dots[0].x, dots[0].y], [200, 100]);
});

test("nothing to draw is nothing", () => {
  assert.equal(sketch({ paths: [], stops: [] }, BOX), null);
  assert.equal(boundsOf([]), null);
  assert.deepEqual(boundsOf([[25, 62], [24, 63]]), [24, 62, 25, 63]);
});

test("accounts left out are gathered by reason, the changeable ones first", () => {
  const left = ["closed_today", "day_full", "closed_today", "brand_new"].map((reason, n) => ({
    reason, sentence: `Sentence ${n}.`, account: {},
  }));
  const groups = grouped(left);
  assert.deepEqual(groups.map(({ reason }) => reason), ["brand_new", "day_full", "closed_today"]);
  assert.equal(groups[0].words, "Sentence 3.");
  assert.equal(groups[2].items.length, 2);
});
