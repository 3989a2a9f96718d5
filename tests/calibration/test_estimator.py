"""Factors, the door and bands: shrunk with few drives, clamped whatever the log says."""

from random import Random

import pytest

from route_app.calibration.estimator import EVERYWHERE, PRIOR_DRIVES, Cell, Drive, fit
from route_app.roads.calibrated import LEAST_FACTOR, MOST_DOOR_S, MOST_FACTOR


def drives(count, *, factor=1.3, door=0, noise=0.1, seed=1, slot="off_peak", territory="north"):
    chance = Random(seed)
    found = []
    for _ in range(count):
        told = chance.randrange(200, 2_400)
        real = (factor * told + door) * chance.lognormvariate(0, noise)
        found.append(Drive(told, round(real), slot, territory))
    return found


def test_without_drives_everything_is_as_predicted():
    found = fit([])
    assert (found.n, found.door_s) == (0, 0)
    told = found.expected(600, territory="north", slot="peak")
    assert told.seconds == 600
    assert told.low_s < 600 < told.high_s


def test_many_drives_show_the_factor():
    found = fit(drives(600, factor=1.3))
    assert found.cell("north", "off_peak").factor == pytest.approx(1.3, rel=0.03)
    assert found.cell("north", "off_peak").n == 600
    assert found.door_s == 0


def test_few_drives_hardly_move_it():
    one, three = fit(drives(1, noise=0)), fit(drives(3, noise=0))
    assert 1 < one.cell("north", "off_peak").factor < 1.05
    assert one.cell("north", "off_peak").factor < three.cell("north", "off_peak").factor < 1.12


def test_each_level_is_the_shrunk_median_of_the_docstring():
    count, logs, rest = 15, 0.0, 0.26236426446749106  # ln 1.3
    for _ in range(4):  # all, slot, territory, cell
        part = rest * count / (count + PRIOR_DRIVES)
        logs, rest = logs + part, rest - part
    same = [Drive(1_000, 1_300, "off_peak", "north")] * count
    assert fit(same).cell("north", "off_peak").factor == pytest.approx(2.718281828**logs)


def test_a_cell_without_drives_follows_those_above_it():
    log = drives(300, factor=1.2) + drives(300, factor=1.5, slot="peak", territory="south", seed=2)
    found = fit(log)
    assert found.cell("north", "peak").n == 0
    assert found.cell("north", "peak").factor > found.cell("north", "off_peak").factor
    assert found.cell("east", "peak") == found.cell(EVERYWHERE, "peak")
    assert found.cell("north", "free_flow").factor > 1.1  # as the whole company drives


def test_the_door_is_found_where_there_is_one():
    assert fit(drives(600, factor=1.1, door=180)).door_s == pytest.approx(180, abs=40)
    assert fit(drives(600, factor=1.1, door=0, noise=0.3)).door_s == 0


@pytest.mark.parametrize(("actual", "factor"), [(60_000, MOST_FACTOR), (1, LEAST_FACTOR)])
def test_no_log_can_push_a_factor_out_of_the_clamp(actual, factor):
    hostile = [
        Drive(600, actual, slot, "north") for slot in ("peak", "off_peak") for _ in range(999)
    ]
    found = fit(hostile)
    assert all(LEAST_FACTOR <= cell.factor <= MOST_FACTOR for cell in found.cells.values())
    assert found.cell("north", "peak").factor == pytest.approx(factor)
    assert 0 <= found.door_s <= MOST_DOOR_S


def test_a_third_of_nonsense_does_not_carry_the_median_away():
    log = drives(600, factor=1.2, noise=0.05)
    log += [Drive(600, 60_000, "off_peak", "north")] * 100 + [
        Drive(900, 1, "off_peak", "north")
    ] * 100
    assert fit(log).cell("north", "off_peak").factor == pytest.approx(1.2, rel=0.05)


def test_the_band_is_as_wide_as_the_drives_are_apart():
    tight, wide = fit(drives(800, noise=0.05)), fit(drives(800, noise=0.3))
    for found, noise in ((tight, 0.05), (wide, 0.3)):
        cell = found.cell("north", "off_peak")
        assert cell.high == pytest.approx(1.28 * noise, rel=0.25)
        assert cell.low == pytest.approx(-1.28 * noise, rel=0.25)
    assert fit(drives(2, noise=0)).cell("north", "off_peak").high == pytest.approx(
        Cell().high, rel=0.2
    )


def test_the_order_of_the_drives_does_not_matter():
    log = drives(200, door=60) + drives(100, slot="peak", territory="south", seed=4)
    turned = log[:]
    Random(3).shuffle(turned)
    assert fit(turned) == fit(log)
