// Links that hand a drive to the phone's navigation app. Pure.

/** The apps a rep can choose from; `geo` asks Android which one to open. */
export const APPS = [
  { code: "google", label: "Google Maps" },
  { code: "apple", label: "Apple Maps" },
  { code: "waze", label: "Waze" },
  { code: "geo", label: "Another app on this phone" },
];

const MOST_WAYPOINTS = 9; // a phone's browser passes three on, an app nine

/** The link that starts navigation to a place `{lat, lon, name}` in an app. */
export function way(app, { lat, lon, name = "" }) {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  if (app === "apple") return `https://maps.apple.com/?daddr=${at}&dirflg=d`;
  if (app === "waze") return `https://waze.com/ul?ll=${at}&navigate=yes`;
  if (app === "geo") return `geo:${at}?q=${at}(${encodeURIComponent(name)})`;
  return `https://www.google.com/maps/dir/?api=1&destination=${at}&travelmode=driving`;
}

/** The rest of the day as one or more Google links, each as long as Google takes it. */
export function restOfDay(places) {
  const links = [];
  for (let from = 0; from < places.length; from += MOST_WAYPOINTS + 1) {
    const part = places.slice(from, from + MOST_WAYPOINTS + 1);
    const at = ({ lat, lon }) => `${lat.toFixed(6)},${lon.toFixed(6)}`;
    const between = part.slice(0, -1).map(at).join("%7C");
    links.push(
      `https://www.google.com/maps/dir/?api=1&travelmode=driving&destination=${at(part.at(-1))}` +
        (between ? `&waypoints=${between}` : ""),
    );
  }
  return links;
}
