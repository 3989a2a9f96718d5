"""What can come of a visit.

To add an outcome, add one line to `OUTCOMES`, in the order of the form. A code is stored for ever:
never rename it and never use it again; set `retired=True`, and it stays readable but is no longer
offered. The form on the phone, the log, its filters and the cadence all read this list.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from route_app.errors import InvalidInput

_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")  # the column holds 32 characters
_LABEL_LENGTH = 40  # a button on a phone


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that can come of a visit.

    `reached` says the customer was seen, so the cadence starts anew. `asks` names what the form
    asks on top (`order`: the order's value).
    """

    code: str
    label: str
    reached: bool
    asks: str = ""
    retired: bool = False


def registry(outcomes: Iterable[Outcome]) -> Mapping[str, Outcome]:
    """Return outcomes by code. Raises ValueError for a code used twice, or one that cannot be."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        if not _CODE.fullmatch(outcome.code):
            raise ValueError(f"{outcome.code!r} cannot be an outcome's code: use a-z, 0-9 and _.")
        if not outcome.label or len(outcome.label) > _LABEL_LENGTH:
            raise ValueError(f"The label of {outcome.code!r} must have 1 to {_LABEL_LENGTH} signs.")
        if outcome.code in found:
            raise ValueError(f"The outcome {outcome.code!r} is there twice.")
        found[outcome.code] = outcome
    return MappingProxyType(found)


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("order", "Order taken", reached=True, asks="order"),
    Outcome("no_order", "Met, no order", reached=True),
    Outcome("information", "Left information", reached=True),
    Outcome("not_in", "Not in or closed", reached=False),
    Outcome("refused", "Refused to see me", reached=True),
)

_BY_CODE = registry(OUTCOMES)


def known(code: str | None) -> Outcome | None:
    """Return the outcome of a stored code, or None for a visit that still runs."""
    return _BY_CODE.get(code) if code else None


def by_code(code: str) -> Outcome:
    """Return an outcome, a retired one too: a phone with an old page may still send its code."""
    found = known(code)
    if found is None:
        raise InvalidInput(
            "That outcome is not known here. Choose one from the list.", field="outcome"
        )
    return found


def offered() -> tuple[Outcome, ...]:
    """Return the outcomes a form offers, in its order."""
    return tuple(outcome for outcome in OUTCOMES if not outcome.retired)


def label(code: str | None) -> str:
    """Return how a stored code reads in a list."""
    if code is None:
        return "Under way"
    found = known(code)
    return found.label if found else code
