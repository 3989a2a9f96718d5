import assert from "node:assert/strict";
import { test } from "node:test";
import { replayed } from "../../static/js/field/replay.js";
import {
  beginBody, begun, ended, missing, newId, passes,
} from "../../static/js/field/visit_draft.js";
import { amount } from "../../static/js/field/words.js";

const AT = "2026-03-02T08:00:00.000Z";
const draft = () =>
  begun({ id: "a".repeat(32), account: { id: "shop", name: "Anchor", tier: "A" }, at: AT });

test("an id has 32 small hexadecimal signs, with and without randomUUID", () => {
  const { crypto } = globalThis;
  assert.match(newId(crypto), /^[0-9a-f]{32}$/);
  assert.match(newId({ getRandomValues: (array) => crypto.getRandomValues(array) }), /^[0-9a-f]{32}$/);
});

test("a resend differs in nothing but the time of sending", () => {
  const one = beginBody({ ...draft(), fix: { lat: 1, lon: 2, accuracy_m: 3 } }, "x");
  const two = beginBody({ ...draft(), fix: { lat: 1, lon: 2, accuracy_m: 3 } }, "y");
  assert.deepEqual({ ...one, sent_at: "" }, { ...two, sent_at: "" });
  assert.equal("plan_id" in one, false);
});

test("two taps are enough", () => {
  const form = { ...draft().form, outcome: "no_order" };
  assert.equal(missing(form, { amount, asksOrder: false }), "");
  const saved = ended({ ...draft(), form }, { at: AT, amount, asksOrder: false });
  assert.deepEqual(saved.end, { outcome: "no_order", ended_at: AT });
});

test("what cannot be saved says what is missing", () => {
  assert.match(missing(draft().form, { amount, asksOrder: false }), /Choose what came of/);
  const form = { ...draft().form, outcome: "order", orderValue: "lots" };
  assert.match(missing(form, { amount, asksOrder: true }), /in figures/);
});

test("saving again keeps the moment of the first time", () => {
  const form = { ...draft().form, outcome: "order", orderValue: "250" };
  const once = ended({ ...draft(), form }, { at: AT, amount, asksOrder: true });
  const later = ended(once, { at: "2026-03-02T09:00:00.000Z", amount, asksOrder: true });
  assert.deepEqual(later.end, { outcome: "order", ended_at: AT, order_value: 250 });
});

test("a lost connection passes, a refusal does not", () => {
  assert.ok([0, 401, 429, 500, 503].every(passes));
  assert.ok(![400, 403, 404, 409].some(passes));
});

const stop = (id, status) => ({ kind: "visit", status, account: { id }, check_in: null });
const day = (...stops) => ({ plan: { stops, totals: { done: 0, visits: stops.length } } });
const OUTCOMES = [{ code: "order", label: "Order taken", reached: true }];

test("a visit counts at once, sent or not, and the next stop moves on", () => {
  const waiting = { ...draft(), end: { outcome: "order" }, problem: "No connection." };
  const { plan } = replayed(day(stop("shop", "next"), stop("cafe", "later")), [waiting], OUTCOMES);
  assert.deepEqual(plan.stops.map(({ status }) => status), ["done", "next"]);
  assert.equal(plan.stops[0].unsent, true);
  assert.equal(plan.stops[0].check_in.outcome_label, "Order taken");
  assert.equal(plan.totals.done, 1);
});

test("a visit under way is where the rep is", () => {
  const { plan } = replayed(day(stop("cafe", "next"), stop("shop", "later")), [draft()], OUTCOMES);
  assert.deepEqual(plan.stops.map(({ status }) => status), ["next", "here"]);
});

test("what the server calls done stays as it says", () => {
  const told = day({ ...stop("shop", "done"), check_in: { outcome_label: "Refused" } });
  assert.equal(replayed(told, [draft()], OUTCOMES).plan.stops[0].check_in.outcome_label, "Refused");
});

test("without visits of this phone nothing is touched", () => {
  const told = day(stop("shop", "next"));
  assert.equal(replayed(told, [], OUTCOMES), told);
  assert.deepEqual(replayed({ plan: null }, [draft()], OUTCOMES), { plan: null });
});
