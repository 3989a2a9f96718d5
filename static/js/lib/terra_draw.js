// The drawing tools: 260 KB that only a manager who edits a territory needs.

const TOOLS = "../../vendor/terra-draw@1.35.0/terra-draw.modern.js";
const ADAPTER =
  "../../vendor/terra-draw-maplibre-gl-adapter@1.4.1/terra-draw-maplibre-gl-adapter.modern.js";

/** Return the drawing classes together with the one that ties them to the map engine. */
export async function loadDrawing() {
  const [tools, adapter] = await Promise.all([import(TOOLS), import(ADAPTER)]);
  return { ...tools, ...adapter };
}
