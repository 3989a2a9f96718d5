import json
from datetime import UTC, datetime

import pytest

from route_app.errors import InvalidInput
from route_app.territory import geojson, shapes
from tests.territory.shapes_at import NORTH, SOUTH, box, collection, feature


def content(document) -> bytes:
    return json.dumps(document).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        geojson.read_file(data)
    return caught.value.message


def test_it_reads_names_and_reps():
    file = collection(
        feature("North", NORTH, rep_email=" Alice@Smalltown.example "),
        {"type": "Feature", "properties": {"name": "South"}, "geometry": SOUTH},
    )

    found = geojson.read_file(content(file))

    assert [(area.name, area.rep_email) for area in found] == [
        ("North", "alice@smalltown.example"),
        ("South", ""),
    ]


def test_it_joins_features_of_one_name():
    file = collection(feature("Twins", box(24, 60, 25, 61)), feature("Twins", box(26, 60, 27, 61)))

    (area,) = geojson.read_file(content(file))

    assert area.area.area == pytest.approx(2.0)


def test_it_reads_a_file_with_a_mark_and_a_single_feature():
    (area,) = geojson.read_file(b"\xef\xbb\xbf" + content(feature("North", NORTH)))

    assert area.name == "North"


def test_what_it_writes_it_reads_back():
    exported = [
        geojson.Exported("North", NORTH, {"rep_email": "alice@smalltown.example", "accounts": 4}),
        geojson.Exported("Without a shape", None, {"rep_email": None}),
    ]

    document = geojson.collection(exported, generated_at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    (area,) = geojson.read_file(content(document))

    assert document["generated_at"] == "2026-01-05T09:00:00+00:00"
    assert area.name == "North"
    assert area.rep_email == "alice@smalltown.example"
    assert area.area.equals(shapes.read_shape(NORTH))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "cannot be read as JSON"),
        (b"{", "cannot be read as JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1]", "should be an object"),
        (b'{"a": NaN}', "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (content(NORTH), "no names"),
        (content(collection()), "no territories"),
        (content({"type": "FeatureCollection", "features": [1]}), "Item 1"),
        (content(collection(feature("  ", NORTH))), "Area 1 of this file has no name"),
        (content(collection(feature("x" * 121, NORTH))), "longer than 120"),
        (content(collection(feature("Line", {"type": "LineString"}))), "“Line”: A territory"),
        (content(collection(*[feature("n", NORTH)] * 2001)), "2,001 areas"),
    ],
)
def test_it_refuses_a_file_and_says_why(data, word):
    assert word in refusal(data)
