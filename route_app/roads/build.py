"""Everything made from one extract: roads, places to search for, and the base map."""

from collections.abc import Callable
from pathlib import Path

from route_app.errors import RouteAppError
from route_app.roads.building import Extra, Progress
from route_app.roads.importer import is_extract
from route_app.roads.report import BuildReport
from route_app.roads.store import RoadStore


def build_everything(
    store: RoadStore,
    source: Path,
    *,
    name: str,
    country: str | None = None,
    progress: Progress | None = None,
    use: bool = True,
) -> BuildReport:
    """Build the roads of a source and, when it holds more than roads, places and base map."""
    extras = EXTRAS if is_extract(source) else ()
    return store.build(
        source, name=name, country=country, progress=progress, extras=extras, use=use
    )


def places(source: Path, folder: Path, progress: Progress) -> None:
    """Write the places of an extract beside its roads."""
    from route_app.roads.places import build_places  # noqa: PLC0415  # only a build needs it

    build_places(source, folder, progress=_telling(progress))


def basemap(source: Path, folder: Path, progress: Progress) -> tuple[str, ...]:
    """Write the base map of an extract beside its roads; return what may be wrong on it."""
    from route_app.roads.basemap import build_basemap  # noqa: PLC0415  # only a build needs it

    return build_basemap(source, folder, progress=_telling(progress))


def _sound_places(folder: Path) -> bool:
    from route_app.roads.geocoder import LocalGeocoder  # noqa: PLC0415  # only a build needs it
    from route_app.roads.places import FILE_NAME  # noqa: PLC0415

    try:
        LocalGeocoder(folder / FILE_NAME).close()
    except RouteAppError:
        return False
    return True


def _sound_basemap(folder: Path) -> bool:
    from route_app.roads.basemap import FILE_NAME  # noqa: PLC0415  # only a build needs it
    from route_app.roads.tiles import TileArchive  # noqa: PLC0415

    try:
        TileArchive(folder / FILE_NAME).close()
    except RouteAppError:
        return False
    return True


# What was made before is made again where it cannot be used.
places.is_sound = _sound_places  # type: ignore[attr-defined]
basemap.is_sound = _sound_basemap  # type: ignore[attr-defined]
EXTRAS: tuple[Extra, ...] = (places, basemap)


def _telling(progress: Progress) -> Callable[[str], None]:
    """Return a way to tell steps of unknown length: each halves what is left."""
    left = 1.0

    def tell(text: str) -> None:
        nonlocal left
        left /= 2
        progress(1 - left, text)

    return tell
