"""Driving time of every arc, from its tags and a profile."""

import numpy as np

from route_app.roads.conditions import slot_bits
from route_app.roads.engine import Slot
from route_app.roads.network import Bools, Floats, Network
from route_app.roads.profile import CLASSES, SERVICES, SURFACES, Profile
from route_app.roads.slots import SLOTS
from route_app.roads.speedlimits import STATUTORY

# No street or ferry takes longer: a search adds such times in whole numbers that must not overflow.
LONGEST_S = 86_400.0
# On which untagged roads the law's limits are driven: in towns, outside them, on motorways.
_BY_LAW = ("residential", "trunk", "motorway")


def arc_speeds_kmh(network: Network, profile: Profile, *, slot: Slot | None = None) -> Floats:
    """Return the free speed of each arc: a share of its limit, else the speed of its class.

    Limits that hold at some hours only count where a slot is named in which they hold.
    """
    arcs = network.arcs
    way = network.piece_way[arcs.piece]
    limit = np.where(arcs.against, network.way_limit_backward[way], network.way_limit_forward[way])
    if slot is not None and len(network.timed_way):
        timed = _timed_limits_kmh(network, profile, slot)[way]
        limit = np.where(np.isnan(timed), limit, timed)
    tagged = np.minimum(limit * profile.maxspeed_factor, profile.fastest_kmh)
    speed = np.where(np.isnan(limit), _untagged_kmh(network, profile)[way], tagged)
    caps = np.array([profile.surface_kmh.get(kind, np.inf) for kind in SURFACES])
    speed = np.minimum(speed, caps[network.way_surface[way]])
    ferry = _ferry_kmh(network)[way]
    result: Floats = np.maximum(np.where(np.isnan(ferry), speed, ferry), 0.5)
    return result


def arc_seconds(network: Network, profile: Profile, *, slot: Slot) -> Floats:
    """Return the driving time of each arc in a time slot, without turns and lights: up to a day."""
    by_class = np.array([profile.slots[slot].multiplier(kind) for kind in CLASSES])
    arcs = network.arcs
    slower = by_class[network.way_class[network.piece_way[arcs.piece]]]
    speeds = arc_speeds_kmh(network, profile, slot=slot) / 3.6
    seconds: Floats = np.minimum(network.piece_m[arcs.piece] / speeds * slower, LONGEST_S)
    return seconds


def is_ferry(network: Network) -> Bools:
    """Return which arcs are ferries."""
    ferry: Bools = network.way_class == CLASSES.index("ferry")
    return ferry[network.piece_way[network.arcs.piece]]


def _timed_limits_kmh(network: Network, profile: Profile, slot: Slot) -> Floats:
    """Return the limit of each way that holds in a slot only, not-a-number where none does."""
    limits: Floats = np.full(len(network.way_osm), np.nan)
    holds = [
        slot_bits(hours, profile.hours) >> SLOTS.index(slot) & 1 if hours else 0
        for hours in network.conditions
    ]
    rows = np.flatnonzero(np.array(holds, bool)[network.timed_when])
    limits[network.timed_way[rows]] = network.timed_kmh[rows]
    return limits


def _untagged_kmh(network: Network, profile: Profile) -> Floats:
    by_class = np.array([profile.speeds_kmh[kind] for kind in CLASSES], float)
    law = STATUTORY.get(network.country) if profile.country_limits else None
    if law:
        for kind, limit in zip(_BY_LAW, law, strict=True):
            if not np.isnan(limit):
                by_class[CLASSES.index(kind)] = limit * profile.maxspeed_factor
    by_service = np.array([profile.service_kmh.get(kind, np.nan) for kind in SERVICES], float)
    speed = by_class[network.way_class]
    service = np.where(
        network.way_class == CLASSES.index("service"), by_service[network.way_service], np.nan
    )
    result: Floats = np.where(np.isnan(service), speed, service)
    return result


def _ferry_kmh(network: Network) -> Floats:
    """Return the speed of each way that keeps its tagged duration, not-a-number for others."""
    metres = np.bincount(network.piece_way, weights=network.piece_m, minlength=len(network.way_osm))
    kmh: Floats = metres / network.way_duration_s * 3.6
    return kmh
