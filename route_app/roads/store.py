"""Built road networks on disk: one folder per version, one file that says which is current.

<root>/in-use                     the name of the network in use, in one line
<root>/<name>/current             the version in use, in one line
<root>/<name>/<version>/          network.npz, report.json, what `prepared` keeps, and the extras
<root>/<name>/<version>/source/   the file it was built from, to mend it by
<root>/profile.json               the car and the time slots, when they were edited
"""

import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from route_app.errors import Conflict, InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads import uploads
from route_app.roads.building import (
    Extra,
    Progress,
    build_roads,
    extra_name,
    is_sound,
    keep_source,
    kept_source,
    mend_roads,
    put_in_place,
    run_extras,
    sweep,
)
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.driving_side import country_code
from route_app.roads.engine import TravelEngine
from route_app.roads.fallback_engine import Breaker, FallbackEngine
from route_app.roads.filelock import locked
from route_app.roads.network import FORMAT_VERSION, Network, load_network
from route_app.roads.prepared import open_engine
from route_app.roads.profile import Profile, read_profile
from route_app.roads.report import BuildReport, read_report, write_report
from route_app.roads.road_server import RoadServer
from route_app.roads.sources import kind_of

T = TypeVar("T")

log = structlog.get_logger(__name__)

EXTRAS_VERSION = 3  # raised when the address book or the base map is written another way

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_VERSION = re.compile(r"[0-9a-f]{16}")
_KEPT_VERSIONS = 2


