from itertools import pairwise

import numpy as np
import pytest

from route_app.errors import InvalidInput
from route_app.territory import shapes
from tests.territory.shapes_at import box, collection, feature

SQUARE = [[24.0, 60.0], [25.0, 60.0], [25.0, 61.0], [24.0, 61.0], [24.0, 60.0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def refusal(document) -> str:
    with pytest.raises(InvalidInput) as caught:
        shapes.read_shape(document)
    return caught.value.message


@pytest.mark.parametrize(
    "document",
    [
        polygon(SQUARE),
        polygon(SQUARE[::-1]),
        polygon(SQUARE[:-1]),
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "Feature", "properties": {}, "geometry": polygon(SQUARE)},
        collection(feature("x", polygon(SQUARE))),
        polygon([[*corner, 12.5] for corner in SQUARE]),
        polygon(SQUARE) | {"crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
    ],
    ids=["polygon", "clockwise", "open", "multi", "feature", "collection", "heights", "crs84"],
)
def test_it_reads_an_area_however_it_is_wrapped(document):
    area = shapes.read_shape(document)

    assert area.bounds == (24.0, 60.0, 25.0, 61.0)
    assert area.area == pytest.approx(1.0)
    assert area.is_valid


def test_it_writes_what_it_reads_back_the_same():
    area = shapes.read_shape(polygon(SQUARE[::-1]))

    document = shapes.dump(area)

    assert shapes.read_shape(document).equals(area)
    ring = document["coordinates"][0]
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert doubled > 0  # counter-clockwise


def test_it_knows_the_size_of_a_known_area():
    # a degree of latitude is 111.2 km; at 60.5° a degree of longitude is 54.8 km
    assert shapes.area_m2(shapes.read_shape(polygon(SQUARE))) == pytest.approx(6.09e9, rel=0.01)


def test_it_keeps_holes():
    hole = [[24.4, 60.4], [24.6, 60.4], [24.6, 60.6], [24.4, 60.6], [24.4, 60.4]]

    assert shapes.read_shape(polygon(SQUARE, hole)).area == pytest.approx(0.96)


def test_it_repairs_a_figure_of_eight_into_its_two_loops():
    eight = [[24.0, 60.0], [25.0, 61.0], [25.0, 60.0], [24.0, 61.0], [24.0, 60.0]]

    area = shapes.read_shape(polygon(eight))

    assert area.area == pytest.approx(0.5)
    assert area.geom_type == "MultiPolygon"


def test_it_repairs_a_spike_that_goes_out_and_back():
    spiked = [*SQUARE[:2], [26.0, 60.0], *SQUARE[1:]]

    assert shapes.read_shape(polygon(spiked)).equals(shapes.read_shape(polygon(SQUARE)))


def test_it_drops_slivers_and_keeps_the_rest():
    sliver = box(26.0, 60.0, 26.0001, 60.0001)["coordinates"]

    area = shapes.read_shape({"type": "MultiPolygon", "coordinates": [[SQUARE], sliver]})

    assert area.geom_type == "Polygon"


def test_it_joins_parts_that_overlap():
    half = box(24.5, 60.0, 25.5, 61.0)["coordinates"]

    area = shapes.read_shape({"type": "MultiPolygon", "coordinates": [[SQUARE], half]})

    assert area.area == pytest.approx(1.5)
    assert area.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("text", "not GeoJSON"),
        ({"type": "Point", "coordinates": [24, 60]}, "Point"),
        ({"type": "LineString", "coordinates": SQUARE}, "Close the line"),
        ({}, "something without a type"),
        ({"type": "FeatureCollection", "features": []}, "no features"),
        ({"type": "Feature", "geometry": None}, "no geometry"),
        (polygon(), "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        (polygon([[24.0, 60.0], [25.0, 60.0], [24.0, 60.0]]), "three different corners"),
        (polygon([[24.0, 60.0], [25.0, 60.0], [26.0, 60.0], [24.0, 60.0]]), "encloses nothing"),
        (polygon([[24.0, "x"], [25.0, 60.0], [26.0, 61.0]]), "two numbers"),
        (polygon([[24.0, True], [25.0, 60.0], [26.0, 61.0]]), "two numbers"),
        (polygon([[24.0], [25.0, 60.0], [26.0, 61.0]]), "two numbers"),
        (polygon([[24.0, float("nan")], [25.0, 60.0], [26.0, 61.0]]), "not a number"),
        (polygon([[10**400, 60.0], [25.0, 60.0], [26.0, 61.0]]), "not a number"),
        (polygon([[2_776_000.0, 8_437_000.0], [25.0, 60.0], [26.0, 61.0]]), "EPSG:4326"),
        (polygon([[60.0, 124.0], [61.0, 125.0], [61.0, 124.0]]), "swapped"),
        (box(-170.0, -40.0, 170.0, 40.0), "larger than any country"),
        (box(-60.0, -70.0, 60.0, 70.0), "larger than any country"),
        (box(24.0, 60.0, 24.0001, 60.0001), "smaller than a street block"),
        (polygon(SQUARE) | {"crs": {"properties": {"name": "EPSG:3067"}}}, "reference system"),
    ],
)
def test_it_refuses_what_is_no_territory_and_says_why(document, word):
    assert word in refusal(document)


def test_it_refuses_a_shape_whose_hole_lies_outside_it():
    small = [[24.4, 60.4], [24.6, 60.4], [24.6, 60.6], [24.4, 60.6], [24.4, 60.4]]

    assert "inside and outside are swapped" in refusal(polygon(small, SQUARE))


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 3], [2, -3], [-3, 1], [3, 1], [-2, -3], [0, 3]],
        [[0, 0], [4, 0], [4, 4], [1, 4], [1, 1], [3, 1], [3, 3], [0, 3], [0, 0]],
    ],
    ids=["star", "loop over loop"],
)
def test_it_refuses_a_crossing_that_only_its_drawer_understands(ring):
    assert "inside and outside cannot be told apart" in refusal(polygon(ring))


def test_it_refuses_more_corners_than_anybody_draws():
    turns = np.linspace(0, 2 * np.pi, shapes.MOST_CORNERS + 10)
    ring = np.column_stack([24 + np.cos(turns), 60 + np.sin(turns)]).tolist()

    assert "Simplify it" in refusal(polygon(ring))
