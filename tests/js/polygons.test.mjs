import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsOf, largestPart, withPart } from "../../static/js/lib/polygons.js";

const square = (west, south, size) => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];

test("bounds reach around every kind of geometry", () => {
  const features = [
    { geometry: { type: "Point", coordinates: [24, 61] } },
    { geometry: { type: "Polygon", coordinates: square(25, 60, 1) } },
    { geometry: { type: "MultiPolygon", coordinates: [square(20, 59, 1), square(30, 59, 1)] } },
    { geometry: null },
  ];
  assert.deepEqual(boundsOf(features), [20, 59, 31, 61]);
});

test("without a place there are no bounds", () => {
  assert.equal(boundsOf([]), null);
  assert.equal(boundsOf([{ geometry: null }]), null);
});

test("a single polygon is its own largest part", () => {
  const polygon = { type: "Polygon", coordinates: square(0, 0, 1) };
  assert.deepEqual(largestPart(polygon), polygon);
});

test("the largest part is found however its line turns", () => {
  const large = [square(5, 5, 3)[0].toReversed()];
  const several = { type: "MultiPolygon", coordinates: [square(0, 0, 1), large, square(9, 9, 2)] };
  assert.deepEqual(largestPart(several).coordinates, large);
});

test("changing the largest part keeps the others", () => {
  const several = { type: "MultiPolygon", coordinates: [square(0, 0, 1), square(5, 5, 3)] };
  const changed = { type: "Polygon", coordinates: square(5, 5, 4) };
  assert.deepEqual(withPart(several, changed), {
    type: "MultiPolygon",
    coordinates: [square(5, 5, 4), square(0, 0, 1)],
  });
});

test("changing all there is gives just that", () => {
  const changed = { type: "Polygon", coordinates: square(5, 5, 4) };
  assert.deepEqual(withPart({ type: "Polygon", coordinates: square(0, 0, 1) }, changed), changed);
});
