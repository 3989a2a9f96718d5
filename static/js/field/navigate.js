// Hand the drive to the navigation app the rep likes; the choice is remembered on this phone.

import { html, signal } from "../lib/vendor.js";
import { useDialog } from "./dialog.js";
import { Icon } from "./icons.js";
import { APPS, way } from "./way.js";

const KEPT = "fieldbeat.navigate";

/** The app chosen on this phone; empty until somebody chooses. */
export const app = signal(localStorage.getItem(KEPT) ?? "");
const asking = signal(null);

export function choose(code) {
  app.value = code;
  if (code) localStorage.setItem(KEPT, code);
  else localStorage.removeItem(KEPT);
}

/** A link to the chosen app, or a button that asks which one, the first time. */
export function Navigate({ place, wide = false }) {
  if (!place || place.lat == null) return null;
  const look = `button ${wide ? "button--wide" : ""}`;
  if (!app.value) {
    return html`<button type="button" class=${look} onClick=${() => (asking.value = place)}>
      <${Icon} name="navigate" />Navigate
    </button>`;
  }
  return html`<a class=${look} href=${way(app.value, place)} target="_blank" rel="noopener noreferrer">
    <${Icon} name="navigate" />Navigate
  </a>`;
}

/** The question which app to use; asked once. */
export function NavigateSheet() {
  return asking.value && html`<${Choice} place=${asking.value} />`;
}

function Choice({ place }) {
  const dialog = useDialog();
  const close = () => (asking.value = null);
  return html`<dialog class="sheet" ref=${dialog} onClose=${close} aria-labelledby="navigate-title">
    <h2 id="navigate-title">Navigate with</h2>
    <p class="soft">Asked once. You can change it under Me.</p>
    <div class="choices">
      ${APPS.map(
        ({ code, label }) => html`<a
          class="button button--wide"
          href=${way(code, place)}
          target="_blank"
          rel="noopener noreferrer"
          onClick=${() => {
            choose(code);
            dialog.current.close();
          }}
          >${label}</a
        >`,
      )}
    </div>
    <button type="button" class="button button--wide button--quiet" onClick=${() => dialog.current.close()}>Not now</button>
  </dialog>`;
}
