import pytest

from route_app.errors import Unavailable
from route_app.roads.report import read_report, write_report
from route_app.roads.store import RoadStore
from tests.roads.towns import two_islands


@pytest.fixture
def report(tmp_path):
    town = two_islands(ferry=False)
    town.way(400, [1, 888])
    town.way(401, [2, 889, 3])
    town.restriction("no_left_turn", 101, 777, node=1)
    return RoadStore(tmp_path).build(town.write(tmp_path), name="isles")


def test_it_is_written_and_read_back(report, tmp_path):
    write_report(report, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == report


def test_it_says_what_a_person_should_know(report):
    said = "\n".join(report.lines())
    assert "2 parts that no road or ferry joins" in said
    assert "2 points are missing, 1 roads were cut short, 1 left out" in said
    assert "1 skipped (1 not on the drivable network)" in said
    assert "© OpenStreetMap contributors" in said


def test_it_counts_ferries_whose_duration_is_not_believed(tmp_path):
    town = two_islands(ferry=True)
    for number, duration in enumerate(("99:00", "some hours"), start=301):
        town.ferry(number, [3, 55], duration)
    said = RoadStore(tmp_path).build(town.write(tmp_path), name="isles").lines()
    assert (
        "Ferries whose tagged duration is not understood or above a day: 2. "
        "They take as long as their length says."
    ) in said


def test_its_parts_say_where_they_are(report):
    west, east = report.parts
    assert west.km > east.km
    assert east.lon == pytest.approx(5000 / 111_195, abs=0.001)
    assert sum(part.arcs for part in report.parts) == report.arcs


def test_a_report_with_missing_entries_is_refused(tmp_path):
    (tmp_path / "report.json").write_text('{"name": "isles", "parts": []}')
    with pytest.raises(Unavailable, match="Build the network again"):
        read_report(tmp_path / "report.json")
