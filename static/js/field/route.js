// Which view an address means. Pure.

const VIEWS = new Set(["today", "map", "accounts", "me"]);

/** "#/accounts/abc?from=map" -> { view: "accounts", id: "abc" }; anything unknown is today. */
export function parse(hash) {
  const path = (hash || "").replace(/^#\/?/, "").split("?")[0];
  const [view, id = ""] = path.split("/").map(decodeURIComponent);
  return VIEWS.has(view) ? { view, id } : { view: "today", id: "" };
}

/** The address of a view. */
export function address(view, id = "") {
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ""}`;
}
