// The map of territories, and drawing on it: a new shape asks for its name, a changed one is saved.

import { createMap, setAccounts, setTerritories, showBounds } from "../lib/map.js";
import { boundsOf, largestPart, withPart } from "../lib/polygons.js";
import { read, send } from "../lib/office_api.js";
import { drawTerritory } from "../lib/territory_draw.js";

// The bar of the drawing tools covers the lower edge of the map.
const ROOM = { top: 50, right: 60, bottom: 190, left: 40 };

export default function territoryMap(root) {
  return new TerritoryMap(root).start();
}

class TerritoryMap {
  // Lifecycle

  constructor(root) {
    this.root = root;
    this.shapes = { type: "FeatureCollection", features: [] };
    this.drawing = null;
  }

  async start() {
    const { shapesUrl, accountsUrl, accountPage } = this.root.dataset;
    const [shapes, accounts] = await Promise.all([read(shapesUrl), read(accountsUrl)]);
    this.shapes = shapes ?? this.shapes;
    // One account with a wrong pin must not shrink everything else to a dot.
    const bounds = boundsOf(this.shapes.features) ?? boundsOf(accounts?.features ?? []);
    this.map = await createMap(this.#part("map"), { bounds });
    if (!this.map) return;
    setTerritories(this.map, this.shapes);
    if (accounts) {
      setAccounts(this.map, accounts, { onSelect: ({ id }) => location.assign(accountPage + id) });
    }
    this.#listen();
  }

  // Actions

  async draw({ id, version } = {}) {
    await this.#begin(null, (drawn) => (id ? this.#save(id, version, drawn.geometry) : this.#name(drawn)));
  }

  async edit({ id, version }) {
    const whole = this.shapes.features.find((feature) => feature.properties.id === id);
    if (!whole) return;
    const part = largestPart(whole.geometry);
    const others = this.shapes.features.filter((feature) => feature !== whole);
    setTerritories(this.map, { ...this.shapes, features: others });
    showBounds(this.map, boundsOf([{ geometry: part }]), { padding: ROOM });
    await this.#begin({ type: "Feature", properties: {}, geometry: part }, (drawn) =>
      this.#save(id, version, withPart(whole.geometry, drawn.geometry)),
    );
  }

  discard() {
    this.#part("dialog").close();
    setTerritories(this.map, this.shapes);
  }

  // Private

  #part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  #listen() {
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.hidden = false;
      button.addEventListener("click", () => this[button.dataset.act](button.dataset));
    }
  }

  /** `keep` saves what was drawn and returns why not, if so; then the drawing is there to go on. */
  async #begin(feature, keep) {
    this.drawing?.stop();
    this.#say("");
    this.#part("map").scrollIntoView({ block: "nearest" });
    const onCancel = () => setTerritories(this.map, this.shapes);
    const onDone = async (drawn) => {
      const wrong = await keep(drawn);
      if (!wrong) return;
      onCancel();
      await this.#begin(drawn, keep);
      this.#say(wrong);
    };
    this.drawing = await drawTerritory(this.map, { feature, onDone, onCancel });
  }

  #name(drawn) {
    this.#show(drawn.geometry);
    const dialog = this.#part("dialog");
    const form = this.#part("name-form");
    form.onsubmit = async (event) => {
      event.preventDefault();
      const name = form.elements.name.value.trim();
      const wrong = await send("POST", this.root.dataset.shapesUrl, { name, shape: drawn.geometry });
      if (wrong) this.#say(wrong, "dialog-error");
    };
    this.#say("", "dialog-error");
    dialog.showModal();
    return new Promise((goOn) => (dialog.oncancel = () => goOn("Your outline is not saved yet.")));
  }

  #save(id, version, shape) {
    this.#show(shape);
    return send("PUT", `${this.root.dataset.shapesUrl}/${id}/shape`, { version: Number(version), shape });
  }

  /** Keep what was drawn in sight while it is on its way, and when it is refused. */
  #show(geometry) {
    const drawn = { type: "Feature", geometry, properties: { name: "Your drawing" } };
    setTerritories(this.map, { ...this.shapes, features: [...this.shapes.features, drawn] });
  }

  #say(sentence, part = "error") {
    Object.assign(this.#part(part), { textContent: sentence, hidden: !sentence });
  }
}
