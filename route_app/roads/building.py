"""The steps of building one version of a network, in a folder nobody reads yet."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from route_app.errors import InvalidInput, RouteAppError, Unavailable
from route_app.lib.memory import give_back
from route_app.roads.driving_side import drives_left
from route_app.roads.network import build_network, load_network, save_network
from route_app.roads.prepared import keep_turns, open_engine
from route_app.roads.profile import Profile
from route_app.roads.rawroads import RawRoads
from route_app.roads.report import BuildReport, describe, read_report, write_report
from route_app.roads.sources import date_of, read_roads
from route_app.roads.turns import build_turns

Progress = Callable[[float, str], None]
Extra = Callable[[Path, Path, Progress], Sequence[str] | None]  # warnings, if any

_SOURCE = "source"


def build_roads(
    source: Path, folder: Path, profile: Profile, *, country: str | None, tell: Progress
) -> BuildReport:
    """Read a source's roads into a folder, ready to be searched; return what was found."""
    started = time.perf_counter()
    tell(0.0, f"Reading the roads of {source.name}")
    raw: RawRoads = read_roads(
        source, lambda share: tell(0.5 * share, f"Reading the roads of {source.name}")
    )
    left, known_by = drives_left(country, raw)
    tell(0.5, f"Joining {len(raw.way_nodes):,} roads at their junctions")
    network = build_network(raw, drives_left=left, country=country or "")
    tell(0.6, "Working out turns")
    graph = build_turns(network, profile)
    if graph.component.max(initial=-1) < 0:
        raise InvalidInput(
            f"{source.name} has roads, but none that can be driven both to and from. "
            "Choose a larger extract."
        )
    found = describe(raw, network, graph)
    del raw  # the next step wants the room
    give_back()
    save_network(network, folder / "network.npz")
    tell(0.62, "Preparing quick travel times")
    keep_turns(folder, network, graph, profile)
    open_engine(folder, network, profile, name="", graph=graph)
    return BuildReport(
        name="",
        version="",
        source=source.name,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 2),
        country=country.upper() if country else None,
        data_at=date_of(source),
        driving_side=f"{'left' if left else 'right'} ({known_by})",
        **found,
    )


def run_extras(
    source: Path, folder: Path, report: BuildReport, *, extras: Sequence[Extra], tell: Progress
) -> BuildReport:
    """Make what else is made of the source; what fails is a warning in the report returned."""
    done, warnings = list(report.extras), list(report.warnings)
    for number, extra in enumerate(extras):
        low, span = 0.7 + 0.3 * number / len(extras), 0.3 / len(extras)
        try:
            warnings += extra(source, folder, _part_of(tell, low, span)) or ()
            done.append(extra_name(extra))
        except (RouteAppError, ValueError, OSError) as error:
            warnings.append(f"Not built: {extra_name(extra)}. {error}")
    return replace(report, extras=tuple(done), warnings=tuple(warnings))


def _part_of(tell: Progress, low: float, span: float) -> Progress:
    return lambda share, text: tell(low + span * min(max(share, 0.0), 1.0), text)


def put_in_place(work: Path, folder: Path) -> None:
    """Give a finished folder its name; a damaged one of that name makes room first."""
    work.chmod(0o755)  # whoever serves need not be who builds
    if folder.exists():
        aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent))
        folder.replace(aside / folder.name)
        work.replace(folder)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        work.replace(folder)
    os.utime(folder)


def sweep(home: Path) -> None:
    """Remove what a build that was killed left behind; only called under the lock."""
    for pattern in (".building-*", ".damaged-*"):
        for left_over in home.glob(pattern):
            shutil.rmtree(left_over, ignore_errors=True)


def is_sound(extra: Extra, folder: Path) -> bool:
    """Return whether what an extra made can be used, as far as it has a way to tell."""
    check: Callable[[Path], bool] | None = getattr(extra, "is_sound", None)
    return check is None or check(folder)


def extra_name(extra: Extra) -> str:
    """Return what the report calls an extra."""
    return str(getattr(extra, "__name__", type(extra).__name__))


def keep_source(source: Path, folder: Path) -> None:
    """Keep the file a version is built from in its folder.

    What was uploaded is kept without a second copy. A file of somebody else is copied: it may be
    written over where it is.
    """
    source = source.resolve()
    kept = folder / _SOURCE / source.name
    kept.parent.mkdir()
    if source.is_relative_to(folder.parents[1].resolve()):
        with suppress(OSError):  # no links on this disk
            kept.hardlink_to(source)
            return
    shutil.copyfile(source, kept)


def kept_source(folder: Path) -> Path | None:
    """Return the file a version was built from, None where it is not kept."""
    return next((file for file in (folder / _SOURCE).glob("*") if file.is_file()), None)


def mend_roads(source: Path, folder: Path, profile: Profile) -> None:
    """Read the roads of a version again from its source and put them in the place of the old.

    Places and base map stay as they are. Readers find the old file or the new one.
    """
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        try:
            old: BuildReport | None = read_report(folder / "report.json")
        except Unavailable:
            old = None
        country = old.country if old else _country_in(folder)
        report = build_roads(source, work, profile, country=country, tell=_say_nothing)
        report = replace(report, name=folder.parent.name, version=folder.name)
        if old:
            report = replace(report, extras=old.extras, warnings=old.warnings)
        write_report(report, work / "report.json")
        for old_turns in folder.glob("turns-*.npz"):
            old_turns.unlink(missing_ok=True)
        for file in work.iterdir():
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _country_in(folder: Path) -> str | None:
    """Return the country a version's network was built for, None where it does not tell."""
    try:
        return load_network(folder / "network.npz").country or None
    except Unavailable:
        return None


def _say_nothing(share: float, text: str) -> None:
    """Take progress that nobody watches."""
