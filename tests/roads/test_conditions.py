import numpy as np
import pytest

from route_app.roads.conditions import Clause, read_clauses, signed_hours, slot_bits
from route_app.roads.engine import UNREACHABLE
from route_app.roads.importer import read_extract
from route_app.roads.profile import Profile
from route_app.roads.report import describe
from route_app.roads.slots import DEFAULT_HOURS, SLOTS
from route_app.roads.turns import build_turns, weigh
from tests.roads.towns import Town, at, crossing, two_islands

pytestmark = pytest.mark.usefixtures("both_engines")

SOUTH, EAST, NORTH, WEST = at(0, -50), at(50, 0), at(0, 50), at(-50, 0)
ROUND_AN_ARM = 300  # to the end of another arm, back, and on
RUSH = "Mo-Fr 07:00-09:00,16:00-18:30"


def _slots(hours, slot_hours=DEFAULT_HOURS):
    bits = slot_bits(hours, slot_hours)
    return {slot for number, slot in enumerate(SLOTS) if bits >> number & 1}


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("no_left_turn @ (Mo-Fr 07:00-09:00)", [("no_left_turn", "Mo-Fr 07:00-09:00")]),
        (
            "no_left_turn @ (Mo-Fr 07:00-09:00,16:00-18:00); no_u_turn @ (Sa-Su)",
            [("no_left_turn", "Mo-Fr 07:00-09:00,16:00-18:00"), ("no_u_turn", "Sa-Su")],
        ),
        ("30 @ (Mo-Fr 07:00-17:00; Sa 08:00-12:00)", [("30", "Mo-Fr 07:00-17:00; Sa 08:00-12:00")]),
        ("30 @ Mo-Fr 07:00-17:00; Sa 08:00-12:00", [("30", "Mo-Fr 07:00-17:00; Sa 08:00-12:00")]),
        ("no_left_turn@(07:00-09:00)", [("no_left_turn", "07:00-09:00")]),
        ("no_left_turn @ (wet)", [("no_left_turn", "")]),
        ("no_left_turn @ (weight>3.5)", [("no_left_turn", "")]),
        ("no_left_turn @ (Mo-Fr 07:00-09:00 AND wet)", [("no_left_turn", "")]),
        ('no_right_turn @ ("After ball park events")', [("no_right_turn", "")]),
        ("no @ (2024 Jan 01-2024 Mar 31)", [("no", "")]),
        ("no_left_turn @ ()", [("no_left_turn", "")]),
        ("schooldays only", [("schooldays only", "")]),
        ("", []),
    ],
)
def test_it_reads_the_clauses_of_a_conditional_tag(text, clauses):
    assert read_clauses(text) == [Clause(*one) for one in clauses]


@pytest.mark.parametrize(
    ("tags", "hours"),
    [
        ({"day_on": "Monday", "day_off": "Friday", "hour_on": "7:30", "hour_off": "9:00"},
         "Mo-Fr 7:30-9:00"),
        ({"day_on": "Monday", "day_off": "Friday"}, "Mo-Fr"),
        ({"hour_on": "15:00:00", "hour_off": "18:00:00"}, "15:00-18:00"),
        ({"hour_on": "15:00"}, ""),
        ({"day_on": "school", "day_off": "days"}, ""),
        ({}, None),
    ],
)  # fmt: skip
def test_it_reads_the_older_tags(tags, hours):
    assert signed_hours(tags) == hours


@pytest.mark.parametrize(
    ("hours", "slots"),
    [
        (RUSH, {"peak"}),
        ("Mo-Fr 07:30-09:00", {"peak"}),  # 30 of 90 quarters are just a third
        ("Mo-Fr 07:45-09:00", set()),
        ("07:00-22:00", {"off_peak", "shoulder", "peak"}),
        ("22:00-06:00", {"free_flow"}),
        ("24/7", set(SLOTS)),
        ("Apr-Sep", set(SLOTS)),
        ("Dec-Feb", set()),
    ],
)
def test_a_rule_holds_in_a_slot_when_a_third_of_it_is_covered(hours, slots):
    assert _slots(hours) == slots


def test_it_follows_the_hours_of_the_slots():
    assert _slots("12:00-14:00") == set()
    assert _slots("12:00-14:00", {"peak": "Mo-Fr 12:00-14:00"}) == {"peak"}
    assert _slots("12:00-14:00", {"peak": "off"}) == set()


def _metres_from_south(town, folder, slot):
    return town.engine(folder).matrix([SOUTH, EAST, NORTH, WEST], slot=slot).metres[0].tolist()


@pytest.mark.parametrize("slot", SLOTS)
def test_a_turn_is_forbidden_in_its_slots_only(tmp_path, slot):
    town = crossing()
    said = f"no_left_turn @ ({RUSH}); no_right_turn @ (22:00-06:00)"
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": said})
    west = ROUND_AN_ARM if slot in ("peak", "free_flow") else 100
    assert _metres_from_south(town, tmp_path, slot) == [0, 100, 100, west]


@pytest.mark.parametrize("slot", SLOTS)
def test_an_only_restriction_at_some_hours(tmp_path, slot):
    town = crossing()
    said = {"restriction:motorcar:conditional": f"only_straight_on @ ({RUSH})"}
    town.restriction("", 11, 13, node=1, **said)
    aside = ROUND_AN_ARM if slot == "peak" else 100
    assert _metres_from_south(town, tmp_path, slot) == [0, aside, 100, aside]


def test_what_is_always_forbidden_stays_so(tmp_path):
    town = crossing()
    town.restriction("no_left_turn", 11, 14, node=1)
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": f"no_left_turn @ ({RUSH})"})
    for slot in SLOTS:
        assert _metres_from_south(town, tmp_path, slot)[3] == ROUND_AN_ARM


