// Forms on their way: a second tap sends nothing twice, and what was typed comes back when the
// sign-in had run out, or the server had to refuse the whole page.

const KEPT = "fieldbeat.typed";
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);
const ONCE_MS = 10_000;
const LONGEST_MS = 30 * 60_000;
const BACK = "What you typed is back. Look it over, and save it.";

/** What somebody filled into a form, or null where it holds a secret or nothing at all. */
export function typedIn(controls) {
  const all = [...controls].filter(({ name }) => name);
  if (all.some(({ type }) => type === "password")) return null;
  const fields = all
    .filter(({ type }) => !NEVER.has(type))
    .map(({ name, type, value, checked }) => ({ name, type, value, checked: Boolean(checked) }));
  return fields.length ? fields : null;
}

/** Put kept fields back; of boxes and circles, the one with the same value. */
export function putBack(controls, fields) {
  for (const { name, type, value, checked } of fields) {
    const marks = type === "checkbox" || type === "radio";
    const same = (control) => control.name === name && control.type === type;
    const control = [...controls].find((one) => same(one) && (!marks || one.value === value));
    if (!control) continue;
    if (marks) control.checked = checked;
    else control.value = value;
  }
}

/** Whether what was kept belongs to this person, on this page, and is not too old. */
export function belongs(kept, { page, user, now }) {
  return kept.page === page && kept.user === user && now - kept.at < LONGEST_MS;
}

/** Look after every form of this page. */
export function watchForms() {
  document.addEventListener("submit", onSubmit);
  addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("form").forEach(free));
  comeBack();
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  keep(form);
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => free(form), ONCE_MS); // a lost connection leaves the page standing
}

function free(form) {
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}

function keep(form) {
  if (!userHere()) return undefined; // signing in again: what waits for it is not touched
  const fields = typedIn(form.elements);
  if (!fields) return sessionStorage.removeItem(KEPT);
  const action = form.getAttribute("action") ?? "";
  const kept = { page: here(), user: userHere(), action, at: Date.now(), fields };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    sessionStorage.removeItem(KEPT); // too much for this browser: it goes without
  }
  return undefined;
}

/** On the page after: the sign-in leads back to it, the page itself gets its text, others forget. */
function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  if (!userHere()) {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, lost: true }));
    leadBack(kept.page);
    return;
  }
  sessionStorage.removeItem(KEPT);
  if (!kept.lost || !belongs(kept, { page: here(), user: userHere(), now: Date.now() })) return;
  const form = [...document.forms].find((one) => (one.getAttribute("action") ?? "") === kept.action);
  if (!form) return;
  form.closest("details")?.setAttribute("open", "");
  putBack(form.elements, kept.fields);
  tell(BACK);
}

function leadBack(page) {
  const form = document.querySelector('form[action="/sign-in"]');
  if (!form || form.elements.next) return;
  const next = Object.assign(document.createElement("input"), { type: "hidden", name: "next", value: page });
  form.append(next);
}

function tell(sentence) {
  const note = Object.assign(document.createElement("p"), { className: "flash", textContent: sentence });
  note.dataset.kind = "warn";
  document.getElementById("flashes")?.append(note);
}

const here = () => location.pathname + location.search;
const userHere = () => document.querySelector("[data-user]")?.dataset.user ?? "";
