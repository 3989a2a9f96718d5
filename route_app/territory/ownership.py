"""Who owns an account, once it is known where it lies and who covers that territory.

A manual owner is never moved. An account in no territory keeps its owner, so that no customer is
dropped by a line on a map. One in a territory that nobody covers loses an owner it only had
through a territory.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class OwnerSource(StrEnum):
    """Why an account's owner is its owner."""

    NONE = ""
    TERRITORY = "territory"
    MANUAL = "manual"
    IMPORT = "import"


# Somebody named these owners, so where they are not the territory's rep it is an exception.
NAMED = frozenset({OwnerSource.MANUAL.value, OwnerSource.IMPORT.value})


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose an account is, and which territory it is counted to."""

    account_id: str
    owner_id: str | None
    owner_source: str
    territory_id: str | None


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What a realignment does: accounts counted to another territory, and to another owner."""

    territory_changed: int
    owner_changed: int


def counted(changed: Sequence[tuple[Holding, Holding]]) -> Reassigned:
    """Return how many accounts change territory, and how many change owner."""
    return Reassigned(
        territory_changed=sum(a.territory_id != b.territory_id for a, b in changed),
        owner_changed=sum(a.owner_id != b.owner_id for a, b in changed),
    )


def moves(
    holdings: Iterable[Holding],
    winners: Mapping[str, str | None],
    *,
    rep_of: Mapping[str, str | None],
    scope: Collection[str] | None = None,
    keep_imported: bool = False,
) -> list[tuple[Holding, Holding]]:
    """Return each account that changes as (before, after).

    `winners` is the territory each account lies in, `rep_of` who covers a territory. `scope` are
    the reps who may lose or gain accounts; None is everybody. `keep_imported` also keeps owners
    that an imported list named.
    """
    kept = NAMED if keep_imported else {OwnerSource.MANUAL.value}
    changed = []
    for before in holdings:
        winner = winners.get(before.account_id)
        after = _after(before, winner, rep_of.get(winner) if winner else None, kept=kept)
        if after != before and _within(scope, before.owner_id, after.owner_id):
            changed.append((before, after))
    return changed


def keep_owners(
    holdings: Iterable[Holding],
    winners: Mapping[str, str | None],
    *,
    rep_of: Mapping[str, str | None],
    scope: Collection[str] | None = None,
) -> list[tuple[Holding, Holding]]:
    """Return each account that changes when shapes were made from owners, as (before, after).

    Nobody loses an account: one that does not lie in a territory of its owner becomes an
    exception, owned by hand.
    """
    changed = []
    for before in holdings:
        winner = winners.get(before.account_id)
        outside = winner is not None and rep_of.get(winner) != before.owner_id
        manual = outside and before.owner_id is not None
        source = OwnerSource.MANUAL.value if manual else before.owner_source
        after = Holding(before.account_id, before.owner_id, source, winner)
        if after != before and _within(scope, before.owner_id):
            changed.append((before, after))
    return changed


def _after(
    before: Holding, winner: str | None, rep_id: str | None, *, kept: Collection[str]
) -> Holding:
    keeps = winner is None or before.owner_source in kept
    if keeps or (rep_id is None and before.owner_source != OwnerSource.TERRITORY):
        return Holding(before.account_id, before.owner_id, before.owner_source, winner)
    source = OwnerSource.TERRITORY.value if rep_id else OwnerSource.NONE.value
    return Holding(before.account_id, rep_id, source, winner)


def _within(scope: Collection[str] | None, *owners: str | None) -> bool:
    return scope is None or all(owner is None or owner in scope for owner in owners)
