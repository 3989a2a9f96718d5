// Keeps a part of the page fresh: reads the page again every so many seconds while it is in sight.

export default function refresh(element) {
  const renew = () => document.visibilityState === "visible" && renewPart(element);
  setInterval(renew, Number(element.dataset.every) * 1000);
  document.addEventListener("visibilitychange", renew);
}

async function renewPart(element) {
  if (element.contains(document.activeElement)) return; // somebody is in the middle of it
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(element.id);
  if (fresh) element.replaceChildren(...fresh.childNodes);
}
