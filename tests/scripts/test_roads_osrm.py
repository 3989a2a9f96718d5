"""The comparison with OSRM, and the real servers that tests and benchmarks start."""

import sys
from pathlib import Path

import numpy as np
import pytest

from route_app.roads.bundled import bundled_extract
from route_app.roads.crowfly import CrowFlyEngine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import extracts, roads_osrm, routing_servers
from benchmarks.routing_servers import NotHere


def test_it_compares_between_real_businesses():
    places = roads_osrm.businesses(bundled_extract(), 50)
    assert len(set(places)) == 50
    assert places == roads_osrm.businesses(bundled_extract(), 50)
    assert places != roads_osrm.businesses(bundled_extract(), 50, seed=1)
    assert all(60.16 < place.lat < 60.18 for place in places)


@pytest.mark.parametrize(("slower", "within_5", "within_10"), [(1.0, 100, 100), (1.07, 0, 100)])
def test_agreement_is_a_share_of_pairs(slower, within_5, within_10):
    places = roads_osrm.businesses(bundled_extract(), 20)
    rows = {
        row.name: row
        for row in roads_osrm.agreement(
            CrowFlyEngine(seconds_a=0.94 * slower), CrowFlyEngine(), places, held=True
        )
    }
    assert rows["pairs within 5 % of OSRM"].value == pytest.approx(within_5, abs=2)
    assert rows["pairs within 10 % of OSRM"].value == within_10
    assert rows["median off OSRM"].value == pytest.approx(100 * (slower - 1), abs=0.5)
    assert rows["median off OSRM"].holds is (slower == 1)
    assert rows["pairs within 5 % of OSRM"].holds is (slower == 1)


def test_without_osrm_one_row_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("ROUTE_APP_TEST_OSRM", str(tmp_path))
    [row] = roads_osrm.rows(quick=True)
    assert np.isnan(row.value)
    assert row.holds is None
    assert row.shown == "–"
    assert "names a folder without osrm/bin" in row.against


def test_with_osrm_it_measures(monkeypatch, tmp_path):
    try:
        routing_servers.programs("osrm")
    except NotHere as why:
        pytest.skip(str(why))
    monkeypatch.setattr(extracts, "_FOLDER", tmp_path)
    rows = {row.name: row for row in roads_osrm.rows(quick=True)}
    assert 0.8 < rows["median of ours / OSRM"].value < 1.25
    assert rows["matrix of 400 x 400"].value > 0
    assert rows["matrix of 400 x 400"].against.startswith("OSRM MLD ")


def test_a_server_that_is_not_here_is_said(monkeypatch):
    monkeypatch.delenv("ROUTE_APP_TEST_VALHALLA", raising=False)
    with pytest.raises(NotHere, match="ROUTE_APP_TEST_VALHALLA names no folder"):
        routing_servers.programs("valhalla")


def test_a_server_that_does_not_start_is_said(tmp_path):
    folder = tmp_path / "osrm" / "bin"
    folder.mkdir(parents=True)
    for name in ("osrm-extract", "osrm-partition", "osrm-customize", "osrm-routed"):
        (folder / name).write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
        (folder / name).chmod(0o755)
    with (
        pytest.raises(NotHere, match="osrm-extract failed: broken"),
        routing_servers.osrm(tmp_path, bundled_extract(), tmp_path / "work"),
    ):
        pass


def test_fetching_wants_a_folder(capsys):
    assert routing_servers.main([]) == 2
    assert "Name a folder" in capsys.readouterr().err
