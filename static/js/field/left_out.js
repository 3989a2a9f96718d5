// The accounts that wanted a visit and got none, each with its reason.

import { html, useState } from "../lib/vendor.js";
import { TierMark } from "./marks.js";
import { address } from "./route.js";
import { plural } from "./words.js";

const AT_FIRST = 5;

export function LeftOut({ left }) {
  const [all, setAll] = useState(false);
  if (!left.length) return null;
  const shown = all ? left : left.slice(0, AT_FIRST);
  return html`<section class="left-out" aria-labelledby="left-out">
    <h2 id="left-out" class="list-title">Left out, and why</h2>
    <ul class="plain-list">
      ${shown.map(
        (one) => html`<li key=${one.visit_id} class="line">
          <a href=${address("accounts", one.account.id)}>
            <${TierMark} tier=${one.account.tier} />${one.account.name}
          </a>
          <span class="soft">${one.sentence}</span>
        </li>`,
      )}
    </ul>
    ${left.length > shown.length &&
    html`<button type="button" class="button button--quiet button--wide" onClick=${() => setAll(true)}>
      Show ${plural(left.length - shown.length, "more", "more")}
    </button>`}
  </section>`;
}
