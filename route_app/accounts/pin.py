"""Where a pin comes from, how far to trust it, and whether its address has changed since."""

import json
from collections.abc import Mapping
from typing import Any

ADDRESS = ("street", "house_no", "postcode", "city", "state", "country")
PIN = ("lat", "lon", "pin_source", "pin_quality", "pin_reason", "pin_address")
NO_PIN: Mapping[str, Any] = {
    "lat": None, "lon": None, "pin_source": "", "pin_quality": "", "pin_reason": "",
    "pin_address": "",
}  # fmt: skip
LONGEST_ADDRESS = 512
FIXED = ("manual", "given")  # never moved by a look-up
# How a looked-up pin was found, the worst first: its code, in words, and what that means.
QUALITIES: Mapping[str, tuple[str, str]] = {
    "found": ("Not told", "The service did not say how exact it is."),
    "street": ("Only the street", "The number is not known; the door may be far along."),
    "place": ("By its name", "A place of that name, not the address."),
    "crossing": ("A crossing", "Where the two streets meet."),
    "nearest": ("Near the number", "Another number of the street, or some way between two."),
    "interpolated": ("Between numbers", "Worked out from the neighbours on its side."),
    "exact": ("Exact", "The address is on the map."),
}
COARSE = ("found", "street", "place", "nearest")  # worth a look; worth looking up once more
_RANKS = {code: rank for rank, code in enumerate(QUALITIES, start=1)}


def rank(quality: str) -> int:
    """Return how good a looked-up pin of a quality is: the higher, the better; 0 if not known."""
    return _RANKS.get(quality, 0)


def address_of(account: Any) -> str:
    """Return the address of an account, a row or a mapping, in one line for comparing."""

    def part(name: str) -> str:
        value = account.get(name) if isinstance(account, Mapping) else getattr(account, name)
        return str(value or "")

    words = " ".join(part(name) for name in ADDRESS).split()
    return " ".join(words)[:LONGEST_ADDRESS]


def address_changed(account: Any) -> bool:
    """Return whether a fixed pin was placed for another address than the account has now."""
    if account.pin_source not in FIXED or not account.pin_address:
        return False
    return not same_address(account.pin_address, address_of(account))


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses in one line are the same but for gaps and capitals."""
    return _plain(one) == _plain(other)


def before_move(account: Any) -> str:
    """Return the pin of an account as text, to be put back later; "" where there is none.

    A looked-up pin is kept with the address it was found for, which a column need not say.
    """
    if account.lat is None:
        return ""
    told = {name: getattr(account, name) for name in PIN}
    if account.pin_source == "geocoded":
        told["pin_address"] = address_of(account)
    return json.dumps(list(told.values()), ensure_ascii=False)


def put_back(text: str, account: Any) -> dict[str, Any]:
    """Return the columns of a pin as `before_move` kept it for an account; no pin for "".

    No pin either where it was looked up for another address than the account has now.
    """
    told = dict(zip(PIN, json.loads(text), strict=True)) if text else dict(NO_PIN)
    if told["pin_source"] != "geocoded":
        return told
    found_here = same_address(told["pin_address"], address_of(account))
    return told | {"pin_address": ""} if found_here else dict(NO_PIN)


def _plain(address: str) -> str:
    return " ".join(address.casefold().split())
