"""The made-up country of the benchmarks is shaped as real road networks are."""

import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from benchmarks.generated_country import generate  # noqa: E402

from route_app.roads.network import Network  # noqa: E402
from route_app.roads.profile import CLASSES, Profile  # noqa: E402
from route_app.roads.turns import build_turns  # noqa: E402


@pytest.fixture(scope="module")
def country():
    return generate(20_000)


def test_it_is_the_same_every_time_and_another_with_another_seed(country):
    again, other = generate(20_000), generate(20_000, seed=8)
    for entry in fields(Network):
        assert np.array_equal(
            getattr(country, entry.name),
            getattr(again, entry.name),
            equal_nan=getattr(country, entry.name).dtype == float,
        )
    assert not np.array_equal(country.piece_m, other.piece_m)


def test_it_has_about_the_junctions_asked_for(country):
    assert 18_000 < len(country.node_osm) < 24_000
    assert 1_700 < len(generate(2_000).node_osm) < 2_600


def test_its_junctions_are_as_real_ones_are(country):
    ends = np.concatenate([country.piece_tail, country.piece_head])
    streets = np.bincount(ends, minlength=len(country.node_osm))
    assert 0.15 <= (streets == 1).mean() <= 0.2
    assert 2.3 <= country.arcs.count / len(country.node_osm) <= 2.6
    assert streets.max() <= 12


def test_it_has_every_kind_of_road_lights_and_turns_forbidden(country):
    kinds = {CLASSES[row] for row in np.unique(country.way_class)}
    assert {"motorway", "motorway_link", "primary", "secondary", "tertiary", "residential"} <= kinds
    assert (country.way_forward & ~country.way_backward).sum() > 200
    assert country.node_signal.sum() > 50
    assert any(row.via_ways for row in country.restrictions)


def test_nearly_all_of_it_is_one_network_whose_turns_are_obeyed(country):
    graph = build_turns(country, Profile())
    assert (graph.component == 0).mean() > 0.99
    assert graph.applied > 0.9 * len(country.restrictions)
