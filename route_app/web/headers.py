"""Headers every answer carries."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
}


def init_app(app: Flask, *, secure: bool) -> None:
    """Set the headers on every answer; HSTS where people come over HTTPS."""

    def add(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.path.startswith("/static/vendor/") and response.status_code == 200:
            # The path names the version, and set-up checked the content by hash.
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif not request.path.startswith(("/static/", "/tiles/")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)
