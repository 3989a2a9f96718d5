import assert from "node:assert/strict";
import { test } from "node:test";
import { belongs, putBack, typedIn } from "../../static/js/lib/sent_forms.js";

const FORM = [
  { name: "csrf_token", type: "hidden", value: "secret" },
  { name: "name", type: "text", value: "مقهى Näsi ☕" },
  { name: "fixed", type: "checkbox", value: "yes", checked: true },
  { name: "tier", type: "radio", value: "A", checked: false },
  { name: "tier", type: "radio", value: "B", checked: true },
  { name: "list", type: "file", value: "" },
  { name: "", type: "text", value: "has no name" },
];

test("what was typed is kept, tokens and files are not", () => {
  assert.deepEqual(typedIn(FORM).map(({ name }) => name), ["name", "fixed", "tier", "tier"]);
});

test("a form with a password is never kept, nor one without a field", () => {
  assert.equal(typedIn([...FORM, { name: "password", type: "password", value: "x" }]), null);
  assert.equal(typedIn([FORM[0]]), null);
});

test("everything comes back to where it was", () => {
  const fresh = FORM.map((one) => ({ ...one, value: /text|hidden/.test(one.type) ? "" : one.value, checked: false }));
  putBack(fresh, typedIn(FORM));
  assert.equal(fresh[0].value, "");
  assert.equal(fresh[1].value, "مقهى Näsi ☕");
  assert.deepEqual(fresh.slice(2, 5).map(({ checked }) => checked), [true, false, true]);
});

test("it comes back only to the same person, on the same page, in good time", () => {
  const kept = { page: "/accounts/new", user: "u1", at: 1_000 };
  const here = { page: "/accounts/new", user: "u1", now: 2_000 };
  assert.ok(belongs(kept, here));
  assert.ok(!belongs(kept, { ...here, user: "u2" }));
  assert.ok(!belongs(kept, { ...here, page: "/users/new" }));
  assert.ok(!belongs(kept, { ...here, now: 3 * 3_600_000 }));
});
