// Keeps a part of the page fresh: reads the page again every so many seconds while it is in sight.
// A fresh part may ask, by a data-every of its own, to be read again sooner than usual.

export default function refresh(element) {
  let timer = null;
  const usual = element.dataset.every;
  const next = () => {
    const wanted = element.querySelector("[data-every]")?.dataset.every ?? usual;
    clearTimeout(timer);
    timer = setTimeout(renew, Number(wanted) * 1000);
  };
  const renew = async () => {
    if (document.visibilityState === "visible") await renewPart(element);
    next();
  };
  document.addEventListener("visibilitychange", renew);
  next();
}

async function renewPart(element) {
  if (element.contains(document.activeElement)) return; // somebody is in the middle of it
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(element.id);
  if (fresh) element.replaceChildren(...fresh.childNodes);
}
