"""Which OpenStreetMap tags become which feature of the base map.

Layers and kinds are those of the Protomaps basemap schema, version 4, so that its styles fit and
an official Protomaps extract may stand in the place of ours. Zooms are those of the first tile
that shows the thing; above `MAX_ZOOM` the style waits, by the property `min_zoom`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_ZOOM = 14
LARGE_BUILDING_M2 = 1_000
WATER_ZOOMS = ((1e7, 6), (1e6, 9), (1e5, 11), (1e4, 13), (0.0, 14))

Tags = Mapping[str, str]
Value = str | int


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing to draw: its layer, its kind, the zoom it appears at, and what else is known."""

    layer: str
    kind: str
    min_zoom: int
    more: dict[str, Value] = field(default_factory=dict)

    def properties(self) -> dict[str, Value]:
        """Return what the tile keeps about it."""
        return {"kind": self.kind, "min_zoom": self.min_zoom, **self.more}


ROADS: dict[str, tuple[str, int]] = {
    "motorway": ("highway", 3),
    "trunk": ("major_road", 6),
    "primary": ("major_road", 7),
    "secondary": ("major_road", 9),
    "tertiary": ("major_road", 10),
    "unclassified": ("minor_road", 12),
    "residential": ("minor_road", 12),
    "living_street": ("minor_road", 12),
    "road": ("minor_road", 12),
    "service": ("minor_road", 13),
    "busway": ("minor_road", 13),
    "pedestrian": ("path", 12),
    "track": ("path", 12),
    "footway": ("path", 14),
    "cycleway": ("path", 13),
    "bridleway": ("path", 14),
    "path": ("path", 13),
    "steps": ("path", 14),
}
RAILS = {"rail": 9, "light_rail": 11, "subway": 11, "tram": 12, "narrow_gauge": 11, "funicular": 12}
WATERWAYS = {"river": 9, "canal": 10, "stream": 13}
LAND: dict[tuple[str, str], tuple[str, int]] = {
    ("leisure", "park"): ("park", 10),
    ("leisure", "garden"): ("park", 13),
    ("leisure", "golf_course"): ("golf_course", 10),
    ("leisure", "nature_reserve"): ("nature_reserve", 8),
    ("leisure", "playground"): ("playground", 13),
    ("leisure", "pitch"): ("grass", 13),
    ("boundary", "national_park"): ("national_park", 6),
    ("landuse", "cemetery"): ("cemetery", 11),
    ("landuse", "forest"): ("forest", 8),
    ("landuse", "grass"): ("grass", 12),
    ("landuse", "meadow"): ("grass", 11),
    ("landuse", "allotments"): ("allotments", 12),
    ("landuse", "village_green"): ("village_green", 12),
    ("landuse", "industrial"): ("industrial", 10),
    ("landuse", "military"): ("military", 10),
    ("natural", "wood"): ("wood", 8),
    ("natural", "scrub"): ("scrub", 11),
    ("natural", "heath"): ("scrub", 11),
    ("natural", "grassland"): ("grassland", 11),
    ("natural", "glacier"): ("glacier", 7),
    ("natural", "beach"): ("beach", 11),
    ("natural", "sand"): ("sand", 11),
    ("amenity", "hospital"): ("hospital", 12),
    ("amenity", "school"): ("school", 12),
    ("amenity", "university"): ("university", 12),
    ("amenity", "college"): ("college", 12),
    ("tourism", "zoo"): ("zoo", 12),
    ("aeroway", "aerodrome"): ("aerodrome", 10),
    ("aeroway", "runway"): ("runway", 11),
    ("highway", "pedestrian"): ("pedestrian", 13),
    ("place", "square"): ("pedestrian", 13),
    ("man_made", "pier"): ("pier", 12),
}
# names over the sea, and of the land within it
SEA_NAMES = {
    ("natural", "bay"): ("bay", 11),
    ("natural", "strait"): ("strait", 10),
    ("place", "sea"): ("sea", 6),
    ("place", "ocean"): ("ocean", 0),
}
ISLANDS = {"island": 11, "islet": 14}
LANGUAGES = ("en",)  # beside the name on the signs, where it differs
PLACES: dict[str, tuple[str, int]] = {
    "city": ("locality", 4),
    "town": ("locality", 8),
    "village": ("locality", 11),
    "hamlet": ("locality", 13),
    "suburb": ("macrohood", 11),
    "borough": ("macrohood", 11),
    "quarter": ("neighbourhood", 12),
    "neighbourhood": ("neighbourhood", 13),
}
POIS: dict[tuple[str, str], tuple[str, int]] = {
    ("railway", "station"): ("station", 13),
    ("amenity", "ferry_terminal"): ("ferry_terminal", 13),
    ("aeroway", "aerodrome"): ("aerodrome", 11),
    ("natural", "peak"): ("peak", 13),
    ("leisure", "park"): ("park", 15),
    ("leisure", "stadium"): ("stadium", 15),
    ("tourism", "zoo"): ("zoo", 14),
    ("amenity", "university"): ("university", 15),
    ("amenity", "townhall"): ("townhall", 15),
    ("tourism", "museum"): ("museum", 16),
    ("amenity", "theatre"): ("theatre", 16),
    ("amenity", "library"): ("library", 16),
    ("amenity", "school"): ("school", 16),
    ("shop", "supermarket"): ("supermarket", 17),
    ("amenity", "post_office"): ("post_office", 17),
    ("highway", "bus_stop"): ("bus_stop", 18),
}
BOUNDARIES = {"2": ("country", 0), "4": ("region", 6)}
# the Protomaps ladder: the rank is how many of these a population reaches
POPULATION_STEPS = (
    200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
)  # fmt: skip
USUAL_POPULATION = {"city": 200_000, "town": 20_000, "village": 2_000, "hamlet": 200}


