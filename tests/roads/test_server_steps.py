"""osrm_steps, valhalla_steps, server_drives and sampled_reach, on answers written by hand."""

import numpy as np
import pytest
import shapely

from route_app.errors import InvalidInput, Unavailable
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads import osrm_steps, valhalla_steps
from route_app.roads.profile import Profile, SlotFactors, usual_traffic
from route_app.roads.sampled_reach import ring, star
from route_app.roads.server_drives import Step, leg_of, slot_factor, status_of, understood

A, B, C, D = (LatLon(0.0, 0.001 * row) for row in range(4))


def osrm_step(said, modifier=None, *, metres=10.0, name="", mode="driving", at=0, **more):
    manoeuvre = {"type": said, **({"modifier": modifier} if modifier else {}), **more}
    line = [[0.001 * at, 0.0], [0.001 * (at + 1), 0.0]]
    return {"maneuver": manoeuvre, "distance": metres, "name": name, "mode": mode,
            "geometry": {"coordinates": line}}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "modifier", "kind"),
    [
        ("turn", "sharp left", "sharp_left"),
        ("end of road", "right", "right"),
        ("fork", "slight right", "slight_right"),
        ("continue", "uturn", "u_turn"),
        ("new name", "straight", "straight"),
        ("something of a later version", None, "straight"),
        ("roundabout", "right", "roundabout"),
        ("arrive", "left", "arrive"),
    ],
)
def test_osrm_manoeuvres_have_our_names(said, modifier, kind):
    [step] = osrm_steps.read_steps([osrm_step(said, modifier)])
    assert step.kind == kind


def test_a_roundabout_is_one_turn_with_its_exit_and_the_street_behind_it():
    leg = leg_of(
        osrm_steps.read_steps(
            [
                osrm_step("depart", name="High Street", metres=100.4),
                osrm_step("roundabout", "right", exit=2, metres=30.4, at=1),
                osrm_step("exit roundabout", "right", name="Mill Road", metres=70.4, at=2),
                osrm_step("arrive", name="Mill Road", metres=0, at=3),
            ]
        ),
        seconds=20,
        factor=1,
    )
    assert [(turn.kind, turn.street, turn.exit) for turn in leg.turns] == [
        ("depart", "High Street", None),
        ("roundabout", "Mill Road", 2),
        ("arrive", "Mill Road", None),
    ]
    assert leg.metres == 201
    assert [turn.metres for turn in leg.turns] == [100, 101, 0]
    assert leg.streets == ("High Street", "Mill Road")
    assert leg.turns[1].place == B


def test_a_ferry_is_told_as_one():
    steps = osrm_steps.read_steps([osrm_step("notification", mode="ferry"), osrm_step("turn")])
    assert steps[0].kind == "ferry"
    steps = valhalla_steps.read_steps(valhalla_leg([(1, 1.0), (28, 5.0), (29, 1.0), (4, 0.0)]))
    assert [step.kind for step in steps] == ["depart", "ferry", "straight", "arrive"]
    turns = leg_of(osrm_steps.read_steps(
        [osrm_step("depart"), osrm_step("notification", mode="ferry", at=1),
         osrm_step("notification", at=2), osrm_step("notification", at=2),
         osrm_step("arrive", at=3)]), seconds=1, factor=1).turns  # fmt: skip
    assert [turn.kind for turn in turns] == ["depart", "ferry", "straight", "arrive"]


def valhalla_leg(manoeuvres):
    """Return a leg whose manoeuvres each go from one point of a line to the next."""
    told = [
        {"type": number, "length": km, "begin_shape_index": row, "end_shape_index": row + (km > 0)}
        | ({"roundabout_exit_count": 3} if number == 26 else {})
        | ({"street_names": ["Mill Road"]} if number == 27 else {})
        for row, (number, km) in enumerate(manoeuvres)
    ]
    return {"maneuvers": told, "shape": "??" + 4 * "?o}@", "summary": {"time": 9}}


