"""How far a check-in can be believed. Nothing here ever blocks one.

Distances are metres, instants are aware UTC.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite

from route_app.lib.geo import LatLon, haversine_m

RADIUS_M = 200.0
NEARBY_M = 1_000.0
VAGUE_M = 1_000.0  # a fix less exact than this cannot prove a place, only suggest it
CLOCK_TOLERANCE = timedelta(minutes=5)


class Verification(StrEnum):
    """Where the phone was, set against where the account is."""

    VERIFIED = "verified"
    NEARBY = "nearby"
    REMOTE = "remote"
    NO_FIX = "no_fix"


SENTENCES = {
    Verification.VERIFIED: "At the account",
    Verification.NEARBY: "Near the account",
    Verification.REMOTE: "Away from the account",
    Verification.NO_FIX: "Location not known",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone says it was, and how exactly it knows."""

    place: LatLon
    accuracy_m: float

    def __post_init__(self) -> None:
        """Refuse an accuracy that is no distance."""
        if not isfinite(self.accuracy_m) or self.accuracy_m < 0:
            raise ValueError("The accuracy of a location must be a number of metres.")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a fix says about a check-in."""

    verification: Verification
    distance_m: float | None


def sighting(
    fix: Fix | None, account_place: LatLon | None, *, radius_m: float = RADIUS_M
) -> Sighting:
    """Return what a fix proves; the fix's own error counts in the rep's favour."""
    if fix is None or account_place is None:
        return Sighting(Verification.NO_FIX, None)
    distance = haversine_m(fix.place, account_place)
    at_best = distance - fix.accuracy_m
    if at_best <= radius_m and fix.accuracy_m <= VAGUE_M:
        return Sighting(Verification.VERIFIED, distance)
    if at_best <= max(NEARBY_M, radius_m):
        return Sighting(Verification.NEARBY, distance)
    return Sighting(Verification.REMOTE, distance)


def clock_is_off(sent_at: datetime | None, received_at: datetime) -> bool:
    """Return whether the phone's clock differs so much that its times need a mark."""
    return sent_at is not None and abs(sent_at - received_at) > CLOCK_TOLERANCE


def true_instant(told: datetime, *, sent_at: datetime | None, received_at: datetime) -> datetime:
    """Return when something happened by our clock, however wrong the phone's is.

    A phone tells its own time when it sends, so its error is known and can be taken off. Nothing
    told can have happened after it was received.
    """
    if sent_at is not None and clock_is_off(sent_at, received_at):
        told -= sent_at - received_at
    return min(told, received_at)


def digest(**content: object) -> str:
    """Return the fingerprint of what a phone sent, to know a resend from something else."""
    text = json.dumps(content, sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Fix):
        return [value.place.lat, value.place.lon, value.accuracy_m]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
