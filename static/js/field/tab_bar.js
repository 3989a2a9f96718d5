// The four places of the app, at the thumb.

import { html } from "../lib/vendor.js";
import { Icon } from "./icons.js";
import { address } from "./route.js";
import { route } from "./store.js";

const TABS = [
  ["today", "Today"],
  ["map", "Map"],
  ["accounts", "Accounts"],
  ["me", "Me"],
];

export function TabBar() {
  const { view } = route.value;
  return html`<nav class="tabs" aria-label="Places">
    ${TABS.map(
      ([name, label]) => html`<a
        class="tab"
        href=${address(name)}
        aria-current=${view === name ? "page" : null}
      >
        <${Icon} name=${name} /><span>${label}</span>
      </a>`,
    )}
  </nav>`;
}
