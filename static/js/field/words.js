// How figures read: times of day, spans, distances, days. Pure; nothing here asks the browser.

const METRES_A_MILE = 1609.344;
const METRES_A_FOOT = 0.3048;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** 33 960 -> "9:26 am" is not used in the field: always 24 hours, "09:26". */
export function clock(seconds) {
  if (seconds == null) return "";
  const minutes = Math.floor(seconds / 60);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** 3 900 -> "1 h 05 min". */
export function span(seconds) {
  if (seconds == null) return "";
  const minutes = Math.max(Math.round(seconds / 60), seconds > 0 ? 1 : 0);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${String(rest).padStart(2, "0")} min` : ""}`;
}

/** 12 400 -> "12.4 km" or "7.7 mi"; what is near in tens of metres or of feet. */
export function distance(metres, units = "km") {
  if (metres == null) return "";
  if (units === "mi") {
    const miles = metres / METRES_A_MILE;
    return miles < 0.095 ? `${Math.round(metres / METRES_A_FOOT / 10) * 10} ft` : `${miles.toFixed(1)} mi`;
  }
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toFixed(metres < 99_950 ? 1 : 0)} km`;
}

/** An instant -> "09:26" on the clocks of a time zone. */
export function localTime(iso, timeZone) {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  return new Intl.DateTimeFormat("en-GB", form).format(new Date(iso));
}

/** An instant -> "Sun 22 Nov, 09:26" in a time zone. */
export function moment(iso, timeZone) {
  // Sweden writes days as 2026-11-22, which is all that is wanted of it here.
  const date = new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date(iso));
  return `${day(date)}, ${localTime(iso, timeZone)}`;
}

/** "2026-11-22" -> "Sun 22 Nov"; the day as it is written, wherever the phone is. */
export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  const weekday = DAYS[new Date(Date.UTC(year, month - 1, date)).getUTCDay()];
  return `${weekday} ${date} ${MONTHS[month - 1]}`;
}

/** The day so many days after an ISO day. */
export function shifted(iso, days) {
  const [year, month, date] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

/** How a day reads next to today: Today, Tomorrow, Yesterday, or its name. */
export function relativeDay(iso, today) {
  if (iso === today) return "Today";
  if (iso === shifted(today, 1)) return "Tomorrow";
  if (iso === shifted(today, -1)) return "Yesterday";
  return day(iso);
}

/** 1 visit, 3 visits. */
export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** An amount with its currency, without cents where there are none. */
export function money(value, currency) {
  if (value == null) return "";
  const digits = Number.isInteger(value) ? 0 : 2;
  return `${currency} ${value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })}`;
}

/** "1 234,50", "1,234.50" or "1234.5" -> 1234.5; nothing -> null; NaN for what is no amount. */
export function amount(text) {
  const bare = text.replace(/[\s\u00a0']/g, "");
  if (!bare) return null;
  if (!/^\d+([.,]\d+)*$/.test(bare)) return NaN;
  const comma = bare.lastIndexOf(",");
  const point = bare.lastIndexOf(".");
  const marks = (bare.match(/[.,]/g) ?? []).length;
  // The last mark parts the cents when it is the only one of its kind and no group of three.
  const at = Math.max(comma, point);
  const both = comma >= 0 && point >= 0;
  const cents = at >= 0 && (both || (marks === 1 && bare.length - at - 1 !== 3));
  const whole = cents ? bare.slice(0, at) : bare;
  const plain = whole.replace(/[.,]/g, "") + (cents ? `.${bare.slice(at + 1)}` : "");
  return Number(plain);
}
