"""Searching in a circle must never change an answer, only how long it takes."""

import random

import numpy as np
import pytest

from route_app.roads import clipping, search
from route_app.roads.clipping import Clip, circles, clip
from route_app.roads.packed import find_ends
from tests.roads.towns import Town, at


def _wide_town(seed):
    """A large grid of one-way streets with a fast road around it, far outside."""
    rng = random.Random(seed)
    town, size = Town(), 14
    for i in range(size):
        for j in range(size):
            town.node(1 + i * size + j, 100 * i, 100 * j)
    number = 1000
    for i in range(size):
        for j in range(size):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < size and j + dj < size:
                    number += 1
                    fast = {i, i + di} <= {0, size - 1} or {j, j + dj} <= {0, size - 1}
                    tags = {"maxspeed": "120" if fast else str(rng.choice([6, 20, 45]))}
                    if not fast and rng.random() < 0.6:
                        tags["oneway"] = rng.choice(["yes", "-1"])
                    town.way(number, [1 + i * size + j, 1 + (i + di) * size + j + dj], **tags)
    return town


@pytest.fixture
def _small_circles(monkeypatch):
    monkeypatch.setattr(clipping, "_MARGIN_M", 20.0)
    monkeypatch.setattr(clipping, "_WIDTHS", (1.05, 1.6))


@pytest.mark.usefixtures("_small_circles")
@pytest.mark.parametrize("seed", range(8))
def test_it_never_changes_an_answer(tmp_path, seed, monkeypatch):
    engine = _wide_town(seed).engine(tmp_path)
    rng = random.Random(seed)
    places = [at(rng.uniform(450, 850), rng.uniform(450, 850)) for _ in range(20)]
    tried = []
    settle = search._settle

    def watched(result, sources, part):
        left = settle(result, sources, part)
        tried.append((part.leave is not None, len(sources), len(left)))
        return left

    monkeypatch.setattr(search, "_settle", watched)
    clipped = engine.matrix(places)
    assert tried[0][0]  # a circle was searched first
    monkeypatch.setattr(search, "circles", lambda *_: iter(()))
    whole = engine.matrix(places)
    assert np.array_equal(clipped.seconds, whole.seconds)
    assert np.array_equal(clipped.metres, whole.metres)


@pytest.mark.usefixtures("_small_circles")
def test_a_circle_alone_would_be_wrong_and_is_found_out(tmp_path):
    engine = _wide_town(1).engine(tmp_path)
    places = [at(450, 450), at(850, 850), at(450, 850)]
    located, _ = engine._snapper.locate(places)
    slotted = engine._slotted("off_peak")
    weights, graph = slotted.weights, slotted.graph
    ends = find_ends(engine.roads, engine.graph, weights, located)
    part = clip(graph, ends, next(circles(graph, ends)))
    alone, whole = np.full((3, 3), -1, np.int64), np.full((3, 3), -1, np.int64)
    unproven = search._settle(alone, np.arange(3), part)
    search._settle(whole, np.arange(3), Clip(graph, ends))
    wrong = np.flatnonzero((alone != whole).any(axis=1))
    assert len(wrong)
    assert set(wrong) <= set(unproven)


def test_a_part_keeps_its_turns_and_knows_its_rim(tmp_path):
    engine = _wide_town(2).engine(tmp_path)
    located, _ = engine._snapper.locate([at(650, 650)])
    slotted = engine._slotted("off_peak")
    weights, graph = slotted.weights, slotted.graph
    ends = find_ends(engine.roads, engine.graph, weights, located)
    everything = clip(graph, ends, np.ones(graph.size, bool))
    assert np.array_equal(everything.graph.onto, graph.onto)
    assert not np.isfinite(everything.leave).any()
    assert not np.isfinite(everything.enter).any()
