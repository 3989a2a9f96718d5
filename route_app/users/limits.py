"""Token buckets: how many tries are left, and how long until the next one."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from math import ceil

HOUR_S = 3_600
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds; tries come back evenly over the period."""

    name: str
    tries: int
    period_s: int
    sentence: str


SIGN_IN_BY_ADDRESS = Limit(
    "sign_in_address",
    tries=20,
    period_s=HOUR_S,
    sentence="Too many tries to sign in from this network.",
)
WRONG_PASSWORDS = Limit(
    "wrong_password",
    tries=20,
    period_s=DAY_S,
    sentence="Too many wrong passwords for this account. Wait, or ask your admin for a reset link.",
)


def refilled(limit: Limit, *, tokens: float, since: datetime, at: datetime) -> float:
    """Return how many tries a bucket holds now that held `tokens` then."""
    back = max(0.0, (at - since).total_seconds()) * limit.tries / limit.period_s
    return min(float(limit.tries), tokens + back)


def wait_s(limit: Limit, *, tokens: float) -> int:
    """Return the seconds until a bucket holds one whole try again."""
    return max(1, ceil((1.0 - tokens) * limit.period_s / limit.tries))


def network_of(address: str) -> str:
    """Return what one household or office shares of an address: an IPv6 /64, else the address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return found.compressed
    return found.exploded[:19]
