"""A road network as its pages show it: figures, and an outline that needs no map."""

from dataclasses import dataclass
from datetime import datetime
from math import cos, radians

from route_app.errors import RouteAppError
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.basemap import FILE_NAME
from route_app.roads.report import BuildReport
from route_app.roads.store import RoadStore

_SIDE = 100.0


@dataclass(frozen=True, slots=True)
class Outline:
    """The area as a drawing: how wide and high, and a dot (x, y, radius) for each part."""

    width: float
    height: float
    dots: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class RoadCard:
    """One network. `report` is None where it cannot be read; `problem` then says why."""

    name: str
    in_use: bool
    version: str = ""
    report: BuildReport | None = None
    problem: str = ""
    built_at: datetime | None = None
    data_at: datetime | None = None
    disk_bytes: int = 0
    has_map: bool = False
    width_m: float = 0
    height_m: float = 0
    outline: Outline | None = None


def card_of(store: RoadStore, name: str) -> RoadCard:
    """Return a network's card; NotFound where none of that name is built."""
    in_use = bool(store.names()) and store.in_use() == name
    if name not in store.names():
        store.version_folder(name)  # says what is wrong with the name
    try:
        folder, report = store.version_folder(name), store.report(name)
    except RouteAppError as error:
        return RoadCard(name, in_use, problem=error.message)
    west, south, east, north = report.bbox
    middle = (south + north) / 2
    return RoadCard(
        name=name,
        in_use=in_use,
        version=folder.name,
        report=report,
        built_at=datetime.fromisoformat(report.built_at),
        data_at=datetime.fromisoformat(report.data_at) if report.data_at else None,
        disk_bytes=sum(file.stat().st_size for file in folder.iterdir() if file.is_file()),
        has_map=(folder / FILE_NAME).is_file(),
        width_m=haversine_m(LatLon(middle, west), LatLon(middle, east)),
        height_m=haversine_m(LatLon(south, west), LatLon(north, west)),
        outline=outline_of(report),
    )


def outline_of(report: BuildReport) -> Outline:
    """Return the drawing of a network's area, its longer side a hundred units."""
    west, south, east, north = report.bbox
    squeeze = cos(radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    # a long thin area must still be seen to be one
    scale = _SIDE / max(wide, high)
    width, height = max(wide * scale, 20), max(high * scale, 20)
    dots = tuple(
        (
            round((part.lon - west) * squeeze / wide * width, 1),
            round((north - part.lat) / high * height, 1),
            round(max(2.5, 9 * part.share**0.5), 1),
        )
        for part in report.parts[:20]
    )
    return Outline(round(width, 1), round(height, 1), dots)