def test_the_older_tags_make_a_restriction_timed(tmp_path):
    town = crossing()
    hours = {"day_on": "Monday", "day_off": "Friday", "hour_on": "7:00", "hour_off": "9:00"}
    town.restriction("no_left_turn", 11, 14, node=1, **hours)
    assert _metres_from_south(town, tmp_path, "peak")[3] == ROUND_AN_ARM
    assert _metres_from_south(town, tmp_path, "off_peak")[3] == 100


def _divided_road():
    """An eastbound and a westbound carriageway, a link between them, and a side street."""
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        town.node(number, x, 0)
        town.node(10 + number, x, 20)
    town.node(7, 100, -100)
    town.way(31, [1, 2], oneway="yes")
    town.way(32, [2, 3], oneway="yes")
    town.way(33, [2, 12])
    town.way(34, [13, 12], oneway="yes")
    town.way(35, [12, 11], oneway="yes")
    town.way(36, [7, 2])
    town.way(37, [3, 13], oneway="yes")
    town.way(38, [11, 1], oneway="yes")
    return town


@pytest.mark.parametrize("slot", SLOTS)
def test_turning_round_over_a_link_is_forbidden_in_its_slots_only(tmp_path, slot):
    town = _divided_road()
    said = {"restriction:conditional": f"no_u_turn @ ({RUSH})"}
    town.restriction("", 31, 35, way=33, **said)
    metres = town.engine(tmp_path).matrix([at(50, 0), at(50, 20), at(100, -50)], slot=slot).metres
    assert (metres[0, 1] > 120) == (slot == "peak")
    assert metres[2, 1] == 120  # from the side street over the same link: at any hour


def test_two_restrictions_over_ways_that_begin_alike_are_both_obeyed(tmp_path):
    town = _divided_road()
    town.node(20, 100, 60)
    town.way(39, [12, 20])
    town.restriction("no_u_turn", 31, 35, way=33)
    town.restriction("", 31, 39, way=33, **{"restriction:conditional": f"no_entry @ ({RUSH})"})
    engine = town.engine(tmp_path)
    places = [at(50, 0), at(50, 20), at(100, 40)]
    peak, calm = (engine.matrix(places, slot=slot).metres for slot in ("peak", "off_peak"))
    assert peak[0, 1] > 120
    assert calm[0, 1] > 120
    assert peak[0, 2] > 90
    assert calm[0, 2] == 90


def test_a_street_one_can_only_turn_into_at_some_hours_is_still_joined_in_every_slot(tmp_path):
    """The two ways into the close are forbidden at peak; so nobody is stranded in it."""
    town = crossing()
    town.node(30, 0, -200)
    town.way(40, [2, 30])
    town.node(31, 60, -100)
    town.way(41, [2, 31])
    for start in (11, 40):
        said = {"restriction:conditional": f"no_entry @ ({RUSH})"}
        town.restriction("", start, 41, node=2, **said)
    engine = town.engine(tmp_path)
    places = [at(30, -100), SOUTH, EAST, NORTH, WEST, at(0, -150)]
    snaps = engine.snap(places)
    rows = [row for row, snap in enumerate(snaps) if snap.part == 0]
    assert 1 in rows
    for slot in SLOTS:
        seconds = engine.matrix(places, slot=slot).seconds[np.ix_(rows, rows)]
        assert (seconds < UNREACHABLE).all()


def test_the_turns_are_the_same_whatever_the_hours_of_the_slots(tmp_path):
    town = crossing()
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": f"no_left_turn @ ({RUSH})"})
    network = town.network(tmp_path)
    usual = build_turns(network, Profile())
    other = build_turns(network, Profile(hours={"peak": "Sa 01:00-02:00"}))
    assert np.array_equal(usual.turn_to, other.turn_to)
    assert np.array_equal(usual.component, other.component)
    assert usual.turn_closed.any()
    assert not other.turn_closed.any()
    assert (~weigh(network, usual, Profile(), slot="peak").turn_open).sum() == 1
    assert weigh(network, usual, Profile(), slot="off_peak").turn_open.all()


def test_a_limit_at_some_hours_is_driven_in_its_slots(tmp_path):
    town = two_islands(ferry=False)
    town.node(200, 0, -1100)
    said = {"maxspeed": "90", "maxspeed:conditional": f"45 @ ({RUSH}); 30 @ (wet)"}
    town.way(400, [2, 200], **said)
    engine = town.engine(tmp_path)
    places = [at(0, -200), at(0, -920)]
    assert engine.matrix(places, slot="off_peak").seconds[0, 1] == 36
    assert engine.matrix(places, slot="peak").seconds[0, 1] == round(72 * 1.3)


def test_rules_that_are_not_obeyed_are_counted(tmp_path):
    town = crossing()
    town.way(
        50,
        [2, 3],
        **{
            "access:conditional": "destination @ (06:30-08:30)",
            "oneway:conditional": "yes @ (06:00-20:00)",
            "maxspeed:conditional": "30 @ (wet)",
        },
    )
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": "no_left_turn @ (wet)"})
    town.restriction("", 11, 12, node=1, **{"restriction:conditional": f"no_left_turn @ ({RUSH})"})
    raw = read_extract(town.write(tmp_path))
    network = town.network(tmp_path)
    said = describe(raw, network, build_turns(network, Profile()))
    assert said["hours_ignored"] == {
        "access:conditional": 1,
        "maxspeed:conditional": 1,
        "oneway:conditional": 1,
    }
    assert said["restrictions_skipped"] == {"hours not understood": 1}
    assert (said["restrictions_applied"], said["restrictions_timed"]) == (1, 1)
