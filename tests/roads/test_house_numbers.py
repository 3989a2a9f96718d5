"""House numbers the way mappers and people write them."""

import pytest

from route_app.roads.house_numbers import by_blocks, house_numbers


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("5", [(5, "")]),
        ("12B", [(12, "b")]),
        ("3 B", [(3, "b")]),
        ("12;14", [(12, ""), (14, "")]),
        ("1825, 1827", [(1825, ""), (1827, "")]),
        ("68a;68b", [(68, "a"), (68, "b")]),
        ("3-7", [(3, ""), (5, ""), (7, "")]),
        ("86 -88", [(86, ""), (88, "")]),
        ("456-456A", [(456, "")]),
        ("212-34", [(212034, "")]),
        ("12 bis", [(12, "bis")]),
        ("12 1/2", [(12, "1/2")]),
        ("12½", [(12, "1/2")]),
        ("12/a", [(12, "a")]),
        ("12a-c", [(12, "a"), (12, "b"), (12, "c")]),
        ("12 & 14", [(12, ""), (14, "")]),
        ("12 und 14", [(12, ""), (14, "")]),
        ("12/3", [(12, "")]),
        ("101-1401", [(1401, "")]),
        ("244/245", [(244, ""), (245, "")]),
        ("60/2", [(60, "")]),
        ("4, 5. krs. / Floor 5", [(4, "")]),
        ("13 A, 5. krs./Floor 5", [(13, "a")]),
        ("Suite 110, 1333", [(1333, "")]),
        ("#110 532", [(532, "")]),
        ("4 1855", [(1855, "")]),
        ("11 B 9", [(11, "b")]),
        ("Keskuskatu 5", [(5, "")]),
        ("Techpoint", []),
        ("", []),
    ],
)
def test_a_mapped_number_is_read(text: str, doors: list[tuple[int, str]]) -> None:
    assert [(door.number, door.letter) for door in house_numbers(text)] == doors


def test_a_street_numbered_by_block_has_one_door_for_two_numbers() -> None:
    assert [door.number for door in house_numbers("23-45", blocks=True)] == [23045]
    assert len(house_numbers("23-45")) == 12


def test_streets_numbered_by_block_are_told_from_buildings_with_several_numbers() -> None:
    assert by_blocks(["212-34", "212-36", "213-02", "90-15", "89"])
    assert not by_blocks(["12-16", "18-22", "24-26", "30"])
    assert not by_blocks(["212-34", "5", "7", "9"])
    assert not by_blocks([])
