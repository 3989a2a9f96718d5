// The fields of a visit; each keystroke is kept on the phone at once.

import { html } from "../lib/vendor.js";
import { me, outcomes, today } from "./store.js";
import { write } from "./visits.js";
import { day, shifted } from "./words.js";

export function Outcomes({ draft }) {
  return html`<fieldset class="outcomes">
    <legend>What came of it?</legend>
    ${outcomes.value.map(
      ({ code, label: words }) => html`<label class="outcome">
        <input
          type="radio"
          name="outcome"
          value=${code}
          checked=${draft.form.outcome === code}
          onChange=${() => write(draft.id, { outcome: code })}
        />
        <span>${words}</span>
      </label>`,
    )}
  </fieldset>`;
}

export function OrderValue({ draft }) {
  return html`<label class="field">
    <span>Order value, ${me.value.currency} <em>optional</em></span>
    <input
      type="text"
      inputmode="decimal"
      autocomplete="off"
      value=${draft.form.orderValue}
      onInput=${(event) => write(draft.id, { orderValue: event.target.value })}
    />
  </label>`;
}

export function More({ draft }) {
  const { form, id } = draft;
  const now = today.value.data?.today ?? new Date().toISOString().slice(0, 10);
  const soon = [7, 14, 28].map((days) => shifted(now, days));
  return html`<label class="field">
      <span>Note <em>optional</em></span>
      <textarea rows="2" maxlength="4000" value=${form.note}
        onInput=${(event) => write(id, { note: event.target.value })}></textarea>
    </label>
    <label class="field">
      <span>Next step <em>optional</em></span>
      <input type="text" maxlength="500" value=${form.nextStep}
        onInput=${(event) => write(id, { nextStep: event.target.value })} />
    </label>
    <fieldset class="follow-up">
      <legend>Come back on <em>optional</em></legend>
      <div class="picks">
        ${soon.map(
          (iso, index) => html`<button type="button" class="pick" aria-pressed=${form.followUpOn === iso}
            onClick=${() => write(id, { followUpOn: form.followUpOn === iso ? "" : iso })}>
            <b>${["1 week", "2 weeks", "4 weeks"][index]}</b><span class="soft">${day(iso)}</span>
          </button>`,
        )}
      </div>
      <input type="date" aria-label="Another day to come back" min=${now} value=${form.followUpOn}
        onInput=${(event) => write(id, { followUpOn: event.target.value })} />
    </fieldset>`;
}
