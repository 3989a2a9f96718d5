import json
import multiprocessing
import os
import shutil
import signal
import time
from threading import Thread

import osmium
import pytest

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore
from tests.roads.towns import at, crossing, one_way_block, two_islands


@pytest.fixture
def store(tmp_path):
    return RoadStore(tmp_path / "roads")


def _town(folder, town=None, name="town.osm"):
    return (town or crossing()).write(folder, name)


def test_it_builds_reports_and_opens(store, tmp_path):
    told = []
    report = store.build(
        _town(tmp_path), name="town", country="fi", progress=lambda share, text: told.append(share)
    )
    assert store.names() == ("town",)
    assert store.report("town") == report
    assert (report.arcs, report.country, report.driving_side) == (8, "FI", "right (country FI)")
    assert told == sorted(told)
    assert told[-1] == 1.0
    engine = store.open("town")
    assert engine.network == f"town@{report.version}"
    assert engine.matrix([at(0, -50), at(0, 50)]).metres[0, 1] == 100


def test_the_country_decides_the_side_of_the_road(store, tmp_path):
    assert store.build(_town(tmp_path), name="malta", country="MT").driving_side.startswith("left")
    places = [at(0, -50), at(50, 0)]
    assert store.open("malta").matrix(places).seconds[0, 1] == 17


def test_an_engine_is_opened_once_and_again_after_a_new_build(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    first = store.open("town")
    assert store.open() is first
    store.build(_town(tmp_path, one_way_block()), name="town")
    second = store.open("town")
    assert second is not first
    assert first.matrix([at(0, -50), at(0, 50)]).metres[0, 1] == 100  # a running plan goes on


def test_another_process_s_build_is_noticed(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    before = store.open("town")
    RoadStore(store.root).build(_town(tmp_path, one_way_block()), name="town")
    assert store.open("town").network != before.network


def test_the_network_built_last_is_the_default(store, tmp_path):
    store.build(_town(tmp_path), name="a")
    store.build(_town(tmp_path, one_way_block()), name="b")
    assert store.open().network.startswith("b@")


def test_it_says_what_to_do_when_nothing_is_built(store):
    assert store.names() == ()
    with pytest.raises(Unavailable, match="flask roads build FILE"):
        store.open()
    with pytest.raises(NotFound, match="no road network named oslo"):
        store.open("oslo")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "town\n"])
def test_it_refuses_names_that_are_no_names(store, tmp_path, name):
    with pytest.raises(InvalidInput):
        store.build(_town(tmp_path), name=name)
    with pytest.raises(InvalidInput):
        store.version_folder(name)


