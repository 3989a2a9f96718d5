// Where the phone is, asked only at the moment of a check-in or when "nearest first" is chosen.

const LONGEST_MS = 8_000;

/** Return { lat, lon, accuracy_m }, or null when it is refused, off, or takes too long. */
export function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const enough = setTimeout(() => resolve(null), LONGEST_MS + 500);
    const done = (value) => {
      clearTimeout(enough);
      resolve(value);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        done({ lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy }),
      () => done(null),
      { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 30_000 },
    );
  });
}
