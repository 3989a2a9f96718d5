// The field app: signs of life first, then the view the address asks for.

import { html, render, useEffect, useRef } from "../lib/vendor.js";
import { AccountView } from "./account_view.js";
import { AccountsView } from "./accounts_view.js";
import { MeView } from "./me_view.js";
import { NavigateSheet } from "./navigate.js";
import { Toast, Unsent } from "./notices.js";
import { parse } from "./route.js";
import { loadMe, me, route, viewedRep } from "./store.js";
import { TabBar } from "./tab_bar.js";
import { TerritoryView } from "./territory_view.js";
import { TodayView } from "./today_view.js";
import { VisitSheet } from "./visit_sheet.js";
import { openSheet } from "./visit_store.js";
import { takeUp } from "./visits.js";

const TITLES = { today: "Today", map: "Map", accounts: "Accounts", me: "Me" };

// Where each list was left, so that coming back from an account finds the same place.
const left = new Map();

function App() {
  const { view, id } = route.value;
  const main = useRef(null);
  useEffect(() => {
    document.title = `${TITLES[view]} · Fieldbeat`;
    main.current?.focus({ preventScroll: true });
    scrollTo(0, id ? 0 : (left.get(view) ?? 0));
  }, [view, id]);
  return html`<main id="view" tabindex="-1" ref=${main}>
      <${Unsent} />
      ${view === "today" && html`<${TodayView} />`}
      ${view === "map" && html`<${TerritoryView} />`}
      ${view === "accounts" && !id && html`<${AccountsView} />`}
      ${view === "accounts" && id && html`<${AccountView} key=${id} id=${id} />`}
      ${view === "me" && html`<${MeView} />`}
    </main>
    <${TabBar} />
    <${VisitSheet} />
    <${NavigateSheet} />
    <${Toast} />`;
}

function Failed({ message }) {
  return html`<main id="view" class="view narrow">
    <h1>Fieldbeat</h1>
    <p role="alert">${message}</p>
    <button type="button" class="button button--primary button--wide" onClick=${() => location.reload()}>Try again</button>
  </main>`;
}

async function begin() {
  const place = document.getElementById("app");
  addEventListener("hashchange", () => {
    openSheet.value = ""; // the way back leads out of a sheet, too; the visit goes on
    if (!route.value.id) left.set(route.value.view, scrollY);
    route.value = parse(location.hash);
  });
  try {
    await loadMe();
  } catch (wrong) {
    if (wrong.status !== 401) render(html`<${Failed} message=${wrong.message} />`, place);
    return undefined;
  }
  // Somebody of the office has no day of their own; they come here to look at a rep's.
  if (me.value.role !== "rep" && !viewedRep) return location.replace("/");
  place.replaceChildren();
  render(html`<${App} />`, place);
  if (me.value.role === "rep") takeUp();
  return undefined;
}

begin();