class RoadStore:
    """The networks under one folder. Safe between threads and between processes."""

    def __init__(self, root: Path, *, server: RoadServer | None = None) -> None:
        """Keep networks under a folder; a server, if one is set, is asked before they are."""
        self.root = root
        self.server = server
        self._breaker = Breaker()
        self._fronts: dict[str, tuple[Profile, FallbackEngine]] = {}
        self._opened: dict[str, tuple[tuple[str, int], TravelEngine]] = {}
        self._gates: dict[str, Lock] = {}
        self._lock = Lock()

    def build(
        self,
        source: Path,
        *,
        name: str,
        country: str | None = None,
        progress: Progress | None = None,
        extras: Sequence[Extra] = (),
        use: bool = True,
    ) -> BuildReport:
        """Build a network from a source file and put it to use; return what was found.

        With `use` off, whichever network is in use stays so, unless there is none.
        The same source built again is only checked. An extra that fails leaves a warning in the
        report; the roads are there all the same.
        """
        check_name(name)
        tell = progress or _say_nothing
        if not source.is_file():
            raise InvalidInput(f"There is no file {source.name}. Check the path to the extract.")
        country = country_code(country) if country else None
        version = _version_of(source, country)
        with locked(self.root / name / ".lock"):
            sweep(self.root / name)
            report = self._sound_report(name, version, extras)
            if report is None:
                report = self._build_version(
                    source, name, version, country=country, tell=tell, extras=extras
                )
            used = None if use else self._in_use_or_none()
            self._make_current(name, version)
            if used is None:
                self.choose(name)
            elif not (self.root / "in-use").exists():
                self.choose(used)  # or the one just built would be, as the newest
            self._prune(name, version)
        tell(1.0, "The road network is ready")
        return report

    def open(self, name: str | None = None) -> TravelEngine:
        """Return the engine of a network, of the one in use when none is named.

        Where a server is set it is the one asked, with that network behind it.
        """
        name = name or self.in_use()
        if self.server is None:
            return self.open_embedded(name)
        self._current(name)
        return self._front(name, lambda: self.open_embedded(name))

    def open_for(self, places: Sequence[LatLon]) -> TravelEngine:
        """Return the engine for these places: that of the network which holds most of them.

        Where no network is built it is the server that is set, or else estimates from straight
        lines.
        """
        if self.names():
            return self.open(self.covering(places))
        return CrowFlyEngine() if self.server is None else self._front("", CrowFlyEngine)

    def open_embedded(self, name: str | None = None) -> TravelEngine:
        """Return the engine of a network on this machine, whatever server is set.

        A new version, or a profile edited since, gives a new engine; whoever works with the one
        before keeps it.
        """
        name = name or self.in_use()
        version = self._current(name)
        state = (version, self._profile_changed_ns())
        with self._lock:
            known = self._opened.get(name)
            gate = self._gates.setdefault(name, Lock())
        if known and known[0] == state:
            return known[1]
        # Opening may take long, so only those wait who want this network.
        with gate:
            known = self._opened.get(name)
            if known and known[0] == state:
                return known[1]
            engine = open_engine(
                self.root / name / version,
                self.network(name),
                self.profile(),
                name=f"{name}@{version}",
            )
            with self._lock:
                self._opened[name] = (state, engine)
            return engine

    def in_use(self) -> str:
        """Return the name of the network in use: the one built or chosen last.

        Raises Unavailable when no network is built.
        """
        try:
            chosen = (self.root / "in-use").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self._newest()
        return chosen if chosen in self.names() else self._newest()

    def covering(self, places: Sequence[LatLon]) -> str:
        """Return the network whose area holds most of these places; in doubt the one in use.

        Raises Unavailable when no network is built.
        """
        chosen, most = self.in_use(), -1
        for name in (chosen, *self.names()):
            try:
                west, south, east, north = self.report(name).bbox
            except Unavailable:
                continue  # damage to one network is no trouble of the others
            held = sum(south <= one.lat <= north and west <= one.lon <= east for one in places)
            if held > most:
                chosen, most = name, held
        return chosen

    def choose(self, name: str) -> None:
        """Put a built network to use. Raises NotFound when there is none of that name."""
        self._current(name)
        new = self.root / f".in-use-{secrets.token_hex(4)}"
        new.write_text(name + "\n", encoding="utf-8")
        new.replace(self.root / "in-use")

    def names(self) -> tuple[str, ...]:
        """Return the names of all networks that are built."""
        if not self.root.is_dir():
            return ()
        return tuple(sorted(entry.parent.name for entry in self.root.glob("*/current")))

    def report(self, name: str) -> BuildReport:
        """Return what the build of a network's current version found."""
        return self._read(name, lambda folder: read_report(folder / "report.json"))

    def remove(self, name: str) -> None:
        """Remove a network with all its versions; Conflict while it is in use beside others."""
        self._current(name)
        if name == self.in_use() and len(self.names()) > 1:
            raise Conflict(f"{name} is in use. Put another network to use first.")
        with locked(self.root / name / ".lock"):
            (self.root / name / "current").unlink()
            uploads.keep_only(self.root, network=name, name=None)
        shutil.rmtree(self.root / name, ignore_errors=True)
        with self._lock:
            self._opened.pop(name, None)

    def version_folder(self, name: str) -> Path:
        """Return the folder of a network's current version."""
        return self.root / name / self._current(name)

    def profile(self) -> Profile:
        """Return the profile in use: the edited one, if there is one."""
        path = self.root / "profile.json"
        return read_profile(path) if path.is_file() else Profile()

    def _front(self, name: str, open_embedded: Callable[[], TravelEngine]) -> FallbackEngine:
        """Return the server's engine before a network's; what it learned of the server stays."""
        probe = None
        if name:
            west, south, east, north = self.report(name).bbox
            probe = LatLon((south + north) / 2, (west + east) / 2)
        profile = self.profile()
        with self._lock:
            known = self._fronts.get(name)
            if known and known[0] == profile:
                return known[1]
            if self.server is None:
                raise AssertionError("only a server has something behind it")
            front = self.server.before(open_embedded, profile, probe=probe, breaker=self._breaker)
            self._fronts[name] = (profile, front)
            return front

    def _profile_changed_ns(self) -> int:
        try:
            return (self.root / "profile.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _in_use_or_none(self) -> str | None:
        return self.in_use() if self.names() else None

    def _newest(self) -> str:
        names = self.names()
        if not names:
            raise Unavailable("No roads are built yet. Run: flask roads build FILE")
        return max(names, key=lambda name: (self.root / name / "current").stat().st_mtime_ns)

    def _current(self, name: str) -> str:
        check_name(name)
        try:
            version = (self.root / name / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise NotFound(
                f"There is no road network named {name}. See: flask roads list"
            ) from error
        if not _VERSION.fullmatch(version) or not (self.root / name / version).is_dir():
            raise Unavailable(
                f"The road network {name} is damaged. Build it again from its extract."
            )
        return version

    def _sound_report(self, name: str, version: str, extras: Sequence[Extra]) -> BuildReport | None:
        """Return the report of a version that is whole and has all extras, else None."""
        folder = self.root / name / version
        if not folder.is_dir():
            return None
        try:
            load_network(folder / "network.npz")
            report = read_report(folder / "report.json")
        except Unavailable:
            return None
        whole = all(
            extra_name(extra) in report.extras and is_sound(extra, folder) for extra in extras
        )
        return report if whole else None

    def _build_version(
        self,
        source: Path,
        name: str,
        version: str,
        *,
        country: str | None,
        tell: Progress,
        extras: Sequence[Extra],
    ) -> BuildReport:
        home = self.root / name
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
        try:
            report = build_roads(source, work, self.profile(), country=country, tell=tell)
            report = replace(report, name=name, version=version)
            report = run_extras(source, work, report, extras=extras, tell=tell)
            write_report(report, work / "report.json")
            keep_source(source, work)
            put_in_place(work, home / version)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            if not (home / "current").exists():  # nothing of this name was ever built
                shutil.rmtree(home, ignore_errors=True)
            raise
        with self._lock:
            self._opened.pop(name, None)
        return report

    def network(self, name: str) -> Network:
        """Return a network's current version; one that is damaged is read again from its source.

        So is one that an older release wrote. Raises Unavailable where the source is gone.
        """
        return self._read(name, lambda folder: load_network(folder / "network.npz"))

    def _read(self, name: str, read: Callable[[Path], T]) -> T:
        """Return what is read from a version's folder, mended where it is damaged."""
        folder = self.version_folder(name)
        try:
            return read(folder)
        except Unavailable as error:
            cause = error.__cause__
            busy = isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError)
            source = kept_source(folder)
            if source is None or busy:
                raise
            with locked(self.root / name / ".lock"):
                with suppress(Unavailable):
                    return read(folder)  # another process has mended it by now
                log.warning("network.mended", network=name, because=error.message)
                mend_roads(source, folder, self.profile())
            return read(folder)

    def _make_current(self, name: str, version: str) -> None:
        home = self.root / name
        new = home / ".current"
        new.write_text(version + "\n", encoding="utf-8")
        new.replace(home / "current")
        os.utime(home / version)  # the newest of those that were in use

    def _prune(self, name: str, current: str) -> None:
        """Remove versions older than the two last; a running plan may still read the one before."""
        folders = [
            entry
            for entry in (self.root / name).iterdir()
            if entry.is_dir() and _VERSION.fullmatch(entry.name) and entry.name != current
        ]
        folders.sort(key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
        for folder in folders[_KEPT_VERSIONS - 1 :]:
            shutil.rmtree(folder, ignore_errors=True)


def _version_of(source: Path, country: str | None) -> str:
    format_ = f"{FORMAT_VERSION}.{EXTRAS_VERSION}"
    digest = hashlib.sha256(f"{format_}/{(country or '').upper()}/".encode())
    # The kind of file matters too: the same bytes are read in another way.
    digest.update(kind_of(source).encode())
    with source.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:16]


def check_name(name: str) -> None:
    """Refuse what cannot name a network."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} cannot name a road network. Use up to 64 letters, digits, - and _.",
            field="name",
        )


def _say_nothing(share: float, text: str) -> None:
    """Take progress that nobody watches."""
