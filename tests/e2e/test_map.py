"""The base map in a real browser: labels from our own fonts, and a slice that needs no network."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import PASSWORD, ZONE, Installation

pytestmark = pytest.mark.e2e

NOISE = ("GL Driver Message", "WebGL", "GroupMarkerNotSet")
NOT_FOUND = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"  # the list, not the map
# Makes a map in a holder of its own, over the page.
HOLDER = """async () => {
  const { createMap } = await import("/static/js/lib/map.js");
  window.open_map = async (options) => {
    const outer = document.body.appendChild(document.createElement("div"));
    Object.assign(outer.style, { position: "fixed", inset: "0" });
    const inner = outer.appendChild(document.createElement("div"));
    Object.assign(inner.style, { width: "100%", height: "100%" });
    const map = await createMap(inner, options);
    const idle = () => new Promise((done) => { map.once("idle", done); map.triggerRepaint(); });
    return { map, idle };
  };
}"""
LOOK = """async ({ slice }) => {
  const { map, idle } = await window.open_map(slice ? { slice: window.kept } : {});
  await idle();
  map.jumpTo({ center: [24.9414, 60.1699], zoom: 15.5 });
  await idle();
  const found = map.queryRenderedFeatures();
  const labels = found.filter(({ layer }) => layer.type === "symbol");
  const credit = map.getContainer().querySelector(".maplibregl-ctrl-attrib")?.textContent ?? "";
  return {
    layers: [...new Set(found.map(({ sourceLayer }) => sourceLayer))].sort(),
    labels: labels.map(({ properties }) => properties.name).filter(Boolean),
    credit,
  };
}"""
KEEP = """async () => {
  const told = await (await fetch("/api/v1/map/slice")).json();
  window.kept = await (await fetch(told.url)).blob();
  await import("/static/js/lib/map_slice.js");
  return { promised: told.bytes, got: window.kept.size };
}"""


@pytest.fixture
def asked() -> list[str]:
    """Every address a page asked for."""
    return []


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, browser: Any, installation: Installation, asked: list[str]
) -> Iterator[Any]:
    troubles: list[str] = []
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        timezone_id=ZONE,
        base_url=installation.url,
        color_scheme=request.param,
    )
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.on("request", lambda one: asked.append(one.url))
    opened.on(
        "response", lambda one: one.status >= 400 and troubles.append(f"{one.status} {one.url}")
    )
    opened.on("console", lambda said: _note(troubles, said))
    opened.goto("/sign-in")
    opened.get_by_label("E-mail").fill(installation.rep)
    opened.get_by_label("Password", exact=True).fill(PASSWORD)
    opened.keyboard.press("Enter")
    opened.wait_for_url(lambda url: "/sign-in" not in url)
    opened.goto("/app/?nomap")
    opened.wait_for_load_state("networkidle")
    opened.evaluate(HOLDER)
    yield opened
    context.close()
    assert troubles == []


def _note(troubles: list[str], message: Any) -> None:
    noise = (*NOISE, NOT_FOUND)
    if message.type in ("error", "warning") and not any(word in message.text for word in noise):
        troubles.append(message.text)


def test_every_label_is_drawn_with_our_own_fonts(
    page: Any, asked: list[str], installation: Installation
) -> None:
    seen = page.evaluate(LOOK, {"slice": False})
    assert {"roads", "buildings", "landuse", "pois"} <= set(seen["layers"])
    assert {"Helsinki", "Keskusta", "Rautatientori"} <= set(seen["labels"])
    assert "© OpenStreetMap contributors" in seen["credit"]
    assert [one for one in asked if not one.startswith((installation.url, "blob:", "data:"))] == []
    assert any("/tiles/helsinki/" in one for one in asked)
    fonts = {one.rsplit("/", 1)[-1] for one in asked if one.endswith(".woff2")}
    assert "noto-sans-latin-400-normal.woff2" in fonts
    assert not [one for one in asked if "glyph" in one or one.endswith(".pbf")]


def test_a_kept_slice_draws_the_map_with_the_network_off(page: Any, asked: list[str]) -> None:
    size = page.evaluate(KEEP)
    assert size["promised"] == size["got"] > 50_000
    page.evaluate(LOOK, {"slice": False})  # engine, worker and fonts, as the service worker keeps
    page.context.set_offline(True)
    before = len(asked)
    seen = page.evaluate(LOOK, {"slice": True})
    assert {"roads", "buildings", "landuse", "pois"} <= set(seen["layers"])
    assert {"Helsinki", "Keskusta", "Rautatientori"} <= set(seen["labels"])
    assert "© OpenStreetMap contributors" in seen["credit"]
    assert not [one for one in asked[before:] if "/tiles/" in one or "/map" in one]
