"""What the store does about damage, and about versions that come and go."""

import json
import multiprocessing
import shutil
import time
from threading import Thread

import pytest

from route_app.errors import Conflict, InvalidInput, NotFound, Unavailable
from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore
from tests.roads.test_store import _town
from tests.roads.towns import at, crossing, one_way_block, two_islands


@pytest.fixture
def store(tmp_path):
    return RoadStore(tmp_path / "roads")


def _damage(store):
    file = store.version_folder("town") / "network.npz"
    file.write_bytes(file.read_bytes()[:-500])
    return file


def test_a_damaged_network_is_read_again_from_its_source(store, tmp_path):
    def places(source, folder, progress):
        (folder / "places.txt").write_text("here")

    report = store.build(_town(tmp_path), name="town", country="MT", extras=(places,))
    _damage(store)
    fresh = RoadStore(store.root)
    assert fresh.open("town").matrix([at(0, -50), at(50, 0)]).seconds[0, 1] == 17  # on the left
    mended = fresh.report("town")
    assert (mended.version, mended.extras, mended.country) == (report.version, ("places",), "MT")
    assert (fresh.version_folder("town") / "places.txt").exists()
    assert fresh.open("town").network == f"town@{report.version}"


def test_a_network_of_an_older_release_is_read_again(store, tmp_path, monkeypatch):
    monkeypatch.setattr("route_app.roads.network.FORMAT_VERSION", 0)
    store.build(_town(tmp_path), name="town")
    monkeypatch.undo()
    assert RoadStore(store.root).open("town").health().ok


def test_a_damaged_network_without_its_source_is_named_and_can_be_built_again(store, tmp_path):
    source = _town(tmp_path)
    store.build(source, name="town")
    _damage(store)
    shutil.rmtree(store.version_folder("town") / "source")
    fresh = RoadStore(store.root)
    with pytest.raises(Unavailable, match="road network town cannot be read"):
        fresh.open("town")
    fresh.build(source, name="town")
    assert fresh.open("town").health().ok


