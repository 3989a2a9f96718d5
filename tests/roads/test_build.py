import osmnx
import pytest

from route_app.roads.build import build_everything
from route_app.roads.bundled import bundled_extract
from route_app.roads.osmnx_graph import to_osmnx
from route_app.roads.sources import read_roads
from route_app.roads.store import RoadStore
from tests.roads.towns import crossing


def test_everything_lies_in_one_folder(tmp_path):
    told = []
    store = RoadStore(tmp_path)
    report = build_everything(
        store, bundled_extract(), name="helsinki", country="FI",
        progress=lambda share, text: told.append(share),
    )  # fmt: skip
    files = {entry.name for entry in store.version_folder("helsinki").iterdir()}
    assert files >= {"network.npz", "report.json", "places.sqlite", "basemap.pmtiles"}
    assert report.warnings == ()
    assert told == sorted(told)


@pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")
def test_a_graph_brings_roads_only(tmp_path):
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(to_osmnx(crossing().network(tmp_path)), path)
    assert len(read_roads(path).way_nodes) == 4
    report = build_everything(RoadStore(tmp_path / "roads"), path, name="town")
    assert (report.extras, report.warnings) == ((), ())


@pytest.mark.parametrize("name", ["places.sqlite", "basemap.pmtiles"])
def test_a_damaged_address_book_or_map_is_made_again_by_a_build(tmp_path, name):
    store = RoadStore(tmp_path)
    build_everything(store, bundled_extract(), name="helsinki", country="FI")
    file = store.version_folder("helsinki") / name
    sound = file.stat().st_size
    file.write_bytes(b"garbage" * 1000)
    build_everything(store, bundled_extract(), name="helsinki", country="FI")
    assert (store.version_folder("helsinki") / name).stat().st_size == pytest.approx(
        sound, rel=0.01
    )
