// The accounts that wanted a visit and got none, by the reason why.

import { html } from "../lib/vendor.js";
import { grouped } from "./left_groups.js";
import { TierMark } from "./marks.js";
import { address } from "./route.js";

export function LeftOut({ left }) {
  if (!left.length) return null;
  return html`<section class="left-out" aria-labelledby="left-out">
    <h2 id="left-out" class="list-title">Left out, and why</h2>
    ${grouped(left).map(
      (group) => html`<details class="left-group" key=${group.reason} open=${group.few}>
        <summary><span>${group.words}</span><b>${group.items.length}</b></summary>
        <ul class="plain-list">
          ${group.items.map((one) => html`<${Line} key=${one.visit_id} one=${one} />`)}
        </ul>
      </details>`,
    )}
  </section>`;
}

function Line({ one }) {
  return html`<li class="line">
    <a href=${address("accounts", one.account.id)}>
      <${TierMark} tier=${one.account.tier} />${one.account.name}
    </a>
    <span class="soft">${one.sentence}</span>
  </li>`;
}
