"""Draw the PNG icons from their SVGs with a headless Chromium. Run it when an SVG changes."""

import shutil
import sys
from pathlib import Path

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
DRAWN = (
    ("app.svg", "app-192.png", 192),
    ("app.svg", "app-512.png", 512),
    ("app-maskable.svg", "app-maskable-512.png", 512),
    ("app-maskable.svg", "app-180.png", 180),  # iOS rounds the corners itself
)


def main() -> int:
    """Draw every icon; returns 1 when there is no Chromium to draw with."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only drawing needs it

    chromium = shutil.which("chromium")
    if chromium is None:
        print("Install chromium to draw the icons.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for source, target, size in DRAWN:
            page = browser.new_page(viewport={"width": size, "height": size})
            svg = (ICONS / source).read_text().replace("<svg ", f'<svg width="{size}" ', 1)
            page.set_content(f'<body style="margin:0;background:transparent">{svg}')
            page.screenshot(path=str(ICONS / target), omit_background=True)
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