def test_a_flipped_byte_is_noticed(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    file = store.version_folder("town") / "network.npz"
    content = bytearray(file.read_bytes())
    where = content.index(b"point_lat.npy") + 200
    content[where] ^= 0xFF
    file.write_bytes(content)
    shutil.rmtree(store.version_folder("town") / "source")
    with pytest.raises(Unavailable, match="cannot be read"):
        RoadStore(store.root).open("town")


def test_several_processes_may_mend_the_same_network(store):
    store.build(bundled_extract(), name="town")
    _damage(store)
    context = multiprocessing.get_context("spawn")
    openers = [context.Process(target=_open, args=(store.root,)) for _ in range(2)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert [opener.exitcode for opener in openers] == [0, 0]
    assert RoadStore(store.root).open("town").health().ok


def _open(root):
    assert RoadStore(root).open("town").health().ok


def test_a_source_written_over_where_it_is_does_not_change_what_is_kept(store, tmp_path):
    source = _town(tmp_path)
    arcs = store.build(source, name="town").arcs
    with source.open("w") as same_file:
        same_file.write(_town(tmp_path, one_way_block(), "other.osm").read_text())
    _damage(store)
    fresh = RoadStore(store.root)
    assert fresh.open("town").health().ok
    assert fresh.report("town").arcs == arcs


def test_a_source_behind_a_link_is_kept_itself(store, tmp_path):
    link = tmp_path / "latest.osm"
    link.symlink_to(_town(tmp_path).name)
    store.build(link, name="town")
    _damage(store)
    assert RoadStore(store.root).open("town").health().ok


def test_an_upload_is_kept_without_a_second_copy(store, tmp_path):
    upload = store.root / ".uploads" / "town" / "1" / "town.osm"
    upload.parent.mkdir(parents=True)
    _town(tmp_path).rename(upload)
    store.build(upload, name="town")
    kept = store.version_folder("town") / "source" / "town.osm"
    assert kept.samefile(upload)


def test_mending_forgets_what_was_made_for_the_old_roads(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    (store.root / "profile.json").write_text(json.dumps({"turn_s": 9}))
    store.open("town")
    assert len(list(store.version_folder("town").glob("turns-*.npz"))) == 2
    _damage(store)
    fresh = RoadStore(store.root)
    fresh.open("town")
    assert len(list(store.version_folder("town").glob("turns-*.npz"))) == 1


def test_opening_a_damaged_network_while_one_is_built_ends(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    _damage(store)
    fresh = RoadStore(store.root)

    def slow(source, folder, progress):
        opener.start()
        time.sleep(0.5)

    opener = Thread(target=fresh.open, args=("town",))
    fresh.build(_town(tmp_path, one_way_block(), "block.osm"), name="town", extras=(slow,))
    opener.join(20)
    assert not opener.is_alive()


def test_damage_to_another_network_is_no_trouble(store, tmp_path):
    store.build(_town(tmp_path), name="good")
    store.build(_town(tmp_path, one_way_block(), "b.osm"), name="bad", use=False)
    (store.version_folder("bad") / "report.json").write_text("{")
    assert store.open_for([at(0, 50)]).network.startswith("good@")


def test_a_busy_machine_is_no_reason_to_build_anew(store, tmp_path, monkeypatch):
    store.build(_town(tmp_path), name="town")
    monkeypatch.setattr("route_app.roads.store.mend_roads", lambda *_: pytest.fail("built anew"))

    def too_many(*_args, **_options):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("route_app.roads.network.np.load", too_many)
    with pytest.raises(Unavailable, match="Too many open files"):
        RoadStore(store.root).open("town")


def test_the_version_used_before_is_the_one_that_stays(store, tmp_path):
    sources = [_town(tmp_path, town, f"{n}.osm") for n, town in
               enumerate((crossing(), one_way_block(), two_islands(ferry=True)))]  # fmt: skip
    first, _, _ = (store.build(source, name="town") for source in (*sources[:2], sources[0]))
    last = store.build(sources[2], name="town")
    kept = {entry.name for entry in (store.root / "town").iterdir() if entry.is_dir()}
    assert kept == {first.version, last.version}


def test_whoever_serves_may_read_what_another_built(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    assert store.version_folder("town").stat().st_mode & 0o055 == 0o055


def test_the_same_bytes_under_another_name_are_not_built_again(store, tmp_path):
    first = store.build(_town(tmp_path), name="town")
    again = store.build(_town(tmp_path, name="town-2026.05.04.osm"), name="town")
    assert again.version == first.version


def test_a_damaged_report_is_made_again_and_knows_its_country(store, tmp_path):
    store.build(_town(tmp_path), name="town", country="MT")
    (store.version_folder("town") / "report.json").write_text("{")
    assert store.report("town").country == "MT"
    assert store.report("town").driving_side.startswith("left")


def test_an_extra_that_cannot_be_used_is_made_again(store, tmp_path):
    def places(source, folder, progress):
        (folder / "places.txt").write_text("here")

    places.is_sound = lambda folder: (folder / "places.txt").read_text() == "here"
    store.build(_town(tmp_path), name="town", extras=(places,))
    (store.version_folder("town") / "places.txt").write_text("garbage")
    store.build(_town(tmp_path), name="town", extras=(places,))
    assert (store.version_folder("town") / "places.txt").read_text() == "here"


def test_a_country_that_is_none_is_refused_before_anything_is_read(store, tmp_path):
    with pytest.raises(InvalidInput, match="ZZ is not the code of a country"):
        store.build(_town(tmp_path), name="town", country="ZZ")
    assert store.names() == ()


def test_a_first_build_that_fails_leaves_nothing_behind(store, tmp_path):
    broken = tmp_path / "broken.osm"
    broken.write_text("<osm><node")
    with pytest.raises(InvalidInput):
        store.build(broken, name="broken")
    assert not (store.root / "broken").exists()


def test_what_a_killed_build_left_goes_with_the_next_one(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    left = store.root / "town" / ".building-killed"
    left.mkdir()
    store.build(_town(tmp_path), name="town")
    assert not left.exists()


def test_a_network_can_be_removed_unless_it_is_in_use_beside_others(store, tmp_path):
    store.build(_town(tmp_path), name="first")
    store.build(_town(tmp_path, one_way_block(), "b.osm"), name="second")
    with pytest.raises(Conflict, match="second is in use"):
        store.remove("second")
    store.remove("first")
    assert store.names() == ("second",)
    store.remove("second")
    assert store.names() == ()
    with pytest.raises(NotFound):
        store.remove("second")
