from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from route_app.accounts import cells, columns, exporting
from route_app.accounts.duplicates import Known
from route_app.accounts.importing import (
    Verdict,
    changes_between,
    check_rows,
    from_text,
    new_values,
    too_late,
)
from route_app.accounts.pin import address_changed
from route_app.accounts.reading import Around, Reading
from route_app.lib.tabular import read_table, to_csv

AROUND = Around(country="FI", zone=ZoneInfo("Europe/Helsinki"), today=date(2026, 11, 22),
                owners={"alice@smalltown.example": "id-alice"})  # fmt: skip
BLANK = {
    "external_id": None, "active": True, "status": "customer", "street": "", "house_no": "",
    "postcode": "", "city": "", "state": "", "country": "", "lat": None, "lon": None,
    "pin_source": "", "pin_quality": "", "contact": "", "phone": "", "email": "", "website": "",
    "tier": "C", "potential": None, "industry": "", "segment": "", "tags": "",
    "opening_hours": "", "service_s": None, "target_days": None, "earliest_pct": 70,
    "latest_pct": 130, "boost": 0, "visit_note": "", "first_due_on": None,
    "last_visited_at": None, "owner_id": None, "owner_source": "",
}  # fmt: skip


def _check(text, known=()):
    table = read_table(text.encode())
    return check_rows(table, columns.propose(table), list(known), AROUND)


def _account(**values):
    return BLANK | {"id": "1", "name": "Anchor Bakery"} | values


def test_new_rows_are_added_with_an_id():
    (report,) = _check("id,name,lat,lon,owner\nA-1,Shop,62,25,alice@smalltown.example\n")
    assert report.verdict is Verdict.ADDED
    assert report.row_no == 2
    assert report.values["id"] == report.account_id
    assert report.values["pin_source"] == "given"
    assert report.values["owner_source"] == "import"


def test_a_change_names_its_fields_before_and_after():
    known = _account(external_id="A-1", city="Oulu", tier="B")
    (report,) = _check("id,name,city,tier\nA-1,Anchor Bakery,Turku,B\n", [known])
    assert report.verdict is Verdict.CHANGED
    assert report.changes == {"city": ["Oulu", "Turku"]}


def test_an_empty_cell_changes_nothing():
    known = _account(external_id="A-1", city="Oulu", potential=5.0)
    (report,) = _check("id,name,city,potential\nA-1,Anchor Bakery,,\n", [known])
    assert report.verdict is Verdict.UNCHANGED


def test_the_same_external_id_twice_refuses_the_second_and_names_the_first():
    first, second = _check("id,name\nA-1,Shop\nA-1,Shop again\n")
    assert first.verdict is Verdict.ADDED
    assert second.verdict is Verdict.REFUSED
    assert second.reason == "“A-1” is already in row 2. Keep one of the two rows."


def test_the_same_name_and_address_twice_refuses_the_second():
    text = "name,street,city\nShop,Main St 1,Oulu\nShop,Main St 2,Oulu\nshop,main st 1,oulu\n"
    assert [report.verdict for report in _check(text)] == [
        Verdict.ADDED, Verdict.ADDED, Verdict.REFUSED,
    ]  # fmt: skip


def test_a_row_that_would_take_anothers_external_id_is_refused():
    known = [_account(id="1", external_id="A-1"), _account(id="2", name="Other", external_id="B-1")]
    text = "fieldbeat_id,id,name\n1,B-1,Anchor Bakery\n"
    (report,) = _check(text, known)
    assert report.verdict is Verdict.REFUSED
    assert "already that of “Other”" in report.reason


def test_two_rows_cannot_give_two_accounts_the_same_external_id():
    known = [_account(id="1"), _account(id="2", name="Other")]
    _, second = _check("fieldbeat_id,id,name\n1,X,Anchor Bakery\n2,X,Other\n", known)
    assert second.verdict is Verdict.REFUSED


def test_a_refused_row_keeps_its_cells_for_the_download():
    (report,) = _check("name,tier,fax\nShop,Z,123\n")
    assert report.verdict is Verdict.REFUSED
    assert report.cells == {"name": "Shop", "tier": "Z", "fax": "123"}


