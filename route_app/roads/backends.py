"""Which geocoders are asked, in which order, with which options: read from the settings."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import URLLibAdapter
from geopy.exc import ConfigurationError, GeocoderNotFound
from geopy.geocoders import get_geocoder_for_service

from route_app.errors import InvalidInput
from route_app.roads.geocode_store import GeocodeStore
from route_app.roads.polite_geocoder import Manners, PoliteGeocoder

LOCAL = "local"
TIMEOUT_S = 5.0
# Services whose rules ask for no more than this.
PUBLIC_EVERY_S: Mapping[str, float] = {"nominatim.openstreetmap.org": 1.0, "photon.komoot.io": 1.0}
_OURS: Mapping[str, tuple[str, float]] = {  # option -> the field of Manners, the least it may be
    "min_seconds": ("every_s", 0), "retries": ("retries", 0), "daily_limit": ("daily_limit", 1),
    "keep_days": ("keep_days", 0), "keep_missing_days": ("keep_missing_days", 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeocoderSettings:
    """What an installation set: the order, options in JSON, and the older Nominatim settings."""

    order: str = ""
    options: str = ""
    url: str = ""
    user_agent: str = "fieldbeat"


@dataclass(frozen=True, slots=True)
class Backend:
    """One service, checked: what makes it, and how it is asked."""

    name: str
    service: type
    arguments: Mapping[str, Any] = field(default_factory=dict)
    manners: Manners = field(default_factory=Manners)

    def open(self, store: GeocodeStore, *, patience_s: float) -> PoliteGeocoder:
        """Return the service, ready to be asked."""
        told = {name: getattr(self.manners, name) for name in self.manners.__slots__}
        return PoliteGeocoder(
            self.service(**self.arguments, adapter_factory=URLLibAdapter),
            name=self.name,
            store=store,
            manners=Manners(**(told | {"patience_s": patience_s})),
        )


def backends(told: GeocoderSettings) -> list[Backend | None]:
    """Return who is asked, in order; None stands for the address books here.

    Raises InvalidInput with a sentence that names the setting and what is wrong with it.
    """
    options = _options(told.options)
    names = [name.strip() for name in told.order.split(",") if name.strip()]
    if not names:
        names = [LOCAL, "nominatim"] if told.url else [LOCAL]
    unknown = set(options) - set(names)
    if unknown:
        raise InvalidInput(
            f"ROUTE_APP_GEOCODER_OPTIONS has options for “{min(unknown)}”, which "
            "ROUTE_APP_GEOCODERS does not name. Add it there, or take the options out."
        )
    if len(set(names)) != len(names):
        raise InvalidInput("ROUTE_APP_GEOCODERS names one geocoder twice. Name each once.")
    return [
        None if name == LOCAL else _backend(name, dict(options.get(name, {})), told)
        for name in names
    ]


def _options(text: str) -> dict[str, dict[str, Any]]:
    """Return the options of each geocoder."""
    if not text.strip():
        return {}
    try:
        told = json.loads(text)
    except ValueError as wrong:
        raise InvalidInput(
            "ROUTE_APP_GEOCODER_OPTIONS is no JSON. Write it like "
            '{"photon": {"url": "https://photon.example.org"}}.'
        ) from wrong
    if not isinstance(told, dict) or not all(isinstance(one, dict) for one in told.values()):
        raise InvalidInput(
            "ROUTE_APP_GEOCODER_OPTIONS must hold an object for each geocoder, like "
            '{"nominatim": {"min_seconds": 1}}.'
        )
    return told


def _backend(name: str, options: dict[str, Any], told: GeocoderSettings) -> Backend:
    """Return one service, checked by making it once."""
    service = str(options.pop("service", name))
    try:
        made_by = get_geocoder_for_service(service)
    except GeocoderNotFound as wrong:
        raise InvalidInput(
            f"ROUTE_APP_GEOCODERS names “{service}”, which geopy does not know. "
            "Use local, nominatim, photon, pelias or another service of geopy."
        ) from wrong
    if name == "nominatim" and told.url and not {"url", "domain"} & options.keys():
        options["url"] = told.url
    takes = inspect.signature(made_by.__init__).parameters
    options.setdefault("user_agent", told.user_agent)
    options.setdefault("timeout", TIMEOUT_S)
    _use_url(name, options, takes)
    manners = _manners(name, options, made_by)
    strange = sorted(set(options) - set(takes))
    if strange:
        raise InvalidInput(
            f"The geocoder “{name}” does not take the option “{strange[0]}”. It takes: "
            f"{', '.join(sorted([*_OURS, 'ask', 'service', 'url', *_plain(takes)]))}."
        )
    missing = [n for n in _plain(takes) if takes[n].default is takes[n].empty and n not in options]
    if missing:
        raise InvalidInput(
            f"The geocoder “{name}” needs the option “{missing[0]}”. "
            "Give it in ROUTE_APP_GEOCODER_OPTIONS."
        )
    try:
        # The adapter of requests asks three times by itself, and so too often for a public service.
        made = made_by(**options, adapter_factory=URLLibAdapter)
    except (ConfigurationError, TypeError, ValueError, AttributeError) as wrong:
        raise InvalidInput(
            f"The geocoder “{name}” cannot be used as set: {str(wrong).rstrip('.')}."
        ) from wrong
    least = PUBLIC_EVERY_S.get(str(getattr(made, "domain", "")), 0.0)
    if manners.every_s < least:
        raise InvalidInput(
            f"The geocoder “{name}” is a public service that allows one request in {least:g} "
            "seconds. Raise min_seconds, or use a server of your own."
        )
    return Backend(name, made_by, options, manners)


def _plain(takes: Mapping[str, inspect.Parameter]) -> list[str]:
    """Return the arguments of a service that can be written in a setting."""
    no_text = {"self", "ssl_context", "adapter_factory", "proxies"}
    return [name for name in takes if name not in no_text]


def _use_url(name: str, options: dict[str, Any], takes: Mapping[str, Any]) -> None:
    """Turn `url` into the scheme and domain that geopy takes."""
    if "url" not in options:
        return
    parts = urlsplit(str(options.pop("url")))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput(f"The address of “{name}” must begin with http:// or https://.")
    if "domain" not in takes:
        raise InvalidInput(f"The geocoder “{name}” has one address only. Take the url out.")
    options["domain"] = (parts.netloc + parts.path).rstrip("/")
    if "scheme" in takes:
        options["scheme"] = parts.scheme


def _manners(name: str, options: dict[str, Any], made_by: type) -> Manners:
    """Take our own options out and return how the service is to be asked."""
    told: dict[str, Any] = {}
    for option, (fits, least) in _OURS.items():
        if option not in options:
            continue
        value = options.pop(option)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise InvalidInput(f"“{option}” of the geocoder “{name}” must be {least} or more.")
        told[fits] = value
    ask = options.pop("ask", {})
    takes = inspect.signature(made_by.geocode).parameters  # type: ignore[attr-defined]
    strange = sorted(set(ask) - set(takes)) if isinstance(ask, dict) else ["ask"]
    if strange:
        raise InvalidInput(f"The geocoder “{name}” cannot be asked with “{strange[0]}”.")
    timeout = options.get("timeout")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        raise InvalidInput(f"“timeout” of the geocoder “{name}” must be seconds above 0.")
    return Manners(**told, ask=ask)
