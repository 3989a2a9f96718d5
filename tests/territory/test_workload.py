import numpy as np
import pytest

from route_app.territory import workload
from route_app.territory.workload import Need


def test_the_hours_can_be_counted_by_hand():
    # 13 visits a year of 20 min + 10 min hop, home 40 min away: 2 x 40 / 8 = 10 min a visit
    monthly = Need(target_days=365 / 13, service_s=1_200, hop_s=600, home_s=2_400)
    yearly = Need(target_days=365, service_s=1_800, hop_s=0, home_s=0)

    found = workload.workload([monthly, yearly])

    assert found.visits == pytest.approx(14)
    assert found.hours == pytest.approx(13 * 40 / 60 + 0.5)
    assert found.far == 0


def test_it_counts_accounts_that_need_a_night_away():
    near, far = (Need(28, 1_200, 600, home_s) for home_s in (9_000 - 1, 9_000))

    assert workload.workload([near, far]).far == 1


def test_nothing_asks_for_nothing():
    assert workload.workload([]).hours == 0


def test_hops_grow_with_the_gaps_between_accounts():
    near = np.array([[62.0, 25.0], [62.0, 25.01], [62.01, 25.0]])
    apart = np.array([[62.0, 25.0], [62.0, 25.1], [62.1, 25.0]])

    assert (workload.local_hops_s(apart) > workload.local_hops_s(near)).all()


def test_a_hop_is_nine_tenths_of_the_mean_drive_and_parking():
    a_degree_north = np.array([[62.0, 25.0], [62.009, 25.0]])
    metres = 0.009 * 111_195

    hop = workload.local_hops_s(a_degree_north)

    assert hop == pytest.approx(0.9 * metres * 1.3 / (40 / 3.6) + 300, rel=0.001)


def test_a_lone_account_still_has_to_be_parked_at():
    assert workload.local_hops_s(np.array([[62.0, 25.0]])).tolist() == [300.0]


def test_without_a_home_the_drive_is_from_the_middle():
    places = np.array([[62.0, 25.0], [62.0, 25.2]])

    drives = workload.home_drives_s(places, None)

    assert drives[0] == pytest.approx(drives[1])
    assert workload.home_drives_s(places, (62.0, 25.0))[0] == pytest.approx(0, abs=1)
