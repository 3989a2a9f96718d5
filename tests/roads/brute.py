"""Travel by networkx Dijkstra over the same turns and weights, without any of our search code."""

import networkx as nx

from route_app.roads.engine import UNREACHABLE
from route_app.roads.turns import weigh

_ENTRY = 10**15


def brute_force(engine, places):
    """Return lists of seconds and metres between every two places."""
    weights = weigh(engine.roads, engine.graph, engine.profile, slot="off_peak")
    onto = _graph(engine, weights)
    ends = [_ends(engine, weights, place) for place in places]
    seconds = [[UNREACHABLE] * len(places) for _ in places]
    metres = [[UNREACHABLE] * len(places) for _ in places]
    for i, starts in enumerate(ends):
        seconds[i][i] = metres[i][i] = 0
        for j, goals in enumerate(ends):
            if i != j and (found := _best(onto, starts, goals, engine.graph.vertex_arc)):
                seconds[i][j] = round((found[0] % _ENTRY) / 100)
                metres[i][j] = found[1]
    return seconds, metres


def _graph(engine, weights):
    graph = nx.DiGraph()
    turns = engine.graph
    rows = zip(turns.turn_from, turns.turn_to, weights.turn_cs, turns.turn_enters, strict=True)
    for a, b, turn, enters in rows:
        arc = turns.vertex_arc[b]
        cost = int(turn) + int(weights.arc_cs[arc]) + _ENTRY * int(enters)
        graph.add_edge(int(a), int(b), cost=(cost, int(weights.arc_m[arc])))
    return graph


def _ends(engine, weights, place):
    """Return (arc, hundredths left, metres left) for each direction of the nearest street."""
    located, _ = engine._snapper.locate([place])
    piece, along = int(located.piece[0]), float(located.along_m[0])
    if piece < 0:
        return []
    found = []
    length = max(float(engine.roads.piece_m[piece]), 1e-9)
    for arc in range(engine.roads.arcs.count):
        if engine.roads.arcs.piece[arc] == piece and engine.graph.component[arc] >= 0:
            back = bool(engine.roads.arcs.against[arc])
            left = along / length if back else 1 - along / length
            left = min(max(left, 0.0), 1.0)
            found.append((arc, round(left * weights.arc_cs[arc]), round(left * weights.arc_m[arc])))
    return found


def _best(graph, starts, goals, vertex_arc):
    """Return the least (cost, metres), compared in that order."""
    answers = []
    for arc, left_cs, left_m in starts:
        for goal, rest_cs, rest_m in goals:
            if goal == arc and left_cs >= rest_cs and left_m >= rest_m:
                answers.append((left_cs - rest_cs, left_m - rest_m))
        for _, follower, edge in graph.out_edges(arc, data="cost"):
            begin = (left_cs + edge[0], left_m + edge[1])
            reached = _dijkstra(graph, follower)
            for goal, rest_cs, rest_m in goals:
                for vertex, cost in reached.items():
                    if vertex_arc[vertex] == goal:
                        answers.append((begin[0] + cost[0] - rest_cs, begin[1] + cost[1] - rest_m))
    return min(answers, default=None)


def _dijkstra(graph, source):
    scale = 10**9
    lengths = nx.single_source_dijkstra_path_length(
        graph, source, weight=lambda _a, _b, edge: edge["cost"][0] * scale + edge["cost"][1]
    )
    return {vertex: divmod(cost, scale) for vertex, cost in lengths.items()}
