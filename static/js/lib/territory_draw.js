// Draw the outline of a territory, or move the corners of one. The tools load when first used.

import { loadDrawing } from "./terra_draw.js";

const DRAW = "Tap the corners one after another. Tap the first one again to close the outline.";
const EDIT = "Drag a corner to move it. Drag a dot between two corners to add one.";
const PRECISION = 6; // 0.1 m

/**
 * Start drawing on a map from `createMap`. `feature` is a polygon to change; without it a new one
 * is drawn. `onDone` gets the polygon as a GeoJSON feature, `onCancel` nothing.
 * Returns `{ stop() }`, which takes the tools away and tells nobody.
 */
export async function drawTerritory(map, { feature = null, onDone, onCancel = () => {} }) {
  const tools = await loadDrawing();
  return new TerritoryDraw(map, tools, { feature, onDone, onCancel });
}

class TerritoryDraw {
  // Lifecycle

  constructor(map, tools, { feature, onDone, onCancel }) {
    this.map = map;
    this.onDone = onDone;
    this.onCancel = onCancel;
    this.draw = new tools.TerraDraw({
      adapter: new tools.TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
      modes: this.#modes(tools),
    });
    this.#showBar();
    this.draw.start();
    this.draw.on("finish", (id, { action }) => action === "draw" && this.#edit(id));
    // The map's own double-tap zoom would take the second tap of a corner.
    map.doubleClickZoom.disable();
    if (feature) this.#take(feature);
    else this.restart();
  }

  stop() {
    if (!this.draw) return;
    this.draw.stop();
    this.draw = null;
    this.bar.remove();
    this.map.doubleClickZoom.enable();
  }

  // Actions

  restart() {
    this.draw.clear();
    this.draw.setMode("polygon");
    this.#say(DRAW, { closed: false });
  }

  done() {
    const drawn = this.draw.getSnapshot().find((shape) => shape.geometry.type === "Polygon");
    if (!drawn) return;
    const { geometry } = drawn;
    this.stop();
    this.onDone({ type: "Feature", properties: {}, geometry });
  }

  cancel() {
    this.stop();
    this.onCancel();
  }

  // Private

  #modes({ TerraDrawPolygonMode, TerraDrawSelectMode, ValidateNotSelfIntersecting }) {
    const validation = (shape, { updateType }) =>
      updateType === "finish" || updateType === "commit"
        ? ValidateNotSelfIntersecting(shape)
        : { valid: true };
    const coordinates = { midpoints: true, draggable: true, deletable: true };
    return [
      new TerraDrawPolygonMode({ validation, pointerDistance: 24 }),
      new TerraDrawSelectMode({
        pointerDistance: 24,
        flags: { polygon: { feature: { validation, draggable: false, coordinates } } },
      }),
    ];
  }

  #take(feature) {
    const coordinates = feature.geometry.coordinates.map((ring) => ring.map(rounded));
    const geometry = { type: "Polygon", coordinates };
    const shape = { type: "Feature", properties: { mode: "polygon" }, geometry };
    const [added] = this.draw.addFeatures([shape]);
    if (added?.valid) this.#edit(added.id);
    else this.restart();
  }

  #edit(id) {
    this.draw.setMode("select");
    this.draw.selectFeature(id);
    this.#say(EDIT, { closed: true });
  }

  #showBar() {
    this.bar = document.createElement("div");
    this.bar.className = "draw-bar";
    this.says = this.bar.appendChild(document.createElement("p"));
    this.says.setAttribute("role", "status");
    this.#button("Cancel", () => this.cancel());
    this.#button("Start again", () => this.restart());
    this.finish = this.#button("Use this outline", () => this.done());
    this.map.getContainer().append(this.bar);
  }

  #button(label, act) {
    const button = this.bar.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }

  #say(sentence, { closed }) {
    this.says.textContent = sentence;
    this.finish.disabled = !closed;
  }
}

/** The tools refuse corners given more exactly than they keep them. */
function rounded(corner) {
  return corner.slice(0, 2).map((degrees) => Number(degrees.toFixed(PRECISION)));
}
