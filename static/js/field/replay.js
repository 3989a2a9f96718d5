// What the screen shows is what the server last said with the phone's own visits laid over it,
// so that a visit counts at once, sent or not. Pure.

/** The day with the drafts of this phone on top; `outcomes` gives their labels. */
export function replayed(data, drafts, outcomes) {
  if (!data?.plan || !drafts.length) return data;
  const left = [...drafts];
  const stops = data.plan.stops.map((stop) => {
    if (stop.kind !== "visit" || stop.status === "done") return stop;
    const at = left.findIndex(({ account }) => account.id === stop.account?.id);
    return at < 0 ? stop : laid(stop, left.splice(at, 1)[0], outcomes);
  });
  return { ...data, plan: counted({ ...data.plan, stops: pointed(stops) }) };
}

function laid(stop, draft, outcomes) {
  const outcome = outcomes.find(({ code }) => code === draft.end?.outcome);
  return {
    ...stop,
    status: draft.end ? "done" : "here",
    late: false,
    unsent: Boolean(draft.problem),
    check_in: {
      id: draft.id,
      started: stop.check_in?.started ?? "",
      started_at: draft.startedAt,
      minutes: null,
      outcome_label: outcome?.label ?? "",
      reached: outcome?.reached ?? false,
    },
  };
}

/** The first visit still open is the next one. */
function pointed(stops) {
  const open = stops.findIndex(({ kind, status }) => kind === "visit" && /next|later/.test(status));
  return stops.map((stop, at) => {
    if (stop.kind !== "visit" || !/next|later/.test(stop.status)) return stop;
    return { ...stop, status: at === open ? "next" : "later" };
  });
}

function counted(plan) {
  const done = plan.stops.filter(({ kind, status }) => kind === "visit" && status === "done").length;
  return { ...plan, totals: { ...plan.totals, done } };
}
