"""One geocoder for the whole installation: address books and services in the order that is set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from route_app.roads.address_books import AddressBooks
from route_app.roads.backends import GeocoderSettings, backends
from route_app.roads.geocode_store import GeocodeStore
from route_app.roads.geocoder_chain import GeocoderChain


def open_chain(
    books: AddressBooks, told: GeocoderSettings, folder: Path, *, patience_s: float
) -> GeocoderChain | None:
    """Return who is asked for addresses, None where there is nobody.

    `folder` keeps what services answered; `patience_s` is the longest wait for a turn at one.
    Raises InvalidInput for settings that make no sense.
    """
    order = backends(told)
    remote = any(order)
    store = GeocodeStore(folder) if remote else None
    asked: list[Any] = []
    for backend in order:
        if backend is None:
            asked += [books] if books else []
        elif store is not None:
            asked.append(backend.open(store, patience_s=patience_s))
    return GeocoderChain(asked) if asked else None


def asks_services(told: GeocoderSettings) -> bool:
    """Return whether addresses may leave this machine."""
    return any(backends(told))


def settings_of(options: Mapping[str, Any]) -> GeocoderSettings:
    """Return the settings as a handler's options hold them."""
    return GeocoderSettings(
        order=str(options.get("geocoders") or ""),
        options=str(options.get("geocoder_options") or ""),
        url=str(options.get("geocoder_url") or ""),
        user_agent=str(options.get("geocoder_user_agent") or "fieldbeat"),
    )
