"""How exact another service's answer is, from the formats they document."""

from typing import Any

import pytest

from route_app.roads.foreign_answers import explained
from tests.roads.geocoding_server import NOMINATIM, PELIAS, PHOTON


def photon(**more: str) -> dict[str, Any]:
    return PHOTON | {"properties": {**PHOTON["properties"], **more}}  # type: ignore[dict-item]


def pelias(**more: str) -> dict[str, Any]:
    return PELIAS | {"properties": {**PELIAS["properties"], **more}}  # type: ignore[dict-item]


STREET = {"osm_key": "highway", "type": "street", "housenumber": ""}


@pytest.mark.parametrize(
    ("raw", "number", "quality"),
    [
        (NOMINATIM, "10", "exact"),
        (NOMINATIM, "12", "nearest"),
        (NOMINATIM, "8;10", "exact"),
        (NOMINATIM | {"address": {"road": "Far Road"}}, "10", "nearest"),
        (NOMINATIM | {"class": "highway", "addresstype": "road"}, "10", "street"),
        (NOMINATIM | {"class": "place", "addresstype": "town"}, "10", "town"),
        (NOMINATIM | {"class": "boundary", "addresstype": "postcode"}, "", "town"),
        (PHOTON, "10", "exact"),
        (photon(housenumber="12"), "10", "nearest"),
        (photon(**STREET), "10", "street"),
        (photon(osm_key="place", type="city", housenumber=""), "10", "town"),
        (PELIAS, "10", "exact"),
        (pelias(accuracy="interpolated", match_type="interpolated"), "10", "interpolated"),
        (pelias(layer="street", accuracy="centroid", housenumber=""), "10", "street"),
        (pelias(layer="locality", accuracy="centroid"), "10", "town"),
        (pelias(match_type="fallback"), "12", "nearest"),
        ({"geometry": {"location_type": "ROOFTOP"}}, "10", "exact"),
        ({"geometry": {"location_type": "RANGE_INTERPOLATED"}}, "10", "interpolated"),
        ({"geometry": {"location_type": "APPROXIMATE"}}, "10", "town"),
        ({"something": "else"}, "10", "place"),
        (None, "10", "place"),
        ("text", "", "place"),
    ],
)
def test_the_quality_is_read_from_what_the_service_says(
    raw: Any, number: str, quality: str
) -> None:
    found, reason = explained(raw, number=number, by="photon")
    assert found == quality
    assert reason.startswith("photon found ")
    assert reason.endswith(".")
