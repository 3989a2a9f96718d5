"""Passwords: what makes a good one, and how it is kept."""

import threading
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

SHORTEST = 10
LONGEST = 128
_GOOD_ENOUGH = 3  # of 4: withstands a thief of the whole database for a while
_ZXCVBN_LONGEST = 72  # the estimator raises above it
_PRODUCT_WORDS = ("fieldbeat", "route", "sales")

_hasher = PasswordHasher()
# Each check takes 64 MiB: more at once would let anybody exhaust the memory from the sign-in page.
_checks_at_once = threading.BoundedSemaphore(2)


def problem(password: str, *, known: Sequence[str] = ()) -> str | None:
    """Return in a sentence why this password will not do, or None if it will.

    `known` are words an attacker would try first: the names of the company and the user.
    """
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A few unrelated words make a good password."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    words = [word.lower() for text in (*known, *_PRODUCT_WORDS) for word in _words(text)]
    # What is left without the known words must be strong by itself: the estimator takes two
    # of them with a blank between for a good password.
    rest = _without(words, password.lower())
    score, warning = _estimate(password, words)
    if score >= _GOOD_ENOUGH and (len(rest) == len(password) or _estimate(rest, words)[0] >= 2):
        return None
    return _sentence(warning, names_known=len(rest) < len(password))


def make_hash(password: str) -> str:
    """Return the hash to keep of a password. Slow on purpose: never inside a write."""
    with _checks_at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the one behind a hash, taking as long when there is no hash."""
    with _checks_at_once:
        try:
            right = _hasher.verify(password_hash or _hash_of_nothing(), password)
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _hash_of_nothing() -> str:
    return _hasher.hash("nobody has this password")


def _words(text: str) -> list[str]:
    parts = text.replace("@", " ").replace(".", " ").replace("-", " ").split()
    return [text, *(part for part in parts if len(part) > 2)]


def _without(words: Sequence[str], password: str) -> str:
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 3:
            password = password.replace(word, "")
    return password


def _estimate(password: str, words: Sequence[str]) -> tuple[int, str]:
    if not password.strip():
        return 0, ""
    found = zxcvbn(password[:_ZXCVBN_LONGEST], user_inputs=list(words))
    return int(found["score"]), str(found["feedback"]["warning"])


def _sentence(warning: str, *, names_known: bool) -> str:
    if names_known:
        why = "It contains your name, your company's or the product's."
    elif warning:
        why = warning.rstrip(".") + "."
    else:
        why = "It can be guessed in a short time."
    return f"This password is too weak. {why} Add a few unrelated words."
