"""What of an extract can be looked up."""

from pathlib import Path

import pytest

from route_app.roads.place_reading import Found, read
from tests.roads import little_town


@pytest.fixture
def found(tmp_path: Path) -> Found:
    source = tmp_path / "little.osm"
    source.write_text(little_town.XML, encoding="utf-8")
    return read(source)


def test_named_roads_come_with_their_other_names_and_junctions(found: Found) -> None:
    oak = next(way for way in found.ways if way.name == "Oak Street")
    assert oak.others == ("Tammikatu",)
    assert oak.refs == [1, 2]
    assert oak.line == [(10.0, 50.0), (10.0, 50.001)]


def test_a_line_of_numbers_has_its_ends_and_its_step(found: Found) -> None:
    (line,) = found.lines
    assert (line.street, line.low, line.high, line.step) == ("Elm Road", 20, 40, 2)
    assert len(line.line) == 3


def test_a_place_stands_for_a_street(found: Found) -> None:
    assert "Hilltop" in {address.street for address in found.addresses}


def test_landmarks_are_told_from_businesses(found: Found) -> None:
    kinds = {one.name: one.kind for one in found.named}
    assert kinds["Great Oak Ferry Building"] == "landmark"
    assert kinds["Oak Bakery"] == "business"
