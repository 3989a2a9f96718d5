import assert from "node:assert/strict";
import { test } from "node:test";

import { outline } from "../../static/js/controllers/roads_map.js";

test("a box becomes a closed ring of longitude and latitude", () => {
  const { type, coordinates } = outline([24, 60, 25, 61]);
  assert.equal(type, "Polygon");
  assert.deepEqual(coordinates[0], [[24, 60], [25, 60], [25, 61], [24, 61], [24, 60]]);
});
