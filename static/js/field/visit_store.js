// Where visits wait on this phone: every change is in its storage before anything else happens.

import { computed, signal } from "../lib/vendor.js";
import { me, say } from "./store.js";

/** Every visit not yet whole on the server, oldest first. */
export const drafts = signal([]);
/** The visit whose sheet is open, by id. */
export const openSheet = signal("");
/** Visits that wait for a connection or for somebody to look at them. */
export const unsent = computed(() => drafts.value.filter((draft) => draft.problem));

export const draftOf = (id) => drafts.value.find((draft) => draft.id === id);

/** Keep a visit as it is now. */
export function keep(draft) {
  const others = drafts.value.filter(({ id }) => id !== draft.id);
  drafts.value = [...others, draft].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  store();
}

/** Let go of a visit: the server has it, or somebody gave it up. */
export function forget(id) {
  drafts.value = drafts.value.filter((draft) => draft.id !== id);
  store();
  if (openSheet.value === id) openSheet.value = "";
}

/** What an earlier page left. One that was looking for its place does not look again: that is past. */
export function restore() {
  let left = [];
  try {
    left = JSON.parse(localStorage.getItem(key()) ?? "[]");
  } catch {
    say("What this phone had kept cannot be read. Visits that were sent are not affected.");
  }
  drafts.value = left.map((draft) => ({ ...draft, fixAsked: true }));
}

function store() {
  try {
    localStorage.setItem(key(), JSON.stringify(drafts.value));
  } catch {
    say("This phone's storage is full. Keep this page open until the visit is sent.");
  }
}

// By user, so that two people who share a phone never send each other's visits.
const key = () => `fieldbeat.visits.${me.value.id}`;
