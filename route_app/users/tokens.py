"""Opaque tokens: 256 bits that only their holder has; the database keeps a digest."""

import hashlib
import hmac
import secrets


def fresh() -> str:
    """Return a new token of 256 bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a token: its sha256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(secret: str, *parts: str) -> str:
    """Return a digest nobody can make, or guess a short input from, without the secret."""
    return hmac.new(secret.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()
