// Me: who is signed in here, what this phone remembers, and the way out.

import { html } from "../lib/vendor.js";
import { send } from "./api.js";
import { Icon } from "./icons.js";
import { app, choose } from "./navigate.js";
import { me, say } from "./store.js";
import { drafts } from "./visit_store.js";
import { APPS } from "./way.js";
import { plural } from "./words.js";

export function MeView() {
  const user = me.value;
  return html`<div class="view narrow">
    <header class="view-head">
      <h1>${user.name}</h1>
      <p class="soft">${user.email} · ${user.role_label} · ${user.company}</p>
    </header>
    ${user.is_demo && html`<p class="soft">Demo company: the places are real, from OpenStreetMap; people, tiers, visits and orders are made up.</p>`}
    <section class="card" aria-labelledby="my-day">
      <h2 id="my-day">My day</h2>
      <dl class="fact-list">
        <div><dt>Working hours</dt><dd>${user.work_hours || "Not set"}</dd></div>
        <div><dt>Start and end</dt><dd>${user.home || "Not set: ask your manager"}</dd></div>
        <div><dt>Times are in</dt><dd>${user.time_zone}</dd></div>
      </dl>
    </section>
    <section class="card" aria-labelledby="navigation">
      <h2 id="navigation">Navigation on this phone</h2>
      <fieldset class="choices">
        <legend class="visually-hidden">Navigate with</legend>
        ${[...APPS, { code: "", label: "Ask me each time" }].map(
          ({ code, label }) => html`<label class="choice">
            <input type="radio" name="app" checked=${app.value === code} onChange=${() => choose(code)} />
            <span>${label}</span>
          </label>`,
        )}
      </fieldset>
    </section>
    <section class="card" aria-labelledby="privacy">
      <h2 id="privacy">What is noted about me</h2>
      <p>
        Your place is asked for only when you check in, and kept with that visit. It is never
        followed in between. Without it you can check in all the same.
      </p>
    </section>
    <a class="button button--wide" href="/password">Change password</a>
    <a class="button button--wide" href="/devices">Signed-in devices</a>
    <button type="button" class="button button--wide" onClick=${signOut}><${Icon} name="out" />Sign out</button>
  </div>`;
}

async function signOut() {
  const waiting = drafts.value.length;
  const sentence =
    `${plural(waiting, "visit")} on this phone ${waiting === 1 ? "is" : "are"} not sent yet. ` +
    "They stay here and are sent when you sign in again. Sign out?";
  if (waiting && !confirm(sentence)) return;
  try {
    // The answer is the sign-in page, not JSON; all that matters is that it came.
    await send("POST", "/sign-out").catch((wrong) => {
      if (wrong.status === 0) throw wrong;
    });
    location.assign("/sign-in");
  } catch (wrong) {
    say(wrong.message);
  }
}
