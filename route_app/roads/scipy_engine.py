"""Travel times with scipy: exact, and it needs no preparation, but it is slow on large networks."""

from route_app.roads.embedded_engine import EmbeddedEngine
from route_app.roads.packed import SearchGraph
from route_app.roads.search import DijkstraSearch, Search


class ScipyEngine(EmbeddedEngine):
    """Searches every time anew, in a circle around the places that proves itself wide enough."""

    kind = "Dijkstra search"

    def _make_search(self, graph: SearchGraph) -> Search:
        return DijkstraSearch(graph)
