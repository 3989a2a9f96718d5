import numpy as np

from route_app.territory import shapes
from route_app.territory.alignment import Claim, align, overlaps
from tests.smalltown import JUNCTIONS, SHOPS
from tests.territory.shapes_at import EVERYWHERE, NORTH, SOUTH, around

IDS = [shop.key for shop in SHOPS]
PLACES = np.array([(shop.place.lat, shop.place.lon) for shop in SHOPS])


def claim(name, shape, rank=1):
    return Claim(name, rank, shapes.read_shape(shape))


def test_each_account_lies_where_it_lies():
    found = align([claim("north", NORTH), claim("south", SOUTH)], IDS, PLACES)

    assert {key: found.winner(key) for key in IDS} == {
        "bakery": "north",
        "pharmacy": "north",
        "florist": "north",
        "hardware": "north",
        "cafe": "south",
        "bookshop": "south",
    }
    assert found.in_none == ()
    assert found.in_several == {}


def test_it_names_accounts_in_no_territory():
    found = align([claim("south", SOUTH)], IDS, PLACES)

    assert found.in_none == ("bakery", "pharmacy", "florist", "hardware")
    assert found.winner("bakery") is None


def test_the_smaller_rank_wins_where_two_overlap():
    for ranks, winner in (((1, 2), "all"), ((2, 1), "south"), ((1, 1), "all")):
        claims = [claim("all", EVERYWHERE, ranks[0]), claim("south", SOUTH, ranks[1])]

        found = align(claims, IDS, PLACES)

        assert found.winner("cafe") == winner
        assert set(found.in_several) == {"cafe", "bookshop"}
        assert found.in_several["cafe"][0] == winner


def test_without_shapes_or_accounts_there_is_nothing_to_find():
    assert align([], IDS, PLACES).in_none == tuple(IDS)
    assert align([claim("south", SOUTH)], [], np.empty((0, 2))).within == {}


def test_overlaps_are_measured_and_the_winner_named():
    west, east = claim("west", around("A1", "B3"), 2), claim("east", around("B1", "D3"), 1)

    (found,) = overlaps([west, east])

    assert (found.winner_id, found.other_id) == ("east", "west")
    # both reach 0.4 blocks beyond column B: 0.8 by 2.8 blocks of a kilometre
    assert 2.1e6 < found.area_m2 < 2.4e6


def test_neighbours_that_share_a_border_do_not_overlap():
    place = JUNCTIONS["B2"]
    west = {"type": "Polygon", "coordinates": [[
        [place.lon - 0.1, 62.0], [place.lon, 62.0], [place.lon, 62.1], [place.lon - 0.1, 62.1],
    ]]}  # fmt: skip
    east = {"type": "Polygon", "coordinates": [[
        [place.lon, 62.0], [place.lon + 0.1, 62.0], [place.lon + 0.1, 62.1], [place.lon, 62.1],
    ]]}  # fmt: skip

    assert overlaps([claim("west", west), claim("east", east)]) == ()


def test_an_overlap_smaller_than_a_house_is_none():
    slip = 0.00001  # about half a metre, over a kilometre and more
    shifted = around("A1", "B1")
    ring = shifted["coordinates"][0]
    east = max(corner[0] for corner in ring)
    neighbour = {"type": "Polygon", "coordinates": [[
        [east - slip, 61.9], [east + 0.02, 61.9], [east + 0.02, 62.1], [east - slip, 62.1],
    ]]}  # fmt: skip
    claims = [claim("a", shifted), claim("b", neighbour)]

    assert len(overlaps(claims)) == 1
    assert overlaps(claims, smallest_m2=2_000.0) == ()