def test_a_last_visit_only_moves_forward():
    known = _account(external_id="A", last_visited_at="2026-11-10T10:00:00+00:00")
    older, newer = "2026-11-01", "2026-11-20"
    assert _check(f"id,name,last visit\nA,Anchor Bakery,{older}\n", [known])[0].changes == {}
    assert (
        "last_visited_at"
        in _check(f"id,name,last visit\nA,Anchor Bakery,{newer}\n", [known])[0].changes
    )


def test_a_pin_placed_by_hand_stays():
    known = _account(external_id="A", lat=62.0, lon=25.0, pin_source="manual")
    (report,) = _check("id,name,lat,lon\nA,Anchor Bakery,61,24\n", [known])
    assert report.verdict is Verdict.UNCHANGED
    assert "placed by hand" in report.reason


def test_a_new_address_drops_a_looked_up_pin_and_keeps_a_given_one():
    looked_up = _account(external_id="A", street="Old", lat=62.0, lon=25.0, pin_source="geocoded")
    (report,) = _check("id,name,street\nA,Anchor Bakery,New\n", [looked_up])
    assert report.values["lat"] is None
    assert report.values["pin_source"] == ""
    given = looked_up | {"pin_source": "given"}
    (report,) = _check("id,name,street\nA,Anchor Bakery,New\n", [given])
    assert report.changes == {"street": ["Old", "New"]}
    assert "pin stays" in report.reason


def test_a_pin_rounded_by_a_spreadsheet_is_the_same_pin():
    known = _account(external_id="A", lat=62.00000004, lon=25.0, pin_source="given")
    assert _check("id,name,lat,lon\nA,Anchor Bakery,62,25\n", [known])[0].changes == {}


@pytest.mark.parametrize(
    ("placed_for", "listed", "after"),
    [
        ("Main St", "Main Street", "Main Street"),
        ("Main St", "MAIN  st", None),  # nothing a person would call another address
        ("Elm St", "Main St", "Main St"),  # it was flagged; the list says where that address is
        ("", "Main St", None),
        ("", "Main Street", "Main Street"),
    ],
)
def test_a_list_that_gives_the_same_place_with_another_spelling_speaks_for_both(
    placed_for, listed, after
):
    known = _account(external_id="A", street="Main St", lat=62.0, lon=25.0, pin_source="given",
                     pin_quality="given", pin_address=placed_for)  # fmt: skip
    text = f"id,name,street,lat,lon\nA,Anchor Bakery,{listed},62,25\n"
    (report,) = _check(text, [known])
    assert report.values.get("pin_address") == after
    account = SimpleNamespace(**known | {"pin_reason": ""} | report.values)
    assert not address_changed(account)
    assert _check(text, [vars(account)])[0].verdict is Verdict.UNCHANGED
    assert report.reason == ""


def test_a_list_does_not_settle_a_pin_placed_by_hand():
    known = _account(external_id="A", street="Main St", lat=62.0, lon=25.0, pin_source="manual",
                     pin_address="Main St")  # fmt: skip
    (report,) = _check("id,name,street,lat,lon\nA,Anchor Bakery,Elm St,62,25\n", [known])
    assert report.changes == {"street": ["Main St", "Elm St"]}


def test_a_row_is_too_late_when_its_account_moved_on():
    row = {"verdict": "changed", "account_id": "1", "values": {"city": "Turku"},
           "changes": {"city": ["Oulu", "Turku"]}}  # fmt: skip
    assert too_late(row, Known([_account(city="Oulu")])) == ""
    assert "Somebody changed" in too_late(row, Known([_account(city="Espoo")]))
    assert "removed" in too_late(row, Known([]))
    new = {"verdict": "added", "values": {"external_id": "A"}, "changes": {}}
    assert "added by somebody else" in too_late(new, Known([_account(external_id="A")]))


def test_values_become_what_columns_hold():
    made = from_text({"last_visited_at": "2026-11-05T10:00:00+00:00", "first_due_on": "2026-12-01"})
    assert made == {
        "last_visited_at": datetime(2026, 11, 5, 10, tzinfo=UTC),
        "first_due_on": date(2026, 12, 1),
    }


