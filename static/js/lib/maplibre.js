// The map engine and its style layers: about 1.2 MB, so they load when a map is first asked for.

const ENGINE = "../../vendor/maplibre-gl@6.17.0/maplibre-gl.mjs";
const WORKER = "../../vendor/maplibre-gl@6.17.0/maplibre-gl-worker.mjs";
const LAYERS = "../../vendor/@protomaps/basemaps@5.7.2/index.js";

let loading = null;

/** Return { maplibre, basemaps }; both modules are fetched once. */
export function loadMapEngine() {
  loading ??= Promise.all([import(ENGINE), import(LAYERS)]).then(
    ([maplibre, basemaps]) => {
      maplibre.setWorkerUrl(new URL(WORKER, import.meta.url).href);
      return { maplibre, basemaps };
    },
    (wrong) => {
      loading = null; // a phone that was offline may try again
      throw wrong;
    },
  );
  return loading;
}
