"""Which row is which account: by our id, its external id, or its name at the same place."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from route_app.lib.geo import LatLon, haversine_m

NEARBY_M = 100.0
Facts = Mapping[str, Any]


class TwoFit(ValueError):
    """More than one account fits a row."""


class Known:
    """Accounts to be found again; grows with the rows of a file as they are accepted."""

    def __init__(self, accounts: Iterable[Facts] = ()) -> None:
        """Index the accounts by every way to know one."""
        self.by_id: dict[str, Facts] = {}
        self._by_external: dict[str, Facts] = {}
        self._by_name: defaultdict[str, list[Facts]] = defaultdict(list)
        for account in accounts:
            self.add(account)

    def add(self, account: Facts) -> None:
        """Make an account known."""
        self.by_id[account["id"]] = account
        if account.get("external_id"):
            self._by_external[account["external_id"]] = account
        self._by_name[same(account["name"])].append(account)

    def bears(self, external_id: str) -> Facts | None:
        """Return the account that bears an external id."""
        return self._by_external.get(external_id)

    def claim(self, external_id: str, account: Facts) -> None:
        """Make an external id known as an account's."""
        self._by_external[external_id] = account

    def find(self, row: Facts) -> Facts | None:
        """Return the account a row is about, None for a new one. Raises TwoFit.

        A name alone is enough only where the row gives no address and no coordinates, and only
        one account bears it; an account with another external id is never the same.
        """
        if row.get("id") in self.by_id:
            return self.by_id[row["id"]]
        external = row.get("external_id")
        if external and external in self._by_external:
            return self._by_external[external]
        named = [
            account
            for account in self._by_name.get(same(row["name"]), ())
            if not (external and account.get("external_id"))
        ]
        fits = [account for account in named if _same_place(row, account)]
        if len(fits) > 1:
            fits = [account for account in fits if _same_address(row, account)] or fits
        if len(fits) > 1:
            raise TwoFit(
                f"{len(fits)} accounts are called “{row['name']}” here. Add the external id, or "
                "the Fieldbeat id from an export, to say which one is meant"
            )
        return fits[0] if fits else None


def same(text: str) -> str:
    """Return text as it compares: no case, accents, punctuation or legal form."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^\w]+|_", " ", plain).split()
    bare = [word for word in words if word not in _FORMS]
    return " ".join(bare or words) or text


_FORMS = frozenset(
    ["oy", "oyj", "ab", "ky", "gmbh", "ag", "kg", "sarl", "sas", "ltd", "inc", "llc"]
)


def address_of(account: Facts) -> str:
    """Return an account's address as it compares, empty if it has no street."""
    street = same(f"{account.get('street') or ''} {account.get('house_no') or ''}")
    town = same(account.get("postcode") or account.get("city") or "")
    return f"{street.strip()}|{town.strip()}" if street.strip() else ""


def _same_address(row: Facts, account: Facts) -> bool:
    return bool(address_of(row)) and address_of(row) == address_of(account)


def _same_place(row: Facts, account: Facts) -> bool:
    """Return whether nothing a row says about its place speaks for another account."""
    here, there = _pin(row), _pin(account)
    if address_of(row) and address_of(account):
        return _same_address(row, account)
    if here and there:
        return haversine_m(here, there) <= NEARBY_M
    town = same(row.get("city") or "").strip()
    if town and account.get("city"):
        return town == same(account["city"]).strip()
    return not (address_of(row) or here) or not (address_of(account) or there)


def _pin(account: Facts) -> LatLon | None:
    if account.get("lat") is None or account.get("lon") is None:
        return None
    return LatLon(account["lat"], account["lon"])
