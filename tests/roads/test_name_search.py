"""Street names found whatever was written: exact, slips, cut off, words missing."""

import sqlite3
from collections.abc import Iterator

import pytest

from route_app.roads.name_search import NameSearch
from tests.roads import little_town


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameSearch]:
    connection = sqlite3.connect(little_town.build(tmp_path_factory.mktemp("town")))
    yield NameSearch(connection)
    connection.close()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Oak Street", "oak st"),
        ("Oak St.", "oak st"),
        ("Oka Street", "oak st"),
        ("Oak Stret", "oak st"),
        ("Landst.", "landstrasse"),
        ("Lndstrasse", "landstrasse"),
        ("Old Mill Lane", "ln mill"),
        ("Tammik.", "tammikatu"),
    ],
)
def test_the_likest_name_comes_first(names: NameSearch, written: str, words: str) -> None:
    assert names.like(written)[0][1] == words


def test_only_the_same_name_is_quite_the_same(names: NameSearch) -> None:
    assert names.like("Oak Street")[0][2] == 100
    assert names.like("Oka Street")[0][2] < 100


@pytest.mark.parametrize("written", ["", "x", "Qwertz", "Street", "15th Street"])
def test_nothing_is_like_nothing(names: NameSearch, written: str) -> None:
    assert names.like(written) == []