def test_a_failed_build_leaves_the_old_network_in_use(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    broken = tmp_path / "broken.osm"
    broken.write_text("<osm><node")
    with pytest.raises(InvalidInput):
        store.build(broken, name="town")
    assert store.open("town").health().ok
    assert [entry.name for entry in (store.root / "town").glob(".building-*")] == []


def test_a_damaged_report_or_pointer_is_named(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    shutil.rmtree(store.version_folder("town") / "source")
    (store.version_folder("town") / "report.json").write_text("{")
    with pytest.raises(Unavailable, match="report of the road network town"):
        store.report("town")
    (store.root / "town" / "current").write_text("nonsense")
    with pytest.raises(Unavailable, match="town is damaged"):
        store.open("town")


def test_it_keeps_the_two_last_versions(store, tmp_path):
    versions = [
        store.build(_town(tmp_path, town), name="town").version
        for town in (crossing(), one_way_block(), two_islands(ferry=True))
    ]
    kept = {entry.name for entry in (store.root / "town").iterdir() if entry.is_dir()}
    assert kept == set(versions[1:])


def test_the_same_source_is_not_built_twice(store, tmp_path):
    first = store.build(_town(tmp_path), name="town")
    made = (store.version_folder("town") / "network.npz").stat().st_mtime_ns
    assert store.build(_town(tmp_path), name="town") == first
    assert (store.version_folder("town") / "network.npz").stat().st_mtime_ns == made


def test_what_an_extra_says_stands_in_the_report(store, tmp_path):
    def basemap(source, folder, progress):
        return ("The coastline has gaps.",)

    report = store.build(_town(tmp_path), name="town", extras=(basemap,))
    assert report.extras == ("basemap",)
    assert report.warnings == ("The coastline has gaps.",)
    assert "The coastline has gaps." in report.lines()


def test_extras_put_their_files_beside_the_roads(store, tmp_path):
    def places(source, folder, progress):
        progress(0.5, "Half")
        (folder / "places.txt").write_text(source.name)

    def basemap(source, folder, progress):
        raise Unavailable("The tiler is not installed.")

    report = store.build(_town(tmp_path), name="town", extras=(places, basemap))
    assert (store.version_folder("town") / "places.txt").read_text() == "town.osm"
    assert report.extras == ("places",)
    assert report.warnings == ("Not built: basemap. The tiler is not installed.",)


def test_an_extra_that_was_missing_is_made_by_the_next_build(store, tmp_path):
    store.build(_town(tmp_path), name="town")

    def places(source, folder, progress):
        (folder / "places.txt").write_text("here")

    store.build(_town(tmp_path), name="town", extras=(places,))
    assert (store.version_folder("town") / "places.txt").exists()


def test_an_edited_profile_is_used(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    (store.root / "profile.json").write_text(json.dumps({"maxspeed_factor": 0.4}))
    assert store.open("town").matrix([at(0, -50), at(0, 50)]).seconds[0, 1] == 20


def _build(root, source):
    RoadStore(root).build(source, name="town")


def test_two_processes_may_build_the_same_network(store):
    context = multiprocessing.get_context("spawn")
    source = bundled_extract()
    builders = [context.Process(target=_build, args=(store.root, source)) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(60)
    assert [builder.exitcode for builder in builders] == [0, 0]
    assert store.open("town").health().ok
    assert sum(entry.is_dir() for entry in (store.root / "town").iterdir()) == 1


def _build_and_hang(root, source, flag):
    def hang(source, folder, progress):
        flag.touch()
        time.sleep(60)

    RoadStore(root).build(source, name="town", extras=(hang,))


def test_a_build_that_is_killed_leaves_the_old_roads_and_nothing_to_clean_up(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    before = store.open("town").network
    flag = tmp_path / "reached"
    source = _town(tmp_path, one_way_block(), "block.osm")
    builder = multiprocessing.get_context("spawn").Process(
        target=_build_and_hang, args=(store.root, source, flag)
    )
    builder.start()
    for _ in range(300):
        if flag.exists():
            break
        time.sleep(0.1)
    os.kill(builder.pid, signal.SIGKILL)
    builder.join(10)
    assert [entry.name for entry in (store.root / "town").glob(".building-*")] != []
    assert RoadStore(store.root).open("town").network == before
    store.build(source, name="town")
    assert store.open("town").network != before
    assert [entry.name for entry in (store.root / "town").glob(".building-*")] == []


def test_threads_may_open_while_another_builds(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    failures = []

    def read():
        for _ in range(40):
            try:
                assert store.open("town").health().ok
            except BaseException as error:
                failures.append(error)

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    store.build(_town(tmp_path, one_way_block()), name="town")
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_network_can_be_built_without_being_used_and_be_chosen_later(store, tmp_path):
    store.build(_town(tmp_path), name="first", use=False)
    assert store.in_use() == "first", "the only one there is"
    store.build(_town(tmp_path, one_way_block()), name="second", use=False)
    assert store.in_use() == "first"
    store.choose("second")
    assert RoadStore(store.root).open().network.startswith("second@")
    with pytest.raises(NotFound, match="no road network named third"):
        store.choose("third")
    assert store.in_use() == "second"


def test_a_choice_that_is_gone_falls_back_on_the_network_built_last(store, tmp_path):
    store.build(_town(tmp_path), name="town")
    (store.root / "in-use").write_text("gone\n")
    assert store.in_use() == "town"


def test_its_report_says_how_old_the_data_are_and_how_many_roads_are_one_way(store, tmp_path):
    source = _town(tmp_path, one_way_block())
    report = store.build(source, name="town")
    assert report.data_at is None
    assert report.oneways == 4
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-05-04T03:02:01Z")
    dated = tmp_path / "dated.osm.pbf"
    with osmium.SimpleWriter(str(dated), header=header) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    assert store.build(dated, name="town").data_at == "2026-05-04T03:02:01+00:00"


def test_the_same_source_is_built_anew_when_the_address_book_is_written_another_way(
    store, tmp_path, monkeypatch
):
    before = store.build(_town(tmp_path), name="town").version
    assert store.build(_town(tmp_path), name="town").version == before
    monkeypatch.setattr("route_app.roads.store.EXTRAS_VERSION", 999)
    assert store.build(_town(tmp_path), name="town").version != before
