import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from route_app.accounts.checking import check_file, counts_of, with_roads
from route_app.accounts.importing import RowReport, Verdict
from route_app.accounts.reading import Around
from route_app.lib.geo import haversine_m
from route_app.roads.engine import Snap
from tests import smalltown

AROUND = Around(country="FI", zone=ZoneInfo("Europe/Helsinki"), today=date(2026, 11, 22))
DATA = Path(os.environ.get("ROUTE_APP_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


class NearJunctions:
    """A network of Smalltown's junctions alone: 500 m is on the road, 5 km is far."""

    def snap(self, places):
        away = [min(haversine_m(p, j) for j in smalltown.JUNCTIONS.values()) for p in places]
        status = ["on_road" if m < 500 else "far" if m < 5_000 else "no_road" for m in away]
        return tuple(
            Snap(place, said, m) for place, said, m in zip(places, status, away, strict=True)
        )


def _check(text, **options):
    return check_file(text.encode(), known=[], around=AROUND, **options)


def test_a_good_list_is_ready_with_counts_and_samples():
    checked = _check("nimi;luokka;faksi\nÄhtärin kauppa;A;1\nBar;Z;2\n;B;3\n")
    assert checked.state == "ready"
    assert checked.counts == {
        "added": 1, "changed": 0, "unchanged": 0, "refused": 2, "rows": 3, "warned": 0,
    }  # fmt: skip
    name, tier, fax = checked.mapping["columns"]
    assert (name["field"], tier["field"], fax["field"]) == ("name", "tier", "")
    assert name["samples"][0] == "Ähtärin kauppa"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("city,street\nOulu,Tie\n", "No column holds"), ("a\n", "rows")],
)
def test_a_list_that_cannot_be_used_fails_with_a_sentence(text, words):
    checked = _check(text)
    assert checked.state == "failed"
    assert words in checked.message
    assert checked.reports == []


def test_columns_chosen_by_a_person_are_used():
    checked = _check("foo,bar\nShop,Oulu\n", fields={"foo": "name", "bar": "city"})
    assert checked.reports[0].values["city"] == "Oulu"


def test_pins_off_the_roads_are_warned_about_and_kept():
    text = "name,lat,lon\nA,62.0,25.0\nB,62.03,25.0\nC,10,10\n"
    reports = _check(text, travels=[NearJunctions()]).reports
    assert [report.verdict for report in reports] == [Verdict.ADDED] * 3
    assert reports[0].reason == ""
    assert "long way from the nearest road" in reports[1].reason
    assert "far from every road" in reports[2].reason


def test_one_network_that_reaches_a_pin_is_enough():
    class Elsewhere:
        def snap(self, places):
            return tuple(Snap(place, "no_road", 9e5) for place in places)

    report = RowReport(2, Verdict.ADDED, values={"lat": 62.0, "lon": 25.0})
    assert with_roads([report], [Elsewhere(), NearJunctions()]) == [report]


def test_warnings_are_counted_apart_from_refusals():
    reports = [RowReport(2, Verdict.ADDED, "odd."), RowReport(3, Verdict.REFUSED, "no.")]
    assert counts_of(reports)["warned"] == 1


@pytest.mark.parametrize("name", ["USA.csv", "United_Kingdom.csv"])
def test_a_real_list_comes_in_whole_and_twice_changes_nothing(name):
    file = DATA / "accounts" / name
    if not file.is_file():
        pytest.skip(f"{file} is not here; set ROUTE_APP_SHARED_DATA to try real lists")
    content = file.read_bytes()
    lines = len(content.decode("utf-8-sig").splitlines())
    first = check_file(content, known=[], around=AROUND)
    assert (first.state, first.counts["rows"]) == ("ready", lines)
    assert first.counts["added"] == lines
    known = [report.values for report in first.reports]
    again = check_file(content, known=known, around=AROUND)
    assert again.counts["unchanged"] == lines
