import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "../../static/js/lib/spread.js";

const nearest = (points) => {
  const all = points.flatMap((a, at) => points.slice(at + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
  return Math.min(...all);
};

test("stops at the same place come to stand side by side", () => {
  const moved = spread(Array.from({ length: 5 }, () => ({ x: 100, y: 50 })), 30);
  assert.ok(nearest(moved) > 29.5, `${nearest(moved)}`);
  assert.ok(moved.every(({ x, y }) => Math.hypot(x - 100, y - 50) < 60), "and stay near it");
});

test("a crowd of forty in a small corner can be read", () => {
  const crowd = Array.from({ length: 40 }, (_, n) => ({ x: (n * 7) % 40, y: (n * 11) % 40 }));
  assert.ok(nearest(spread(crowd, 30)) > 25);
});

test("what is apart stays where it is, in its order", () => {
  const apart = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 0, y: 100 }];
  for (const [at, { x, y }] of spread(apart, 30).entries()) {
    assert.ok(Math.hypot(x - apart[at].x, y - apart[at].y) < 0.1);
  }
});

test("the same stops are spread in the same way each time", () => {
  const points = [{ x: 5, y: 5 }, { x: 5, y: 5 }, { x: 9, y: 5 }];
  assert.deepEqual(spread(points, 20), spread(points, 20));
  assert.deepEqual(spread([], 20), []);
});
