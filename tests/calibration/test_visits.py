"""How long visits take: learned by tier and segment, shrunk, clamped, and with an interval."""

from random import Random

import pytest

from route_app.calibration.visits import PRIOR_VISITS, WHOLE_TIER, Visited, lengths


def visits(count, minutes, *, tier="C", segment="Café", default_s=1_200, spread=0.2, seed=1):
    chance = Random(seed)
    return [
        Visited(tier, segment, default_s, round(60 * minutes * chance.lognormvariate(0, spread)))
        for _ in range(count)
    ]


def test_many_visits_show_the_length():
    found = lengths(visits(400, 32))
    assert found["C", WHOLE_TIER].service_s == pytest.approx(32 * 60, rel=0.05)
    assert found["C", "Café"].service_s % 60 == 0
    length = found["C", "Café"]
    assert length.low_s < length.service_s < length.high_s
    assert length.low_s == pytest.approx(32 * 60 * 0.77, rel=0.12)


def test_few_visits_stay_near_the_default():
    assert lengths(visits(1, 40, spread=0))["C", WHOLE_TIER].service_s <= 1_260
    half = lengths([Visited("C", "", 1_200, 1_800)] * PRIOR_VISITS)["C", WHOLE_TIER]
    assert half.service_s == round(1_200 * 1.5**0.5 / 60) * 60


def test_a_segment_starts_from_its_tier():
    log = visits(300, 30) + visits(10, 60, segment="Hotel", spread=0)
    found = lengths(log)
    assert found["C", "Café"].service_s < found["C", "Hotel"].service_s < 40 * 60
    few = lengths(visits(300, 30) + visits(9, 60, segment="Hotel", spread=0))
    assert ("C", "Hotel") not in few


def test_no_log_pushes_a_length_out_of_the_clamp():
    long, short = lengths(visits(500, 200)), lengths(visits(500, 3))
    assert long["C", "Café"].service_s == 2 * 1_200
    assert short["C", "Café"].service_s == 600


def test_slips_and_forgotten_check_outs_are_left_out():
    log = [Visited("C", "", 1_200, seconds) for seconds in (5, 60, 119, 14_401, 90_000)]
    assert lengths(log) == {}
    assert lengths([*log, *visits(50, 20, segment="")])["C", WHOLE_TIER].n == 50
