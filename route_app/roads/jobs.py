"""A road network to be built later: what was asked for, as plain values, and the building.

The queue lies above the roads, so the handler that is handed a job is in `accounts/road_jobs.py`.
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from route_app.errors import InvalidInput
from route_app.lib.countries import NAMES
from route_app.roads import uploads
from route_app.roads.build import build_everything
from route_app.roads.building import Progress
from route_app.roads.report import BuildReport
from route_app.roads.store import RoadStore, check_name

Box = tuple[float, float, float, float]

_PAGES = ("traffic",)  # addresses beside those of the networks
LARGEST_BOX = 4  # square degrees: what the public servers hand out in one go


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build a network from: an upload, a place's name, or a box. Exactly one is given.

    `box` is west, south, east, north in degrees. `use` puts the network to use once it is there.
    """

    name: str
    upload: str = ""
    place: str = ""
    box: Box | None = None
    country: str = ""
    use: bool = True

    def __post_init__(self) -> None:
        """Refuse, at its field, what cannot be built; the name and the country, too."""
        check_name(self.name)
        if self.name in _PAGES:
            raise InvalidInput(f"A page is named {self.name}. Choose another name.", field="name")
        if sum((bool(self.upload), bool(self.place), self.box is not None)) != 1:
            raise InvalidInput("Give one of these: a file, a place, or a box.", field="file")
        if self.country and self.country not in NAMES:
            raise InvalidInput("Choose the country from the list.", field="country")
        if len(self.place) > 200:
            raise InvalidInput("Use at most 200 characters for the place.", field="place")
        if self.box is not None:
            _check_box(self.box)

    @property
    def said(self) -> str:
        """Return in words what the network is built from."""
        if self.upload:
            return self.upload.rpartition("/")[2]
        return self.place or "the box " + ", ".join(f"{side:g}" for side in self.box or ())

    def payload(self) -> dict[str, Any]:
        """Return the request as JSON keeps it."""
        return asdict(self)


def read_request(payload: Mapping[str, Any]) -> BuildRequest:
    """Return a request kept by `payload`."""
    box = payload.get("box")
    return BuildRequest(**{**payload, "box": tuple(box) if box else None})


def read_box(text: str) -> Box:
    """Return a box somebody typed: west,south,east,north in degrees."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput(_NO_BOX, field="box") from error
    return _check_box((west, south, east, north))


def name_from(text: str) -> str:
    """Return a network name made from a file's or place's name."""
    plain = re.sub(r"(\.osm)?\.(pbf|osm|xml|gz|bz2|graphml)$", "", text.lower())
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-") or "roads"
    return f"{name}-roads" if name in _PAGES else name


def build(store: RoadStore, request: BuildRequest, *, progress: Progress) -> BuildReport:
    """Build what was asked for and return what was found; the network before stays until then."""
    with tempfile.TemporaryDirectory(prefix="roads-") as folder:
        report = build_everything(
            store,
            _source(store, request, folder=Path(folder), progress=progress),
            name=request.name,
            country=request.country or None,
            progress=progress,
            use=request.use,
        )
    uploads.keep_only(store.root, network=request.name, name=request.upload or None)
    return report


def _source(store: RoadStore, request: BuildRequest, *, folder: Path, progress: Progress) -> Path:
    if request.upload:
        return uploads.find(store.root, request.upload)
    # OSMnx takes seconds to import, and only these two need it.
    from route_app.roads.overpass import fetch_box, fetch_place  # noqa: PLC0415

    progress(0.0, f"Fetching the roads of {request.said} from OpenStreetMap")
    if request.box is not None:
        west, south, east, north = request.box
        return fetch_box(west, south, east, north, folder=folder)
    return fetch_place(request.place, folder)


_NO_BOX = "A box is west,south,east,north in degrees, such as 24.9,60.1,25.0,60.2."


def _check_box(box: Box) -> Box:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput(_NO_BOX, field="box")
    if (east - west) * (north - south) > LARGEST_BOX:
        raise InvalidInput(
            "The box is too large to fetch. Download an extract of the area and upload it instead.",
            field="box",
        )
    return box
