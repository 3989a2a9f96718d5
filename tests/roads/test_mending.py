import multiprocessing

import numpy as np
import pytest

from route_app.errors import Unavailable
from route_app.roads import mending, uploads
from route_app.roads.bundled import bundled_extract
from route_app.roads.network import load_network
from route_app.roads.store import RoadStore
from tests.roads.towns import at, crossing, one_way_block


@pytest.fixture
def store(tmp_path):
    made = RoadStore(tmp_path / "roads")
    made.build(crossing().write(tmp_path), name="town", country="MT")
    return RoadStore(made.root)


def _file(store):
    return store.version_folder("town") / "network.npz"


def _damage(store):
    content = bytearray(_file(store).read_bytes())
    content[content.index(b"point_lat.npy") + 200] ^= 0xFF
    _file(store).write_bytes(content)


def test_a_damaged_network_is_made_anew_from_its_extract(store):
    whole = load_network(_file(store))
    report = store.report("town")
    _damage(store)
    engine = store.open("town")
    assert engine.network == f"town@{report.version}"
    assert engine.matrix([at(0, -50), at(50, 0)]).seconds[0, 1] == 17  # still on the left
    assert np.array_equal(load_network(_file(store)).point_lat, whole.point_lat)
    assert store.report("town") == report


def test_one_that_another_version_wrote_is_made_anew(store, monkeypatch):
    monkeypatch.setattr("route_app.roads.network.FORMAT_VERSION", 99)
    assert store.open("town").health().ok
    assert load_network(_file(store)).arcs.count == 8


@pytest.mark.parametrize("change", ["gone", "another", "large"])
def test_without_its_extract_it_says_what_to_do(store, tmp_path, change, monkeypatch):
    source = tmp_path / "town.osm"
    if change == "gone":
        source.unlink()
    elif change == "another":
        one_way_block().write(tmp_path)
    else:
        monkeypatch.setattr(mending, "_LARGEST_MB", 0)
    _damage(store)
    with pytest.raises(Unavailable) as error:
        store.open("town")
    assert error.value.message.endswith("Build it again from its extract.")


def test_a_network_of_before_such_notes_is_made_anew_from_its_upload(store, tmp_path):
    (_file(store).parent / "built-from.json").unlink()
    _damage(store)
    with pytest.raises(Unavailable):
        store.open("town")
    with (tmp_path / "town.osm").open("rb") as content:
        uploads.keep(store.root, content, network="town", file_name="town.osm", limit_mb=1)
    assert store.open("town").health().ok


def _open(root, answers):
    answers.put(int(RoadStore(root).open("town").roads.arcs.count))


def test_two_processes_may_find_the_damage_at_once(tmp_path):
    store = RoadStore(tmp_path / "roads")
    store.build(bundled_extract(), name="town")
    _file(store).write_bytes(_file(store).read_bytes()[:5000])
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    readers = [context.Process(target=_open, args=(store.root, answers)) for _ in range(2)]
    for reader in readers:
        reader.start()
    found = [answers.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(10)
    assert found == [store.report("town").arcs] * 2
    assert [entry.name for entry in _file(store).parent.glob(".network-*")] == []
