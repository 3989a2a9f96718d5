"""Lines offered while somebody types; what they come to is tested with the geocoder."""

from pathlib import Path

from route_app.roads.geocoder import LocalGeocoder
from route_app.roads.suggestions import normal_tokens
from tests.roads import little_town


def test_words_are_split_as_the_index_splits_them() -> None:
    assert normal_tokens("O'Farrell St.-Jean") == ["OFarrell", "St", "Jean"]
    assert normal_tokens('"*') == []


def _postcodes(book: Path) -> dict[str, str]:
    with LocalGeocoder(book) as geocoder:
        typed = ("Oak Street", "3 Oak Street", "12 Oak Street")
        lines = [geocoder.suggest(text)[0] for text in typed]
        geocoder.close()
    return {f"{one.number} {one.street}".strip(): one.postcode for one in lines}


def test_a_line_brings_the_postcode_its_street_or_its_neighbours_have(tmp_path: Path) -> None:
    assert _postcodes(little_town.build(tmp_path)) == {
        "Oak Street": "1000", "3-7 Oak Street": "1000", "12 Oak Street": "1000",
    }  # fmt: skip


def test_where_postcodes_differ_only_agreeing_neighbours_tell_one(tmp_path: Path) -> None:
    ten = little_town._door(
        13, 50.0010, 10.0002, "10", little_town.OAK, addr__city="Aby", addr__postcode="1000"
    )
    assert ten in little_town.XML
    xml = little_town.XML.replace(ten, ten.replace('"1000"', '"1001"'))
    assert _postcodes(little_town.build(tmp_path, xml)) == {
        "Oak Street": "", "3-7 Oak Street": "1000", "12 Oak Street": "",
    }  # fmt: skip
