"""Pages and check-ins over HTTP: the product's server, and Werkzeug's threaded one beside it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.company import PASSWORD, MeasuredCompany, make_company
from benchmarks.load import Load, hammer, percentile
from benchmarks.rows import Row
from benchmarks.server import Server, granian, serving, werkzeug
from benchmarks.visitor import Visitor

THREADS = 8
# Held with five times more work waiting than two processors can do. With both free the product
# reached 108 check-ins a second (two acknowledged writes each), 99 of 100 within 110 ms.
TODAY_PER_S, TODAY_P95_MS = 25, 1_000
SHELL_PER_S, SHELL_P95_MS = 100, 250
CHECK_INS_PER_S, CHECK_IN_P99_MS = 15, 1_000


def measure(*, quick: bool) -> Iterator[Row]:
    """Measure both servers on copies of one company, and yield the product's rows."""
    seconds = 2.0 if quick else 15.0
    with tempfile.TemporaryDirectory(prefix="fieldbeat-bench-") as name:
        folder = Path(name)
        company = make_company(folder)
        yield Row("accounts in the company", company.accounts, "", at_least=150)
        theirs = _one(werkzeug, company, folder / "werkzeug", seconds)
        ours = _one(granian, company, folder / "granian", seconds)
        yield from _rows(ours, theirs)


class Figures:
    """What one server reached."""

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self.today = Load()
        self.shell = Load()
        self.alone = Load()
        self.check_ins = Load()
        self.resent = 0
        self.lost = 0
        self.doubled = 0
        self.locked = 0


def _one(server: Server, company: MeasuredCompany, folder: Path, seconds: float) -> Figures:
    found = Figures()
    data = company.copy(folder)
    with serving(server, data) as running:
        reps = company.reps[:THREADS]
        visitors = [Visitor(running.port, rep.account_ids) for rep in reps]
        for visitor, rep in zip(visitors, reps, strict=True):
            visitor.sign_in(rep.email, PASSWORD)
        found.today = hammer([one.today for one in visitors], seconds=seconds)
        found.shell = hammer([one.shell for one in visitors], seconds=seconds / 2)
        found.alone = hammer([visitors[0].check_in], seconds=seconds / 2)
        found.check_ins = hammer([one.check_in for one in visitors], seconds=seconds)
        found.resent = sum(one.resend(5) for one in visitors)
        for one in visitors:
            one.close()
        found.locked = running.log().count("database is locked")
    acknowledged = [one for visitor in visitors for one in visitor.acknowledged]
    found.lost, found.doubled = _compare(data / "fieldbeat.sqlite", acknowledged)
    return found


def _compare(file: Path, acknowledged: list[str]) -> tuple[int, int]:
    """Return how many acknowledged check-ins are not stored whole, and how many twice."""
    # A copy is read: the server is gone, and no second library ever opens a live file.
    with sqlite3.connect(file) as database:
        whole = {
            row[0] for row in database.execute("SELECT id FROM check_in WHERE ended_at IS NOT NULL")
        }
        twice = database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM check_in WHERE note LIKE 'measured %' "
            "GROUP BY note HAVING count(*) > 1)"
        ).fetchone()[0]
    database.close()
    return len(set(acknowledged) - whole), int(twice)


def _rows(ours: Figures, theirs: Figures) -> Iterator[Row]:
    yield from _load_rows(
        "GET /api/v1/today", ours.today, theirs.today, per_s=TODAY_PER_S, p95_ms=TODAY_P95_MS
    )
    yield from _load_rows(
        "GET /app/", ours.shell, theirs.shell, per_s=SHELL_PER_S, p95_ms=SHELL_P95_MS
    )
    yield Row(
        "check-ins begun and ended, one rep",
        ours.alone.per_s,
        "/s",
        against=f"werkzeug {theirs.alone.per_s:.0f}",
    )
    yield Row(
        f"check-ins begun and ended, {THREADS} reps at once",
        ours.check_ins.per_s,
        "/s",
        at_least=CHECK_INS_PER_S,
        against=f"werkzeug {theirs.check_ins.per_s:.0f}",
    )
    for part, goal in ((50, None), (95, None), (99, CHECK_IN_P99_MS)):
        yield Row(
            f"check-in (both writes), p{part}",
            percentile(ours.check_ins.ms, part),
            "ms",
            at_most=goal,
            against=f"werkzeug {percentile(theirs.check_ins.ms, part):.0f}",
        )
    yield Row("check-ins sent again", ours.resent, "", at_least=1)
    for name in ("lost", "doubled"):
        yield Row(
            f"check-ins {name}",
            getattr(ours, name),
            "",
            at_most=0,
            against=f"werkzeug {getattr(theirs, name)}",
        )
    yield Row("lock errors", ours.locked, "", at_most=0, against=f"werkzeug {theirs.locked}")
    refused = sum(len(load.refused) for load in (ours.today, ours.shell, ours.check_ins))
    yield Row("answers that were not a success", refused, "", at_most=0)


def _load_rows(
    name: str, ours: Load, theirs: Load, *, per_s: float, p95_ms: float
) -> Iterator[Row]:
    yield Row(
        f"{name}, {THREADS} reps at once",
        ours.per_s,
        "/s",
        at_least=per_s,
        against=f"werkzeug {theirs.per_s:.0f}",
    )
    for part, goal in ((50, None), (95, p95_ms)):
        yield Row(
            f"{name}, p{part}",
            percentile(ours.ms, part),
            "ms",
            at_most=goal,
            against=f"werkzeug {percentile(theirs.ms, part):.0f}",
        )
