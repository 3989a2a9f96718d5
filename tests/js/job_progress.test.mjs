import assert from "node:assert/strict";
import { test } from "node:test";

import { nextDelay, sentence } from "../../static/js/controllers/job_progress.js";

test("it asks less and less often, up to ten seconds, and again each second after a change", () => {
  const delays = [1000];
  while (delays.length < 10) delays.push(nextDelay(delays.at(-1), false));
  assert.equal(delays[1], 1500);
  assert.equal(delays.at(-1), 10_000);
  assert.equal(nextDelay(10_000, true), 1000);
});

test("it says what the work does, in words", () => {
  assert.equal(sentence({ state: "queued", attempts: 0 }), "Waiting to begin…");
  assert.equal(sentence({ state: "queued", attempts: 2 }), "Trying again soon…");
  assert.equal(sentence({ state: "running", progress_text: "Row 5 of 9" }), "Row 5 of 9");
  assert.equal(sentence({ state: "done" }), "Done.");
  assert.equal(sentence({ state: "dead", error: "Roads are missing." }), "Roads are missing.");
});
