// Follows a job: asks every second, less often while nothing changes, and goes on when it is done.

const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;
const ENDED = { done: "Done.", cancelled: "Stopped." };
const FAILED = "This did not work.";

/** How long to wait before asking again: at once slower while nothing changes. */
export function nextDelay(delay, changed) {
  return changed ? SHORTEST_MS : Math.min(LONGEST_MS, delay * 1.5);
}

/** What to say about a job. */
export function sentence(job) {
  if (job.state === "queued") return job.attempts ? "Trying again soon…" : "Waiting to begin…";
  if (job.state === "running") return job.progress_text || "Working…";
  return ENDED[job.state] ?? job.error ?? FAILED;
}

export default function jobProgress(element) {
  const part = (name) => element.querySelector(`.job-progress__${name}`);
  const [bar, text, error, stop] = ["bar", "text", "error", "stop"].map(part);
  let delay = SHORTEST_MS;
  let etag = null;
  let timer = null;
  let ended = false;

  async function look() {
    clearTimeout(timer);
    const changed = await ask().catch(() => say("No connection. Trying again…"));
    ended ||= changed === "ended";
    if (ended) return;
    delay = nextDelay(delay, changed === "changed");
    timer = setTimeout(look, delay);
  }

  async function ask() {
    const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(element.dataset.url, { headers });
    if (answer.status === 304) return "same";
    const told = await answer.json();
    if (!answer.ok) return answer.status >= 500 ? "same" : fail(told.error);
    etag = answer.headers.get("ETag");
    return show(told.job);
  }

  function show(job) {
    if (stop) stop.hidden = !["queued", "running"].includes(job.state);
    if (job.state === "queued" || !job.progress) bar.removeAttribute("value");
    else bar.value = job.progress;
    if (["failed", "dead"].includes(job.state)) return fail(sentence(job));
    say(sentence(job));
    if (job.state === "cancelled") bar.hidden = true;
    if (job.state === "done") goOn();
    return job.state in ENDED ? "ended" : "changed";
  }

  function say(sentence) {
    // A screen reader would read the same words again each time they are set.
    if (text.textContent !== sentence) text.textContent = sentence;
    return "same";
  }

  function fail(message) {
    bar.hidden = true;
    text.hidden = true;
    if (stop) stop.hidden = true;
    error.textContent = message || FAILED;
    error.hidden = false;
    return "ended";
  }

  function goOn() {
    bar.value = 1;
    if (element.dataset.next) location.assign(element.dataset.next);
    else location.reload();
  }

  stop?.addEventListener("click", async () => {
    stop.disabled = true;
    await fetch(element.dataset.url, {
      method: "DELETE",
      headers: { "Content-Type": "application/json", "X-Fieldbeat": "1" },
    }).catch(() => null);
    stop.disabled = false;
    delay = SHORTEST_MS;
    look();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !ended) look();
  });
  look();
}
