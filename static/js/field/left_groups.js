// Accounts left out, gathered by reason: what a rep can still change comes first. Pure.

const WORDS = {
  appointment_conflict: "Appointments that collide",
  window_too_tight: "Hours too short for a visit",
  day_full: "The day is full",
  max_visits: "More than the most visits a day",
  by_appointment: "Open by appointment only",
  no_pin: "No place on the map",
  no_road: "No road leads there",
  too_far_for_day: "Too far for this day",
  service_too_long: "The visit takes too long",
  skill_missing: "Needs somebody else",
  locked_out: "Kept out by hand",
  manual: "Planned by hand only",
  no_shift: "No working time",
  closed_today: "Closed on this day",
};
const ORDER = Object.keys(WORDS);
const FEW = 4;

/** [{ reason, words, items, few }], most useful first; a new reason keeps its own first sentence. */
export function grouped(left) {
  const found = new Map();
  for (const one of left) {
    if (!found.has(one.reason)) found.set(one.reason, []);
    found.get(one.reason).push(one);
  }
  const rank = (reason) => (ORDER.includes(reason) ? ORDER.indexOf(reason) : -1);
  return [...found]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([reason, items]) => ({
      reason,
      words: WORDS[reason] ?? items[0].sentence,
      items,
      few: items.length <= FEW,
    }));
}
