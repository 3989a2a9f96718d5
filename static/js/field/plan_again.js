// Ask for a fresh plan, follow the work, and show the new day when it is there.

import { html, useEffect, useRef, useState } from "../lib/vendor.js";
import { get, send } from "./api.js";
import { Icon } from "./icons.js";
import { canAct, loadToday, say } from "./store.js";

const EVERY_MS = 700;
const LONGEST_MS = 120_000;
const OVER = new Set(["done", "failed", "dead", "cancelled"]);

export function PlanAgain({ date, label, running = null }) {
  const [work, setWork] = useState(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    if (running) follow(running, alive, setWork);
    return () => (alive.current = false);
  }, [running]);
  if (!canAct.value) return null;
  const busy = work && !work.over;
  return html`<div class="plan-again">
    <button
      type="button"
      class=${`button button--wide ${label === "Plan again" ? "" : "button--primary"}`}
      disabled=${busy}
      onClick=${() => ask(date, alive, setWork)}
    >
      <${Icon} name="again" />${busy ? "Planning…" : label}
    </button>
    <div class="plan-progress" aria-live="polite">
      ${busy && html`<progress max="1" value=${work.fraction || null}></progress>`}
      ${work && html`<p class="soft">${work.text}</p>`}
    </div>
  </div>`;
}

async function ask(date, alive, setWork) {
  setWork({ text: "Asking for a plan…", over: false });
  try {
    const { job } = await send("POST", "/api/v1/plans", { date });
    await follow(typeof job === "string" ? job : job.id, alive, setWork);
  } catch (wrong) {
    if (alive.current) setWork({ text: wrong.message, over: true });
  }
}

async function follow(id, alive, setWork) {
  const until = Date.now() + LONGEST_MS;
  while (alive.current && Date.now() < until) {
    const { job } = await get(`/api/v1/jobs/${encodeURIComponent(id)}`);
    if (OVER.has(job.state)) return finish(job, alive, setWork);
    const text = job.progress_text || "Waiting for its turn…";
    setWork({ text, fraction: job.progress, over: false });
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
  if (alive.current) setWork({ text: "This takes long. The plan will appear here.", over: true });
  return undefined;
}

async function finish(job, alive, setWork) {
  if (job.state === "done") {
    await loadToday();
    say("Your day is planned.");
    if (alive.current) setWork(null);
    return;
  }
  if (alive.current) setWork({ text: job.error || "The plan could not be made.", over: true });
}
