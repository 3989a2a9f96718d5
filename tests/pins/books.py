"""Smalltown's address book, where a built network would keep it."""

from route_app.roads.places import build_places
from route_app.roads.store import RoadStore
from tests import smalltown


def address_book(roads: RoadStore) -> None:
    """Build the book; the network has no roads."""
    folder = roads.root / "smalltown" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder.parent / "current").write_text(folder.name)
    (folder / "report.json").write_text("{}")
    source = folder / "smalltown.osm"
    source.write_text(smalltown.osm_xml())
    build_places(source, folder, progress=lambda *_: None)
