"""One dry run of a list: from the file's bytes to a verdict for every row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from route_app.accounts import columns
from route_app.accounts.columns import Choice
from route_app.accounts.duplicates import Facts
from route_app.accounts.importing import RowReport, Verdict, check_rows
from route_app.accounts.reading import Around
from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon
from route_app.lib.tabular import Table, Unreadable, read_table
from route_app.roads.engine import Snap, TravelEngine

SAMPLES = 3
_SNAP_WORDS = {
    "no_road": "The pin is far from every road, in the sea or outside the road network: check it.",
    "island": "No road leads to the pin from the rest of the network: check it.",
    "far": "The pin is a long way from the nearest road: check it.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a dry run found. `state` is ready, or failed with a `message` that says what to do.

    `mapping` holds the columns as taken, with samples, and notes on how the file was read.
    """

    state: str
    message: str = ""
    encoding: str = ""
    delimiter: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    reports: list[RowReport] = field(default_factory=list)


def check_file(
    content: bytes,
    *,
    known: Sequence[Facts],
    around: Around,
    fields: Mapping[str, str] | None = None,
    encoding: str = "",
    delimiter: str = "",
    travels: Sequence[TravelEngine] = (),
) -> Checked:
    """Return the verdict of every row of a file; nothing is changed anywhere.

    `fields` maps a header to a column where a person chose; else the columns are proposed.
    `travels` are the built road networks that pins should meet.
    """
    try:
        table = read_table(content, country=around.country, encoding=encoding, delimiter=delimiter)
    except Unreadable as error:
        return Checked("failed", str(error), encoding, delimiter)
    choices = columns.chosen(table.header, fields) if fields else columns.propose(table)
    mapping = {"columns": described(table, choices), "notes": list(table.notes)}
    read = Checked("failed", "", table.encoding, table.delimiter, mapping)
    try:
        columns.check(choices)
    except InvalidInput as error:
        return replace(read, message=error.message)
    reports = check_rows(table, choices, known, around)
    reports = with_roads(reports, travels)
    return replace(read, state="ready", counts=counts_of(reports), reports=reports)


def described(table: Table, choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """Return the columns as the report shows them; samples favour cells with foreign letters."""
    shown = []
    for position, choice in enumerate(choices):
        cells = [row.cells[position] for row in table.rows[:2000] if row.cells[position]]
        odd = [cell for cell in cells if not cell.isascii()]
        samples = list(dict.fromkeys([*odd[:2], *cells]))[:SAMPLES]
        shown.append(
            {
                "header": choice.header,
                "field": choice.field or "",
                "how": choice.how,
                "samples": [sample[:60] for sample in samples],
            }
        )
    return shown


def with_roads(reports: list[RowReport], travels: Sequence[TravelEngine]) -> list[RowReport]:
    """Return the reports with a warning at every new pin that no built network can drive to."""
    pinned = [
        (at, LatLon(report.values["lat"], report.values["lon"]))
        for at, report in enumerate(reports)
        if report.values.get("lat") is not None and report.verdict is not Verdict.REFUSED
    ]
    if not pinned or not travels:
        return reports
    places = [place for _, place in pinned]
    snaps = [travel.snap(places) for travel in travels]
    warned = list(reports)
    for position, (at, _) in enumerate(pinned):
        words = _SNAP_WORDS.get(_best([snap[position] for snap in snaps]).status)
        report = warned[at]
        if words and "road network that is built" not in report.reason:
            warned[at] = replace(report, reason=f"{report.reason} {words}".strip()[:1000])
    return warned


def counts_of(reports: Sequence[RowReport]) -> dict[str, int]:
    """Return how many rows got each verdict, how many in all, and how many carry a warning."""
    found = Counter(report.verdict.value for report in reports)
    counts = {verdict.value: found[verdict.value] for verdict in Verdict}
    warned = sum(bool(r.reason) and r.verdict is not Verdict.REFUSED for r in reports)
    return counts | {"rows": len(reports), "warned": warned}


def _best(snaps: Sequence[Snap]) -> Snap:
    order = {"on_road": 0, "far": 1, "island": 2, "no_road": 3}
    return min(snaps, key=lambda snap: order[snap.status])