def test_valhalla_manoeuvres_have_our_names():
    leg = leg_of(
        valhalla_steps.read_steps(valhalla_leg([(2, 0.1), (26, 0.02), (27, 0.3), (5, 0.0)])),
        seconds=9,
        factor=2,
    )
    assert [(turn.kind, turn.street, turn.exit) for turn in leg.turns] == [
        ("depart", "", None),
        ("roundabout", "Mill Road", 3),
        ("arrive", "", None),
    ]
    assert leg.seconds == 18
    assert leg.metres == 420


def test_a_compressed_line_is_read_and_a_cut_one_refused():
    line = valhalla_steps.read_line("_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI")
    assert [(p.lat, p.lon) for p in line] == [
        (38.5, -120.2), (40.7, -120.95), (43.252, -126.453),
    ]  # fmt: skip
    for cut in ("", "_izlhA", "_izlhA~rlgd"):
        with pytest.raises(ValueError, match="ends in the middle"):
            valhalla_steps.read_line(cut)


def test_what_is_not_built_as_promised_is_unavailable():
    for wrong in ([{}], [{"maneuver": {"type": "turn"}}], [None], "steps"):
        with pytest.raises(Unavailable, match="OSRM server answers in a way"):
            understood("The OSRM server", lambda wrong=wrong: osrm_steps.read_steps(wrong))


def test_no_metre_is_lost_by_rounding():
    steps = [Step("straight", (A, B), 0.4) for _ in range(10)]
    leg = leg_of([*steps, Step("arrive", (B,), 0.0)], seconds=1, factor=1)
    assert leg.metres == sum(turn.metres for turn in leg.turns) == 4


def test_a_leg_that_goes_nowhere_still_has_two_ends():
    assert leg_of([Step("depart", (A,), 0.0)], seconds=0, factor=1).path == (A, A)


def test_a_slot_is_a_factor_of_the_usual_one():
    profile = Profile(
        slots={
            **Profile().slots,
            "off_peak": SlotFactors(usual_traffic(urban=1.2, motorway=1.0)),
            "peak": SlotFactors(usual_traffic(urban=1.8, motorway=1.0)),
        }
    )
    assert slot_factor(profile, "peak") == pytest.approx(1.5)
    assert slot_factor(profile, "off_peak") == 1
    with pytest.raises(InvalidInput, match="no time slot named noon"):
        slot_factor(profile, "noon")


def test_places_are_judged_as_the_embedded_roads_judge_them():
    assert [status_of(away) for away in (250, 251, 3000, 3001)] == [
        "on_road", "far", "far", "no_road",
    ]  # fmt: skip


def test_a_sampled_ring_is_as_wide_as_the_drives():
    def drive_to(places):
        return [(place, 0.0, haversine_m(A, place) / 10) for place in places]

    outline = ring(A, within_s=60, drive_to=drive_to)
    assert outline[0] == outline[-1]
    away = [haversine_m(A, point) for point in outline]
    assert 560 < np.median(away) < max(away) < 620
    assert min(away) > 350, "a gap between samples is no hole in the map"


def test_a_sampled_ring_leaves_out_what_has_no_road_or_no_way():
    def drive_to(places):
        return [
            (place, 5000.0 if place.lon < 0 else 0.0, float("nan") if place.lat < 0 else 1.0)
            for place in places
        ]

    outline = ring(A, within_s=60, drive_to=drive_to)
    area = shapely.Polygon([point.lonlat for point in outline])
    assert area.bounds[0] > -0.001
    assert area.bounds[1] > -0.001
    nowhere = ring(A, within_s=60, drive_to=lambda places: [])
    assert max(haversine_m(A, point) for point in nowhere) < 30


def test_a_star_stays_on_the_globe():
    pole = star(LatLon(89.999, 0), [100.0, 1_000_000.0], directions=8)
    assert 8 <= len(pole) < 16
    assert len(star(A, [50.0, 100.0], directions=6)) == 12