def shown_line(tags: Tags) -> Shown | None:
    """Return what an open or closed way draws as a line, if anything."""
    if "highway" in tags and tags.get("area") != "yes":
        return _road(tags)
    if tags.get("railway") in RAILS:
        kind = tags["railway"]
        return Shown("roads", "rail", RAILS[kind], {"kind_detail": kind, **_levels(tags)})
    if tags.get("waterway") in WATERWAYS:
        detail = tags["waterway"]
        kind = "stream" if detail == "stream" else "river"  # the styles know no line of a canal
        return Shown("water", kind, WATERWAYS[detail], {"kind_detail": detail, **_named(tags)})
    if tags.get("boundary") == "administrative" and tags.get("admin_level") in BOUNDARIES:
        kind, zoom = BOUNDARIES[tags["admin_level"]]
        return Shown("boundaries", kind, zoom, {"kind_detail": int(tags["admin_level"])})
    return _crossing(tags)


def shown_area(tags: Tags, *, area_m2: float = 0.0) -> Shown | None:
    """Return what an area draws as a surface, if anything."""
    if tags.get("building", "no") != "no":
        return Shown("buildings", "building", 13 if area_m2 >= LARGE_BUILDING_M2 else 14)
    if tags.get("natural") == "water" or tags.get("waterway") in ("riverbank", "dock"):
        return Shown("water", _water_kind(tags), _water_zoom(area_m2))
    for (key, value), (kind, zoom) in LAND.items():
        if tags.get(key) == value:
            return Shown("landuse", kind, zoom)
    return None


def water_label(tags: Tags, *, area_m2: float) -> Shown | None:
    """Return the name in the middle of a lake; on the surface it would come once a tile."""
    shown = shown_area(tags, area_m2=area_m2)
    if shown is None or shown.layer != "water" or "name" not in tags:
        return None
    return Shown("water", shown.kind, shown.min_zoom, _named(tags))


