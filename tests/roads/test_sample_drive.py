import pytest

from route_app.errors import Unavailable
from route_app.roads.bundled import bundled_extract
from route_app.roads.network import save_network
from route_app.roads.profile import Profile, SlotFactors
from route_app.roads.sample_drive import sample_drive
from route_app.roads.slots import SLOTS
from route_app.roads.store import RoadStore
from tests.roads.towns import Town, crossing


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory):
    store = RoadStore(tmp_path_factory.mktemp("roads"))
    store.build(bundled_extract(), name="helsinki", country="FI")
    return store.version_folder("helsinki") / "network.npz"


def test_it_is_a_drive_between_two_streets_of_the_network(helsinki):
    drive = sample_drive(helsinki, Profile())
    assert drive.start
    assert drive.goal
    assert drive.start != drive.goal
    assert drive.metres > 500
    times = [drive.seconds[slot] for slot in ("free_flow", "off_peak", "shoulder", "peak")]
    assert times == sorted(times)
    assert len(set(times)) == len(SLOTS)


def test_it_follows_the_profile(helsinki):
    usual = sample_drive(helsinki, Profile())
    slots = {**Profile().slots, "peak": SlotFactors(dict.fromkeys(("minor", "primary"), 3.0))}
    slow = sample_drive(helsinki, Profile(slots=slots))
    assert (slow.start, slow.goal) == (usual.start, usual.goal)
    assert slow.seconds["peak"] > usual.seconds["peak"]
    assert slow.seconds["off_peak"] == usual.seconds["off_peak"]


def test_a_single_street_has_no_drive_to_show(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(11, [1, 2])
    save_network(town.network(tmp_path), tmp_path / "network.npz")
    assert sample_drive(tmp_path / "network.npz", Profile()) is None


def test_a_large_network_is_not_tried_in_passing(tmp_path, monkeypatch):
    monkeypatch.setattr("route_app.roads.sample_drive._MOST_ARCS", 3)
    save_network(crossing().network(tmp_path), tmp_path / "network.npz")
    assert sample_drive(tmp_path / "network.npz", Profile()) is None


def test_a_damaged_network_says_so(tmp_path):
    (tmp_path / "network.npz").write_bytes(b"nothing")
    with pytest.raises(Unavailable):
        sample_drive(tmp_path / "network.npz", Profile())
