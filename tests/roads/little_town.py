"""A hand-made extract whose every address can be checked on paper.

Oak Street runs north along 10.000 E: even numbers 2, 4, 10 on its east side, odd 1, 3-7 on its
west. Landstrasse exists twice, in Aby and in Beby, 11 km apart.
"""

from pathlib import Path

from route_app.roads.places import FILE_NAME, build_places


def _node(key: int, lat: float, lon: float, **tags: str) -> str:
    inner = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<node id="{key}" lat="{lat}" lon="{lon}">{inner}</node>'


def _door(key: int, lat: float, lon: float, number: str, street: str = "", **more: str) -> str:
    tags = {"addr__housenumber": number, **more}
    if street:
        tags["addr__street"] = street
    return _node(key, lat, lon, **tags)


def _way(key: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
    inner = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<way id="{key}">{refs}{inner}</way>'


OAK = "Oak Street"
XML = "\n".join(
    [
        '<osm version="0.6"><bounds minlat="49.9" minlon="9.9" maxlat="50.2" maxlon="10.1"/>',
        _node(1, 50.000, 10.000),
        _node(2, 50.001, 10.000),
        _node(3, 50.002, 10.000),
        _node(4, 50.000, 10.010),
        _node(5, 50.002, 10.010),
        _node(6, 50.100, 10.000),
        _node(7, 50.102, 10.000),
        _node(8, 50.010, 10.020),
        _node(9, 50.011, 10.020),
        _door(11, 50.0002, 10.0002, "2", OAK, addr__city="Aby", addr__postcode="1000"),
        _door(12, 50.0004, 10.0002, "4", OAK, addr__city="Aby", addr__postcode="1000"),
        _door(13, 50.0010, 10.0002, "10", OAK, addr__city="Aby", addr__postcode="1000"),
        _door(14, 50.0002, 9.9998, "1", OAK, addr__city="Aby"),
        _door(15, 50.0004, 9.9998, "3-7", OAK, addr__city="Aby"),
        _door(16, 50.0015, 9.9998, "12;14", OAK, addr__city="Aby"),
        _door(17, 50.0019, 9.9998, "15A", OAK, addr__city="Aby"),
        _door(21, 50.0005, 10.0101, "5", "Landstrasse", addr__city="Aby", addr__postcode="1000"),
        _door(22, 50.1005, 10.0001, "5", "Landstrasse", addr__city="Beby", addr__postcode="2000"),
        _door(23, 50.0102, 10.0201, "8"),  # no street: it stands beside Mill Lane
        _door(24, 50.0500, 10.0500, "9"),  # no street, and none near
        _door(31, 50.0003, 10.0004, "6", OAK, name="Oak Bakery", shop="bakery", addr__city="Aby"),
        _node(41, 50.001, 10.005, place="town", name="Aby"),
        _node(42, 50.101, 10.001, place="village", name="Beby"),
        _node(43, 50.002, 10.006, place="suburb", name="Old Harbour"),
        _node(50, 50.001, 9.995),
        _door(51, 50.0011, 9.9990, "20", "Elm Road", addr__city="Aby"),
        _node(52, 50.0011, 9.9970),
        _door(53, 50.0011, 9.9950, "40", "Elm Road", addr__city="Aby"),
        _door(61, 50.0031, 10.0302, "212-34", "Block Avenue", addr__city="Aby"),
        _door(62, 50.0035, 10.0302, "212-38", "Block Avenue", addr__city="Aby"),
        _door(63, 50.0045, 10.0302, "213-02", "Block Avenue", addr__city="Aby"),
        _node(71, 50.0025, 10.004, name="Great Oak Ferry Building", building="yes"),
        _door(81, 50.0200, 10.0000, "3", addr__place="Hilltop", addr__city="Aby"),
        _way(1, [1, 2], highway="residential", name=OAK, alt_name="Tammikatu"),
        _way(2, [2, 3], highway="residential", name=OAK),
        _way(3, [4, 5], highway="residential", name="Landstrasse"),
        _way(4, [6, 7], highway="residential", name="Landstrasse"),
        _way(5, [8, 9], highway="residential", name="Mill Lane"),
        _way(6, [2, 50], highway="residential", name="Elm Road"),
        _way(7, [51, 52, 53], addr__interpolation="even"),
        "</osm>",
    ]
)


def build(folder: Path, xml: str = XML) -> Path:
    """Write an extract and its address book into a folder and return the book."""
    source = folder / "little.osm"
    source.write_text(xml, encoding="utf-8")
    build_places(source, folder, progress=lambda _: None)
    return folder / FILE_NAME
