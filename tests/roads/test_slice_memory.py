"""The memory of what was chosen: by the ground and the map, and never too much of it."""

from shapely.geometry import box

from route_app.lib.geo import LatLon
from route_app.roads.slice_memory import Facts, SliceMemory, ground_key

AREAS = [box(20, 10, 21, 11), box(22, 10, 23, 11)]
PLACES = [LatLon(10.5, 20.5), LatLon(10.6, 20.6)]


def facts(key: str) -> Facts:
    return Facts(key, tiles=3, left_out=0, bounds=(20, 10, 21, 11), max_zoom=14)


def test_a_ground_is_told_by_what_it_holds_and_by_its_map() -> None:
    same = ground_key("v1", AREAS, PLACES)
    assert ground_key("v1", AREAS[::-1], PLACES[::-1]) == same
    others = {
        ground_key("v2", AREAS, PLACES),
        ground_key("v1", AREAS[:1], PLACES),
        ground_key("v1", AREAS, PLACES[:1]),
        ground_key("v1", [], [*PLACES, LatLon(10.5, 20.50001)]),
    }
    assert len(others | {same}) == 5


def test_it_forgets_what_was_asked_for_least_lately() -> None:
    memory = SliceMemory(kept=2)
    memory.keep("a", facts("1"))
    memory.keep("b", facts("2"))
    assert memory.get("a") == facts("1")
    memory.keep("c", facts("3"))
    assert [memory.get(ground) for ground in "abc"] == [facts("1"), None, facts("3")]
    memory.keep("a", facts("4"))
    assert memory.get("a") == facts("4")
