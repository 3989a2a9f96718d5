"""Which account lies in whose territory: owners by precedence, gaps and overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from route_app.territory import shapes

OVERLAP_M2 = 100.0  # less than a house; shared borders never fit better than that


@dataclass(frozen=True, slots=True)
class Claim:
    """A territory's area, and its rank: where two overlap, the smaller number wins."""

    territory_id: str
    rank: int
    area: BaseGeometry


@dataclass(frozen=True, slots=True)
class Overlap:
    """Land that two territories both claim. The first of the two wins there."""

    winner_id: str
    other_id: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each account id: the territories it lies in, the winning one first."""

    within: dict[str, tuple[str, ...]]

    def winner(self, account_id: str) -> str | None:
        """Return the territory an account belongs to by its place, or None."""
        claims = self.within.get(account_id, ())
        return claims[0] if claims else None

    @property
    def in_none(self) -> tuple[str, ...]:
        """Return the accounts that lie in no territory."""
        return tuple(account for account, claims in self.within.items() if not claims)

    @property
    def in_several(self) -> dict[str, tuple[str, ...]]:
        """Return the accounts that lie in two or more territories."""
        return {account: claims for account, claims in self.within.items() if len(claims) > 1}


def align(
    claims: Sequence[Claim], account_ids: Sequence[str], places: NDArray[np.float64]
) -> Alignment:
    """Return where each account lies; `places` are (latitude, longitude), one row per account.

    An account on a border lies in the territories on both sides of it.
    """
    ordered = in_precedence(claims)
    hits: dict[int, list[int]] = {}
    if ordered and account_ids:
        tree = shapely.STRtree([claim.area for claim in ordered])
        found = tree.query(shapes.points(places), predicate="intersects")
        for account, claim in zip(found[0].tolist(), found[1].tolist(), strict=True):
            hits.setdefault(account, []).append(claim)
    within = {
        account_id: tuple(ordered[at].territory_id for at in sorted(hits.get(index, ())))
        for index, account_id in enumerate(account_ids)
    }
    return Alignment(within=within)


def overlaps(claims: Sequence[Claim], *, smallest_m2: float = OVERLAP_M2) -> tuple[Overlap, ...]:
    """Return every pair of territories that claim the same land, the largest overlap first."""
    ordered = in_precedence(claims)
    if len(ordered) < 2:
        return ()
    areas = np.array([claim.area for claim in ordered], dtype=object)
    one, two = shapely.STRtree(areas).query(areas, predicate="intersects")
    pairs = one < two
    one, two = one[pairs], two[pairs]
    shared = shapely.intersection(areas[one], areas[two])
    found = [
        Overlap(ordered[a].territory_id, ordered[b].territory_id, shapes.area_m2(land))
        for a, b, land in zip(one.tolist(), two.tolist(), shared, strict=True)
        if not land.is_empty
    ]
    large = [overlap for overlap in found if overlap.area_m2 >= smallest_m2]
    return tuple(sorted(large, key=lambda overlap: -overlap.area_m2))


def in_precedence(claims: Sequence[Claim]) -> list[Claim]:
    """Return claims with the winning ones first; equal ranks are settled by id, so always alike."""
    return sorted(claims, key=lambda claim: (claim.rank, claim.territory_id))
