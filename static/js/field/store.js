// What the phone knows now. Views read these signals; only this file asks the server for them.

import { computed, signal } from "../lib/vendor.js";
import { get } from "./api.js";
import { parse } from "./route.js";

const asked = new URLSearchParams(location.search);

/** Where we are: { view, id }. */
export const route = signal(parse(location.hash));
/** Who is signed in. */
export const me = signal(null);
/** The day shown, as an ISO day; empty means today where the rep is. */
export const chosenDay = signal("");
/** The answers of /today, /territory and /accounts/<id>, each { data, error, loading, at }. */
export const today = signal(empty());
export const territory = signal(empty());
export const account = signal(empty());
/** A short message at the foot of the screen, with an optional action { label, run }. */
export const toast = signal(null);

/** A manager who looks at a rep's day. */
export const viewedRep = asked.get("rep") ?? "";
/** Maps are off where a test, or a slow machine, asks for it. */
export const mapsOff = asked.has("nomap");
/** Check-ins are the rep's own doing, never somebody else's. */
export const canAct = computed(() => me.value?.role === "rep" && !viewedRep);
export const outcomes = computed(() => me.value?.outcomes ?? []);
export const units = computed(() => me.value?.units ?? "km");

export async function loadMe() {
  me.value = (await get("/api/v1/me")).me;
}

/** Read the day again; what is shown stays until the answer is there. */
export function loadToday() {
  return load(today, `/api/v1/today${query({ date: chosenDay.value })}`);
}

export function loadTerritory() {
  return load(territory, `/api/v1/territory${query({})}`);
}

export function loadAccount(id) {
  if (account.value.data?.account.id !== id) account.value = empty();
  return load(account, `/api/v1/accounts/${encodeURIComponent(id)}${query({})}`);
}

/** Show another day. */
export function showDay(iso) {
  chosenDay.value = iso;
  today.value = empty();
  return loadToday();
}

export function say(message, action = null) {
  toast.value = { message, action };
}

function empty() {
  return { data: null, error: "", loading: false, at: null };
}

const latest = new WeakMap();

async function load(target, path) {
  const turn = (latest.get(target) ?? 0) + 1;
  latest.set(target, turn);
  target.value = { ...target.value, loading: true };
  try {
    const data = await get(path);
    if (latest.get(target) === turn) target.value = { data, error: "", loading: false, at: now() };
  } catch (wrong) {
    if (latest.get(target) !== turn) return; // a later question was asked meanwhile
    target.value = { ...target.value, error: wrong.message, loading: false };
  }
}

function now() {
  return new Date();
}

function query(values) {
  const all = { ...values, rep: viewedRep };
  const kept = Object.entries(all).filter(([, value]) => value);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}
