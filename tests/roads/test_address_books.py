"""Several networks: the address book that fits an address best answers, old ones are let go."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from route_app.errors import NotFound
from route_app.lib.geo import LatLon
from route_app.roads.address_books import AddressBooks, Book, Shelf
from route_app.roads.geocoder import LocalGeocoder
from tests.roads import little_town

FAR_TOWN = little_town.XML.replace('lat="50.', 'lat="40.').replace("Aby", "Cety")
FAR_TOWN = FAR_TOWN.replace("Beby", "Dety").replace('v="4"', 'v="444"')


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    here, far = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("far")
    return {"here": little_town.build(here), "far": little_town.build(far, FAR_TOWN)}


@pytest.fixture(scope="module")
def books(paths: dict[str, Path]) -> Iterator[AddressBooks]:
    made = [
        Book("here", LocalGeocoder(paths["here"]), "FI"),
        Book("far", LocalGeocoder(paths["far"]), "SE"),
    ]
    yield AddressBooks(made)
    for book in made:
        book.geocoder.close()


def test_the_town_decides_which_book_answers(books: AddressBooks) -> None:
    for town, lat in (("Aby", 50), ("Cety", 40)):
        found = books.geocode({"street": "Oak Street 2", "city": town})
        assert found is not None
        assert int(found.latitude) == lat


def test_the_best_quality_wins_where_nothing_else_decides(books: AddressBooks) -> None:
    found = books.geocode("Oak Street 444")
    assert found is not None
    assert (int(found.latitude), found.raw["quality"]) == (40, "exact")


def test_another_countrys_book_is_not_asked(books: AddressBooks) -> None:
    found = books.geocode({"street": "Oak Street 2", "country": "SE"})
    assert found is not None
    assert int(found.latitude) == 40
    assert books.geocode({"street": "Oak Street 2", "country": "DE"}) is None


def test_a_place_gets_the_nearest_address_of_all(books: AddressBooks) -> None:
    found = books.reverse(LatLon(40.0002, 10.0002))
    assert found is not None
    assert found.address == "2 Oak Street, 1000 Cety"
    assert books.reverse(LatLon(0, 0)) is None


def test_suggestions_come_from_all_books_those_near_first(books: AddressBooks) -> None:
    cities = {one.city for one in books.suggest("oak street")}
    assert cities == {"Aby", "Cety"}
    assert books.suggest("oak street", near=LatLon(40, 10))[0].city == "Cety"
    assert books.suggest("oak street", near=LatLon(50, 10))[0].city == "Aby"


def test_suggestions_of_the_town_that_is_named_come_first(books: AddressBooks) -> None:
    for line, city, country in (("2 oak street, ", "Aby", "FI"), ("2 oak street, ", "Cety", "SE")):
        first = books.suggest(line + city)[0]
        assert (first.city, first.country) == (city, country)


def test_the_book_of_the_town_named_goes_before_a_street_called_so(
    with_bare_town: AddressBooks,
) -> None:
    offered = [one.street for one in with_bare_town.suggest("Landstrasse, San Francisco")]
    assert offered == ["Landstrasse", "San Francisco Landstrasse"]


def test_a_postcode_alone_is_as_coarse_as_a_town(books: AddressBooks) -> None:
    found = books.geocode("2000")
    assert found is not None
    assert (found.raw["quality"], found.raw["postcode"]) == ("town", "2000")
    assert found.latitude == pytest.approx(50.1005)
    assert books.geocode("99999") is None


def test_one_book_may_be_asked_alone(books: AddressBooks) -> None:
    found = books.only("far").geocode("Oak Street 2")
    assert found is not None
    assert int(found.latitude) == 40
    assert not books.only("nowhere")


# Its streets tell no town, as in many a map, and two are called by numbers.
BARE_NAMES = (
    "Rua", "Rua 12", "Rua 23", "Travessa São Francisco Xavier", "Rua de Santa Catarina",
    "Avenida da Liberdade;Porto - Amarante", "Bulevardi", "Kearny", "Kearny Street", "Pine Street",
    "San Francisco Landstrasse",
)  # fmt: skip
MEETING = ("Kearny Street", "Pine Street")


def _bare_town() -> str:
    nodes, ways = [little_town._node(1, 30.0, 10.0)], []
    for at, name in enumerate(BARE_NAMES):
        first, last = 10 + 2 * at, 11 + 2 * at
        nodes += [little_town._node(first, 30.001 + at / 1000, 10.0)]
        nodes += [little_town._node(last, 30.001 + at / 1000, 10.003)]
        start = [1] if name in MEETING else []
        ways.append(little_town._way(at, [*start, first, last], highway="service", name=name))
    return "\n".join(['<osm version="0.6">', *nodes, *ways, "</osm>"])


@pytest.fixture(scope="module")
def with_bare_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AddressBooks]:
    bare = little_town.build(tmp_path_factory.mktemp("bare"), _bare_town())
    saint = little_town.XML.replace("Beby", "San Francisco")
    here = little_town.build(tmp_path_factory.mktemp("saint"), saint)
    made = [
        Book("bare", LocalGeocoder(bare), "PT"),
        Book("here", LocalGeocoder(here), "FI"),
    ]
    yield AddressBooks(made)
    for book in made:
        book.geocoder.close()


@pytest.mark.parametrize(
    "query",
    ["12 Nowhere Blvd, Atlantis", "23 COMMON ST., PETERSHAM, 01366", "12 Nowhere Blvd",
     {"street": "12 Nowhere Blvd", "city": "Atlantis"},
     {"street": "Santa Katarine 5", "city": "Atlantis"}],
)  # fmt: skip
def test_a_town_no_book_knows_gets_no_weak_street_elsewhere(
    with_bare_town: AddressBooks, query: str | dict[str, str]
) -> None:
    assert with_bare_town.geocode(query) is None


@pytest.mark.parametrize(
    ("query", "street"),
    [
        ("Porto, Rua de Santa Catarina", "Rua de Santa Catarina"),
        ("Rua de Santa Catarina 5, Porto", "Rua de Santa Catarina"),
        ("Kaerny, Atlantis", "Kearny"),
        ("Rua 23, Espinho", "Rua 23"),
        ({"street": "Rua 23", "city": "Espinho"}, "Rua 23"),
        ({"street": "Rua 23 45", "city": "Espinho"}, "Rua 23"),
        ("Bulevrdi 6", "Bulevardi"),
        ("Bulevadri 6", "Bulevardi"),
        ("corner of Pine and Kearny", "Kearny Street & Pine Street"),
    ],
)
def test_the_street_that_is_truly_called_so_is_found(
    with_bare_town: AddressBooks, query: str | dict[str, str], street: str
) -> None:
    found = with_bare_town.geocode(query)
    assert found is not None
    assert " & ".join(sorted(found.raw["street"].split(" & "))) == street


def test_a_town_of_that_very_name_goes_before_a_guess(with_bare_town: AddressBooks) -> None:
    found = with_bare_town.geocode("San Francisco")  # not Travessa São Francisco Xavier
    assert found is not None
    assert (found.raw["quality"], found.raw["name"]) == ("town", "San Francisco")


def test_only_the_books_that_know_the_town_are_asked(with_bare_town: AddressBooks) -> None:
    found = with_bare_town.geocode("Rua de Santa Catarina 5, Aby")
    assert found is not None
    assert (found.raw["quality"], found.raw["name"]) == ("town", "Aby")


class Roads:
    """Stands for the store of networks: which versions there are now."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    def names(self) -> list[str]:
        return list(self.folders)

    def version_folder(self, name: str) -> Path:
        if not self.folders[name].is_dir():
            raise NotFound("It is being built.")
        return self.folders[name]

    def report(self, _name: str) -> Any:
        return SimpleNamespace(country="FI")


def test_books_stay_open_and_a_new_build_replaces_them(
    paths: dict[str, Path], tmp_path: Path
) -> None:
    roads = Roads({"here": paths["here"].parent, "none": tmp_path / "none"})
    shelf = Shelf()
    first = shelf.books(roads)
    assert shelf.books(roads)._books == first._books
    assert [book.network for book in first._books] == ["here"]
    roads.folders["here"] = paths["far"].parent
    assert int(shelf.books(roads).geocode("Oak Street 2").latitude) == 40  # type: ignore[union-attr]
    assert int(first.geocode("Oak Street 2").latitude) == 50  # type: ignore[union-attr]


def test_a_network_without_a_book_is_left_out(tmp_path: Path) -> None:
    assert not Shelf().books(Roads({"x": tmp_path}))  # type: ignore[arg-type]
