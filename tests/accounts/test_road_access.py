import json

from route_app.accounts import road_access
from route_app.accounts.road_access import access_of, read_access
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads.towns import at, two_islands


def _access(places, tmp_path):
    engine = ScipyEngine(two_islands(ferry=False).network(tmp_path), name="isles@v1")
    return access_of([(id, *place) for id, place in places.items()], engine)


def _place(x, y):
    place = at(x, y)
    return place.lat, place.lon


def test_it_counts_by_status_and_part_and_names_the_worst_first(tmp_path):
    found = _access(
        {
            "far": _place(0, 500),
            "here": _place(10, 5),
            "there": _place(5000, 20),
            "lost": _place(90_000, 0),
            "farther": _place(0, 900),
        },
        tmp_path,
    )
    assert found.counts == {"on_road": 1, "far": 2, "no_road": 1, "apart": 1}
    assert found.checked == 5
    assert found.parts == (3, 1)
    assert list(found.wanting) == ["lost", "there", "farther", "far"]
    status, away_m = found.wanting["lost"]
    assert status == "no_road"
    assert 84_000 < away_m < 86_000
    assert found.wanting["there"] == ("apart", 0)
    assert found.wanting["far"] == ("far", 400)
    assert found.version == "v1"


def test_it_comes_back_from_json_as_it_was(tmp_path):
    found = _access({"far": _place(0, 500), "here": _place(0, 0)}, tmp_path)
    assert read_access(json.loads(json.dumps(found.payload()))) == found


def test_it_names_no_more_than_people_can_look_at(tmp_path, monkeypatch):
    monkeypatch.setattr(road_access, "MOST_NAMED", 2)
    found = _access({f"far{n}": _place(0, 500 + n) for n in range(4)}, tmp_path)
    assert found.counts == {"far": 4}
    assert list(found.wanting) == ["far3", "far2"]


def test_no_accounts_are_no_trouble(tmp_path):
    found = _access({}, tmp_path)
    assert (found.checked, found.parts, found.wanting) == (0, (), {})
