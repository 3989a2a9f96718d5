"""What an engine needs is kept; what is missing or damaged is made again, never trusted."""

from dataclasses import replace
from pathlib import Path

import pytest

from route_app.roads import prepared
from route_app.roads.bundled import bundled_extract
from route_app.roads.cch_engine import CchEngine
from route_app.roads.embedded_engine import EmbeddedEngine
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.prepared import open_engine
from route_app.roads.profile import Profile
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads.towns import at, crossing, two_islands

PLACES = [at(50, 0), at(0, 50), at(-50, 0), at(0, -50)]


@pytest.fixture
def network(tmp_path):
    return crossing().network(tmp_path)


def _open(folder, network, profile=None) -> EmbeddedEngine:
    return open_engine(folder, network, profile or Profile(), name="town@1")


def test_it_opens_a_hierarchy_and_keeps_what_it_made(tmp_path, network):
    first = _open(tmp_path, network)
    assert isinstance(first, CchEngine)
    kept = {file.name for file in tmp_path.glob("*.npz")}
    assert kept == {"hierarchy.npz", f"turns-{Profile().digest}.npz"}
    written = {file: file.stat().st_mtime_ns for file in tmp_path.glob("*.npz")}
    again = _open(tmp_path, network)
    assert again.matrix(PLACES).seconds.tolist() == first.matrix(PLACES).seconds.tolist()
    assert {file: file.stat().st_mtime_ns for file in tmp_path.glob("*.npz")} == written


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", None])
def test_damaged_files_are_made_again(tmp_path, network, damage):
    sound = _open(tmp_path, network).matrix(PLACES).seconds.tolist()
    for file in tmp_path.glob("*.npz"):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert _open(tmp_path, network).matrix(PLACES).seconds.tolist() == sound
    assert all(file.stat().st_size > 500 for file in tmp_path.glob("*.npz"))


def test_files_of_another_network_are_not_used(tmp_path, network):
    _open(tmp_path, two_islands(ferry=False).network(tmp_path))
    fresh = open_engine(tmp_path / "nowhere", network, Profile(), name="x")  # keeps nothing
    assert _open(tmp_path, network).matrix(PLACES).seconds.tolist() == (
        fresh.matrix(PLACES).seconds.tolist()
    )


def test_an_edited_profile_gets_turns_of_its_own_and_shares_the_hierarchy(tmp_path, network):
    usual = _open(tmp_path, network).matrix(PLACES).seconds[0, 1]
    before = (tmp_path / "hierarchy.npz").stat().st_mtime_ns
    slow = replace(Profile(), turn_s=60.0)
    assert _open(tmp_path, network, slow).matrix(PLACES).seconds[0, 1] > usual + 10
    assert (tmp_path / "hierarchy.npz").stat().st_mtime_ns == before
    for seconds in range(10, 16):
        _open(tmp_path, network, replace(slow, turn_s=float(seconds)))
    assert len(list(tmp_path.glob("turns-*.npz"))) == 3


def test_without_a_compiler_the_slower_engine_gives_the_same_answers(tmp_path, monkeypatch):
    network = build_network(read_extract(bundled_extract()))
    quick = _open(tmp_path, network)
    monkeypatch.setattr(prepared, "can_compile", lambda: False)
    slow = _open(tmp_path, network)
    assert isinstance(slow, ScipyEngine)
    places = [quick.roads.node_lat[::60], quick.roads.node_lon[::60]]
    stops = [at(0, 0).__class__(float(a), float(b)) for a, b in zip(*places, strict=True)]
    assert (slow.matrix(stops).seconds == quick.matrix(stops).seconds).all()
    assert (slow.matrix(stops).metres == quick.matrix(stops).metres).all()


def test_turns_of_another_network_of_the_same_size_are_not_used(tmp_path):
    free = crossing().network(tmp_path)
    town = crossing()
    town.restriction("no_left_turn", 11, 14, node=1)
    bound = town.network(tmp_path)
    places = [at(0, -50), at(-50, 0)]
    assert _open(tmp_path, free).matrix(places).metres[0, 1] == 100
    assert _open(tmp_path, bound).matrix(places).metres[0, 1] == 300


def test_a_compiler_that_does_not_load_is_as_good_as_none(tmp_path, network, monkeypatch):
    monkeypatch.setattr("route_app.lib.compiled.COMPILES", False)
    assert isinstance(_open(tmp_path, network), ScipyEngine)


def test_clearing_away_does_not_mind_what_another_process_cleared(tmp_path, network, monkeypatch):
    stat = Path.stat

    def gone(self, **options):
        if self.name.startswith("turns-"):
            raise FileNotFoundError(self)
        return stat(self, **options)

    monkeypatch.setattr(Path, "stat", gone)
    assert _open(tmp_path, network).matrix(PLACES).seconds[0, 1] > 0
