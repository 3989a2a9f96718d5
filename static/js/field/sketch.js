// A drawing of the day without a map: paths and stops fitted into a box. Pure.
// It stands where the map will be, and stays where there can be none.

import { spread } from "../lib/spread.js";

const APART = 26; // the middles of two circles, so that both numbers can be read
const RANKS = { done: 0, planned: 1, next: 2 };

/**
 * Return { lines: ["x,y x,y …"], dots: [{x, y, placeX, placeY, number, state}] } inside a box, or
 * null when there is nothing to draw; the next stop is drawn last, over all others. Longitude is
 * squeezed by the latitude, so that shapes keep their proportions.
 */
export function sketch({ paths, stops }, { width, height, margin = 24 }) {
  const all = [...paths.flat(), ...stops.map(({ lon, lat }) => [lon, lat])];
  if (!all.length) return null;
  const middle = all.reduce((sum, [, lat]) => sum + lat, 0) / all.length;
  const squeeze = Math.cos((middle * Math.PI) / 180) || 1;
  const xs = all.map(([lon]) => lon * squeeze);
  const ys = all.map(([, lat]) => -lat);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (width - 2 * margin) / (right - left || 1e-6),
    (height - 2 * margin) / (bottom - top || 1e-6),
  );
  const dx = (width - (right - left) * scale) / 2;
  const dy = (height - (bottom - top) * scale) / 2;
  const put = ([lon, lat]) => [
    round((lon * squeeze - left) * scale + dx),
    round((-lat - top) * scale + dy),
  ];
  return {
    lines: paths.filter((path) => path.length > 1).map((path) => path.map(put).join(" ")),
    dots: dotsOf(stops, put),
  };
}

function dotsOf(stops, put) {
  const places = stops.map(({ lon, lat }) => put([lon, lat])).map(([x, y]) => ({ x, y }));
  return spread(places, APART)
    .map(({ x, y }, at) => ({
      x: round(x),
      y: round(y),
      placeX: places[at].x,
      placeY: places[at].y,
      number: stops[at].number,
      state: stops[at].state,
    }))
    .sort((a, b) => (RANKS[a.state] ?? 1) - (RANKS[b.state] ?? 1));
}

/** The box around a drawing in degrees, [west, south, east, north]; null when it is empty. */
export function boundsOf(points) {
  if (!points.length) return null;
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

const round = (number) => Math.round(number * 10) / 10;
