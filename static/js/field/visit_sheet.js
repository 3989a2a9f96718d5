// The sheet of a visit: tap what came of it, tap Save. Everything else is optional, and everything
// typed is kept on the phone until the server has it.

import { html, useRef, useState } from "../lib/vendor.js";
import { useDialog } from "./dialog.js";
import { Icon } from "./icons.js";
import { localTime } from "./next_stop.js";
import { outcomes, say, units } from "./store.js";
import { missing } from "./visit_draft.js";
import { More, OrderValue, Outcomes } from "./visit_fields.js";
import { draftOf, openSheet } from "./visit_store.js";
import { finish, sending, takeBack } from "./visits.js";
import { amount, distance } from "./words.js";

const DOUBLE_TAP_MS = 500; // the second tap on Check in falls on what has just appeared

export function VisitSheet() {
  const draft = draftOf(openSheet.value);
  return draft ? html`<${Sheet} key=${draft.id} draft=${draft} />` : null;
}

function Sheet({ draft }) {
  const dialog = useDialog();
  const [said, setSaid] = useState("");
  const opened = useRef(performance.now());
  const { form } = draft;
  const outcome = outcomes.value.find(({ code }) => code === form.outcome);
  const asksOrder = outcome?.asks === "order";
  const busy = sending.value.has(draft.id);
  async function save(event) {
    event.preventDefault();
    if (!form.outcome && performance.now() - opened.current < DOUBLE_TAP_MS) return;
    const sentence = missing(form, { amount, asksOrder });
    setSaid(sentence);
    if (!sentence) await finish(draft.id);
  }
  return html`<dialog
    class="sheet visit-sheet"
    ref=${dialog}
    onClose=${() => openSheet.value === draft.id && (openSheet.value = "")}
    aria-labelledby="visit-title"
  >
    <form method="dialog" onSubmit=${save}>
      <header>
        <div>
          <h2 id="visit-title">${draft.account.name}</h2>
          <p class="soft">Checked in ${localTime(draft.startedAt)} · ${place(draft)}</p>
        </div>
        <button type="button" class="icon-button" aria-label="Close; the visit goes on"
          onClick=${() => dialog.current.close()}><${Icon} name="close" /></button>
      </header>
      <${Outcomes} draft=${draft} />
      ${asksOrder && html`<${OrderValue} draft=${draft} />`}
      <${More} draft=${draft} />
      <div class="sheet-foot">
        <p class="problem" role="alert">${said || draft.problem}</p>
        <button type="submit" class="button button--primary button--wide" disabled=${busy}>
          <${Icon} name="check" />${label(draft, busy)}
        </button>
        ${!draft.end &&
        html`<button type="button" class="button button--quiet button--wide" disabled=${busy}
          onClick=${() => undo(draft)}>I am not here: take the check-in back</button>`}
      </div>
    </form>
  </dialog>`;
}

function place(draft) {
  if (!draft.fixAsked) return "looking where you are…";
  if (draft.fix) return `place noted (±${distance(Math.max(draft.fix.accuracy_m, 10), units.value)})`;
  return "without a place";
}

function label(draft, busy) {
  if (busy && draft.end) return "Saving…";
  return draft.problem && draft.end ? "Try again" : "Save visit";
}

async function undo(draft) {
  try {
    await takeBack(draft.id);
    say(`The check-in at ${draft.account.name} was taken back.`);
  } catch (wrong) {
    say(wrong.message);
  }
}
