// Finding an account in a list that is already here: words, order, nearness. Pure.

const RADIUS_M = 6_371_008.8;
const RANK = { overdue: 0, never: 1, due: 2, not_due: 3 };

/** Letters without their accents, small: "Café Näsi" -> "cafe nasi". */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The accounts that hold every word somewhere in name, street, city or industry. */
export function matching(accounts, words) {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  if (!wanted.length) return accounts;
  return accounts.filter((account) => {
    const text = plain([account.name, account.address, account.industry].join(" "));
    return wanted.every((word) => text.includes(word));
  });
}

/** Metres between two places, straight. */
export function metresBetween(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return RADIUS_M * Math.hypot(x, (b.lat - a.lat) * rad);
}

/** Accounts in the order asked for: due, priority, near or name. Those without a pin come last. */
export function ordered(accounts, by, here = null) {
  const far = (account) =>
    here && account.lat != null ? metresBetween(here, account) : Number.POSITIVE_INFINITY;
  const keys = {
    due: (account) => [RANK[account.due.state], -account.due.ratio],
    priority: (account) => [-account.priority],
    near: (account) => [far(account)],
    name: () => [],
  };
  const key = keys[by] ?? keys.name;
  return accounts
    .map((account) => ({ account, at: key(account) }))
    .sort((a, b) => compared(a.at, b.at) || a.account.name.localeCompare(b.account.name))
    .map(({ account }) => account);
}

function compared(a, b) {
  for (const [index, value] of a.entries()) {
    if (value < b[index]) return -1;
    if (value > b[index]) return 1;
  }
  return 0;
}
