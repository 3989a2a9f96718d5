"""Territories as a GeoJSON file, in and out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from shapely.geometry.base import BaseGeometry

from route_app.errors import InvalidInput
from route_app.territory.shapes import read_shape, refuse_other_crs

MOST_FEATURES = 2_000
NAME_LENGTH = 120
_NAME_KEYS = ("territory", "name", "NAME", "Name", "title")
_REP_KEYS = ("rep", "rep_email", "owner", "email")


@dataclass(frozen=True, slots=True)
class NamedArea:
    """One territory of a file: its name, its area and, where the file says so, its rep's e-mail."""

    name: str
    area: BaseGeometry
    rep_email: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """One territory on its way out; `facts` become properties beside the name."""

    name: str
    shape: dict[str, Any] | None
    facts: dict[str, Any]


def read_file(content: bytes) -> tuple[NamedArea, ...]:
    """Return the territories of a GeoJSON file, features of one name joined into one.

    Raises InvalidInput that names the feature which cannot be used; then nothing is.
    """
    document = _parsed(content)
    found: dict[str, list[dict[str, Any]]] = {}
    for number, feature in enumerate(_features(document), start=1):
        found.setdefault(_name_of(feature, number=number), []).append(feature)
    return tuple(_area_of(name, features) for name, features in found.items())


def collection(
    territories: Iterable[Exported], *, generated_at: datetime | None = None
) -> dict[str, Any]:
    """Return territories as a FeatureCollection that `read_file` reads back."""
    features = [
        {
            "type": "Feature",
            "properties": {"territory": one.name, **one.facts},
            "geometry": one.shape,
        }
        for one in territories
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if generated_at is not None:
        document["generated_at"] = generated_at.isoformat(timespec="seconds")
    return document


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise InvalidInput("This file is not UTF-8 text. GeoJSON always is.") from None
    except (ValueError, RecursionError):
        raise InvalidInput("This file is not GeoJSON: it cannot be read as JSON.") from None
    if not isinstance(document, dict):
        raise InvalidInput("This file is not GeoJSON: it should be an object with a type.")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _features(document: dict[str, Any]) -> list[dict[str, Any]]:
    refuse_other_crs(document)
    if document.get("type") == "Feature":
        return [document]
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise InvalidInput(
            "This file has no names for its areas. It should be a FeatureCollection whose "
            "features have a property “territory” or “name”."
        )
    if not features:
        raise InvalidInput("This file holds no territories.")
    if len(features) > MOST_FEATURES:
        raise InvalidInput(
            f"This file holds {len(features):,} areas. Import {MOST_FEATURES:,} or fewer at a time."
        )
    # a territory that was exported before it had a shape says nothing to an import
    return [f for f in features if not (isinstance(f, dict) and _is_shapeless(f))]


def _is_shapeless(feature: dict[str, Any]) -> bool:
    return "geometry" in feature and feature["geometry"] is None


def _name_of(feature: object, *, number: int) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise InvalidInput(f"Item {number} of this file is not a feature.")
    properties = feature.get("properties")
    for key in _NAME_KEYS:
        value = properties.get(key) if isinstance(properties, dict) else None
        if isinstance(value, str | int) and str(value).strip():
            return _fitting(str(value).strip(), number=number)
    raise InvalidInput(
        f"Area {number} of this file has no name. Give it a property “territory” or “name”."
    )


def _fitting(name: str, *, number: int) -> str:
    if len(name) > NAME_LENGTH:
        raise InvalidInput(f"The name of area {number} is longer than {NAME_LENGTH} characters.")
    return name


def _area_of(name: str, features: list[dict[str, Any]]) -> NamedArea:
    try:
        area = read_shape({"type": "FeatureCollection", "features": features})
    except InvalidInput as error:
        raise InvalidInput(f"“{name}”: {error.message}") from error
    return NamedArea(name=name, area=area, rep_email=_rep_of(features))


def _rep_of(features: list[dict[str, Any]]) -> str:
    for feature in features:
        for key in _REP_KEYS:
            value = (feature.get("properties") or {}).get(key)
            if isinstance(value, str) and "@" in value:
                return value.strip().lower()
    return ""