_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\t\n;,\"|"), max_size=25
)
_CLEAN = _WORDS.map(cells.clean)
_NAME = _CLEAN.filter(lambda text: text.strip("'") != "")
_ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": _NAME, "street": _CLEAN, "city": _CLEAN, "contact": _CLEAN, "phone": _CLEAN,
            "tags": _CLEAN, "visit_note": _WORDS.map(lambda text: cells.clean(text, lines=True)),
            "opening_hours": _CLEAN, "tier": st.sampled_from("ABCD"), "active": st.booleans(),
            "status": st.sampled_from(["lead", "customer", "lost"]),
            "potential": st.none() | st.floats(0, 1e9),
            "service_s": st.none() | st.integers(0, 43_200),
            "target_days": st.none() | st.integers(1, 730), "boost": st.integers(-20, 20),
            "pin": st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)).filter(
                lambda pin: pin != (0, 0)
            ),
            "pin_source": st.sampled_from(["given", "geocoded", "manual"]),
            "last_visited_at": st.none() | st.datetimes(
                datetime(2020, 1, 1), datetime(2026, 11, 21), timezones=st.just(UTC)  # noqa: DTZ001
            ).map(datetime.isoformat),
            "first_due_on": st.none() | st.dates().map(date.isoformat),
            "owner_id": st.sampled_from([None, "id-alice"]),
        }
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def _stored(position, drawn):
    pin = drawn.pop("pin")
    lat, lon = pin if pin else (None, None)
    source = drawn["pin_source"] if pin else ""
    return BLANK | drawn | {
        "id": f"{position:032x}", "lat": lat, "lon": lon, "pin_source": source,
        "external_id": f"X-{position}" if position % 2 else None,
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_ACCOUNTS)
def test_importing_an_export_changes_nothing(drawn):
    known = [_stored(position, dict(one)) for position, one in enumerate(drawn)]
    rows = [
        exporting.row_of(one | {"owner": "alice@smalltown.example" if one["owner_id"] else ""})
        for one in known
    ]
    table = read_table(to_csv(exporting.HEADER, rows).encode())
    choices = columns.propose(table)
    assert [choice.field for choice in choices if not choice.field] == []
    reports = check_rows(table, choices, known, AROUND)
    assert [(report.verdict, report.reason, report.changes) for report in reports] == [
        (Verdict.UNCHANGED, report.reason, {}) for report in reports
    ]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(_NAME, _CLEAN, _CLEAN), min_size=1, max_size=6))
def test_importing_a_list_twice_adds_nothing_the_second_time(rows):
    table = read_table(to_csv(["name", "street", "city"], rows).encode(), delimiter=",")
    choices = columns.chosen(table.header, {"name": "name", "street": "street", "city": "city"})
    first = check_rows(table, choices, [], AROUND)
    known = [BLANK | report.values for report in first if report.verdict is Verdict.ADDED]
    second = check_rows(table, choices, known, AROUND)
    assert {report.verdict for report in second} <= {Verdict.UNCHANGED, Verdict.REFUSED}


@pytest.mark.parametrize("locked", [True, False])
def test_a_locked_pin_counts_as_placed_by_hand(locked):
    values = {"name": "A", "lat": 1.0, "lon": 2.0, "geo_locked": locked}
    assert new_values(values)["pin_source"] == ("manual" if locked else "given")
    known = _account(lat=1.0, lon=2.0, pin_source="given")
    changes = changes_between(known, Reading(values=dict(values, name="Anchor Bakery")))
    assert ("pin_source" in changes) is locked


def test_a_list_with_another_address_leaves_a_pin_placed_by_hand_and_it_shows():
    known = _account(
        external_id="A", street="Old", lat=62.0, lon=25.0, pin_source="manual", pin_address="Old"
    )
    (report,) = _check("id,name,street\nA,Anchor Bakery,New\n", [known])
    assert set(report.changes) == {"street"}
    assert "the pin stays" in report.reason
    assert address_changed(SimpleNamespace(**known | report.values))


def test_a_pin_a_list_gives_is_for_the_address_the_list_gives():
    known = _account(external_id="A", street="Old", city="Aby", lat=62.0, lon=25.0,
                     pin_source="given", pin_address="Old Aby")  # fmt: skip
    (report,) = _check("id,name,street,lat,lon\nA,Anchor Bakery,New,61,24\n", [known])
    assert report.values["pin_address"] == "New Aby"
    assert (
        new_values({"name": "B", "street": "New", "lat": 1.0, "lon": 2.0})["pin_address"] == "New"
    )
