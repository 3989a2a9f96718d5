// A slice of the base map kept on the phone: one PMTiles file, read tile by tile, without network.

import { FileSource, PMTiles } from "../../vendor/pmtiles@4.5.0/index.js";

const SCHEME = "slice";
const open = new Map();

/**
 * Return what `createMap` takes as `base`, drawn from a slice alone. `file` is its Blob, as
 * /api/v1/map/slice names it; rejects when it is no such file, or only a part of one.
 */
export async function openSlice(maplibre, file) {
  const name = crypto.randomUUID();
  const archive = new PMTiles(new FileSource(new File([file], name)));
  const header = await archive.getHeader();
  const { attribution } = await archive.getMetadata();
  if (header.tileDataOffset + (header.tileDataLength ?? 0) > file.size) {
    throw new Error("This map is cut off. Fetch it again.");
  }
  maplibre.addProtocol(SCHEME, (asked, abort) => readTile(maplibre, asked, abort));
  open.set(name, archive);
  return {
    tiles: `${SCHEME}://${name}/{z}/{x}/{y}`,
    bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat],
    min_zoom: header.minZoom,
    max_zoom: header.maxZoom,
    attribution,
    sparse: true,
    close: () => open.delete(name),
  };
}

/** A tile that is not there counts as not found: the map then enlarges the one above it. */
async function readTile(maplibre, { url }, { signal }) {
  const [name, z, x, y] = url.slice(SCHEME.length + 3).split("/");
  const found = await open.get(name)?.getZxy(Number(z), Number(x), Number(y), signal);
  if (!found) throw new maplibre.AJAXError(404, "Not in this slice", url, new Blob());
  return { data: found.data };
}
