"""An OSRM server of our own making: every drive takes 7 seconds and 70 metres, straight on."""

import json
from itertools import pairwise


class SteadyOsrm:
    """Answers as OSRM's HTTP API v1 does, until it is told to be `down`.

    With `dies_after` it goes down by itself after so many tables.
    """

    def __init__(self):
        self.down = False
        self.dies_after = None
        self.tables = 0

    def __call__(self, method, path, body):
        service = path.split("/")[1]
        if service == "table":
            self.tables += 1
            if self.dies_after is not None and self.tables > self.dies_after:
                self.down = True
        if self.down:
            return 500, "down"
        listed, _, query = path.partition("?")
        places = [
            [float(part) for part in one.split(",")] for one in listed.rpartition("/")[2].split(";")
        ]
        return 200, json.dumps(getattr(self, f"_{service}")(places, query))

    def _nearest(self, places, query):
        return {"code": "Ok", "waypoints": [_point(place) for place in places]}

    def _table(self, places, query):
        told = dict(part.split("=") for part in query.split("&"))
        sides = [
            [places[int(row)] for row in told[side].split(";")] if side in told else places
            for side in ("sources", "destinations")
        ]
        cells = [[0.0 if one == two else 7.0 for two in sides[1]] for one in sides[0]]
        return {"code": "Ok", "durations": cells, "distances": [[10 * s for s in r] for r in cells],
                "sources": [_point(place) for place in sides[0]],
                "destinations": [_point(place) for place in sides[1]]}  # fmt: skip

    def _route(self, places, query):
        legs = []
        for one, two in pairwise(places):
            metres = 0.0 if one == two else 70.0
            steps = [_step("depart", [one, two], metres), _step("arrive", [two, two], 0.0)]
            legs.append({"duration": metres / 10, "distance": metres, "steps": steps})
        return {"code": "Ok", "waypoints": [_point(place) for place in places],
                "routes": [{"legs": legs}]}  # fmt: skip


def _point(place):
    return {"location": place, "distance": 1.0, "name": "High Street"}


def _step(said, line, metres):
    return {"maneuver": {"type": said}, "distance": metres, "name": "High Street",
            "mode": "driving", "geometry": {"coordinates": line}}  # fmt: skip
