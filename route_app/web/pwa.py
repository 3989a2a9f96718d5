"""What a phone needs to keep the field app on its home screen."""

from flask import Blueprint, Response, jsonify, url_for

blueprint = Blueprint("pwa", __name__)

NAME = "Fieldbeat"
BACKGROUND = "#f4f6f8"
THEME = "#2456c7"


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Answer the app's name, start, colours and icons; the same for everybody."""
    response = jsonify(
        id="/app/",
        name=NAME,
        short_name=NAME,
        description="Your day in the field: route, accounts and visits.",
        start_url=url_for("field.shell"),
        scope="/",
        display="standalone",
        orientation="any",
        lang="en",
        background_color=BACKGROUND,
        theme_color=THEME,
        categories=["business", "navigation", "productivity"],
        icons=[
            _icon("app.svg", "any", "image/svg+xml", "any"),
            _icon("app-192.png", "192x192", "image/png", "any"),
            _icon("app-512.png", "512x512", "image/png", "any"),
            _icon("app-maskable-512.png", "512x512", "image/png", "maskable"),
        ],
        shortcuts=[
            {"name": "Today", "url": f"{url_for('field.shell')}#/today"},
            {"name": "Map", "url": f"{url_for('field.shell')}#/map"},
            {"name": "Accounts", "url": f"{url_for('field.shell')}#/accounts"},
        ],
    )
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _icon(file: str, sizes: str, kind: str, purpose: str) -> dict[str, str]:
    source = url_for("static", filename=f"icons/{file}")
    return {"src": source, "sizes": sizes, "type": kind, "purpose": purpose}