def _water_kind(tags: Tags) -> str:
    return "lake" if tags.get("water") == "lake" else "water"


def _water_zoom(area_m2: float) -> int:
    """Return the zoom at which a pond or lake is worth its name."""
    return next(zoom for least, zoom in WATER_ZOOMS if area_m2 >= least)


def shown_points(tags: Tags) -> list[Shown]:
    """Return the labels a node, or the middle of an area, carries."""
    found: list[Shown] = []
    if tags.get("place") in PLACES and "name" in tags:
        found.append(_place(tags))
    if "name" in tags:
        found += _label(tags, "pois", POIS)
        found += _label(tags, "water", SEA_NAMES)
        if tags.get("place") in ISLANDS:
            found.append(Shown("earth", "island", ISLANDS[tags["place"]], _named(tags)))
    if "addr:housenumber" in tags:
        number = {"addr_housenumber": tags["addr:housenumber"]}
        found.append(Shown("buildings", "address", MAX_ZOOM, {**number}))
    return found


def _label(tags: Tags, layer: str, kinds: Mapping[tuple[str, str], tuple[str, int]]) -> list[Shown]:
    """Return the label of the first kind that fits."""
    for (key, value), (kind, zoom) in kinds.items():
        if tags.get(key) == value:
            return [Shown(layer, kind, zoom, _named(tags))]
    return []


def _road(tags: Tags) -> Shown | None:
    """Return a road, path or its link."""
    detail = tags["highway"]
    base = detail.removesuffix("_link")
    if base not in ROADS:
        return None
    kind, zoom = ROADS[base]
    more: dict[str, Value] = {"kind_detail": base, **_named(tags), **_levels(tags)}
    if base != detail:
        more["is_link"] = 1
        zoom = max(zoom, 11)
    if tags.get("oneway") in ("yes", "1", "true"):
        more["oneway"] = "yes"
    if "ref" in tags and kind in ("highway", "major_road"):
        more["ref"] = more["shield_text"] = tags["ref"].split(";")[0]
    return Shown("roads", kind, zoom, more)


def _crossing(tags: Tags) -> Shown | None:
    """Return a ferry, a pier or a runway."""
    if tags.get("route") == "ferry":
        return Shown("roads", "ferry", 10, {"kind_detail": "ferry"})
    if tags.get("man_made") == "pier" and tags.get("area") != "yes":
        return Shown("roads", "path", 13, {"kind_detail": "pier"})
    if tags.get("aeroway") in ("runway", "taxiway"):
        return Shown("roads", "aeroway", 11, {"kind_detail": tags["aeroway"]})
    return None


def _place(tags: Tags) -> Shown:
    """Return a settlement with the rank its label is sized by."""
    kind, zoom = PLACES[tags["place"]]
    told = tags.get("population", "").replace(" ", "").replace(",", "")
    people = int(told) if told.isascii() and told.isdigit() else 0
    people = people or USUAL_POPULATION.get(tags["place"], 0)
    rank = sum(people >= step for step in POPULATION_STEPS)
    more: dict[str, Value] = {
        "kind_detail": tags["place"],
        "population": people,
        "population_rank": rank,
    }
    return Shown("places", kind, zoom, {**more, **_named(tags)})


def _named(tags: Tags) -> dict[str, Value]:
    """Return the name as it stands on the signs, and in the map's languages where it differs."""
    if "name" not in tags:
        return {}
    others = ((f"name:{one}", tags.get(f"name:{one}")) for one in LANGUAGES)
    said: dict[str, Value] = {key: name for key, name in others if name and name != tags["name"]}
    return {"name": tags["name"], **said}


def _levels(tags: Tags) -> dict[str, Value]:
    """Return whether it runs over or under the ground."""
    more: dict[str, Value] = {}
    if tags.get("bridge", "no") != "no":
        more["is_bridge"] = 1
    if tags.get("tunnel", "no") != "no":
        more["is_tunnel"] = 1
    return more
