from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from route_app.accounts import exporting
from route_app.accounts.editing import account_values, applied, appointment_values
from route_app.accounts.pin import address_changed
from route_app.errors import InvalidInput
from route_app.models import Account

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def _account(**values):
    return Account(**({"name": "Shop", "street": "Main St", "lat": 62.0, "lon": 25.0,
                       "pin_source": "geocoded", "pin_quality": "exact"} | values))  # fmt: skip


def test_a_form_becomes_values_and_an_empty_field_clears():
    values = account_values(
        {"name": " Shop ", "external_id": "", "tier": "a", "potential": "", "service_s": "25",
         "target_days": "2 weeks", "visit_note": "one\r\ntwo", "lat": "", "lon": "", "boost": ""}
    )  # fmt: skip
    assert values == {
        "name": "Shop", "external_id": None, "tier": "A", "potential": None, "service_s": 1500,
        "target_days": 14, "visit_note": "one\ntwo", "lat": None, "lon": None, "boost": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "field"),
    [({"name": " "}, "name"), ({"tier": "E"}, "tier"), ({"email": "x"}, "email"),
     ({"lat": "95", "lon": "1"}, "lat"), ({"lat": "1", "lon": ""}, "lon"),
     ({"city": "x" * 121}, "city"), ({"service_s": "long"}, "service_s")],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(form, field):
    with pytest.raises(InvalidInput) as refused:
        account_values(form)
    assert refused.value.field == field
    assert refused.value.message.endswith(".")


def test_a_pin_that_moves_was_placed_by_hand():
    account = _account()
    assert applied(account, {"lat": 62.1, "lon": 25.0})
    assert (account.lat, account.pin_source, account.pin_quality) == (62.1, "manual", "manual")


def test_a_pin_that_stays_keeps_its_source():
    account = _account()
    assert not applied(account, {"lat": 62.0, "lon": 25.0, "name": "Shop"})
    assert account.pin_source == "geocoded"


def test_a_new_address_has_a_looked_up_pin_looked_up_again():
    account = _account()
    assert applied(account, {"street": "Other St", "lat": 62.0, "lon": 25.0})
    assert (account.lat, account.pin_source, account.pin_quality) == (None, "", "")


@pytest.mark.parametrize("source", ["manual", "given"])
def test_a_new_address_leaves_other_pins_alone(source):
    account = _account(pin_source=source)
    applied(account, {"street": "Other St"})
    assert (account.lat, account.pin_source) == (62.0, source)


def test_an_owner_chosen_in_a_form_is_a_manual_one():
    account = _account()
    applied(account, {"owner_id": "x"})
    assert account.owner_source == "manual"
    applied(account, {"owner_id": None})
    assert account.owner_source == ""


def test_a_form_filled_from_an_account_changes_nothing():
    account = _account(service_s=100, potential=1234.5, target_days=7, visit_note="a\nb", boost=-3)
    assert not applied(account, account_values(exporting.form_of(account)))


def test_an_export_row_stands_under_its_header():
    row = dict(zip(exporting.HEADER, exporting.row_of({"id": "1", "name": "A"}), strict=True))
    assert (row["fieldbeat_id"], row["name"], row["active"]) == ("1", "A", "no")


def _appointment(**form):
    form = {"day": "2026-11-25", "time": "14:30", "commitment": "timed"} | form
    return appointment_values(form, zone=HELSINKI, service_s=1800, now=NOW)


def test_a_timed_appointment_begins_at_its_time_where_the_rep_is():
    made = _appointment(slack="10", minutes="45")
    assert made.earliest_begin_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    assert made.latest_begin_at == datetime(2026, 11, 25, 12, 40, tzinfo=UTC)
    assert made.service_s == 2700


def test_a_flexible_day_has_the_whole_day_and_a_flexible_week_the_rest_of_it():
    day = _appointment(commitment="flexible_day")
    assert day.earliest_begin_at == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    week = _appointment(commitment="flexible_week")
    assert week.latest_begin_at == datetime(2026, 11, 29, 21, 59, tzinfo=UTC)
    assert day.service_s == 1800


@pytest.mark.parametrize(
    ("form", "field"),
    [({"day": "soon"}, "day"), ({"time": "late"}, "time"), ({"commitment": "maybe"}, "commitment"),
     ({"minutes": "x"}, "minutes"), ({"day": "2020-01-01"}, "day"), ({"slack": "-5"}, "time")],
)  # fmt: skip
def test_an_appointment_that_cannot_be_names_its_field(form, field):
    with pytest.raises(InvalidInput) as refused:
        _appointment(**form)
    assert refused.value.field == field


def test_rows_that_only_look_like_an_account_can_be_edited():
    thing = SimpleNamespace(name="A", lat=None, lon=None, pin_source="", owner_id=None)
    assert applied(thing, {"name": "B"})


def test_a_pin_placed_by_hand_remembers_its_address_and_the_pin_before():
    account = _account(pin_reason="Found.", city="Aby")
    applied(account, {"street": "Other St", "lat": 62.1, "lon": 25.0})
    assert (account.pin_address, account.pin_reason) == ("Other St Aby", "")
    assert "Found." in account.pin_before
    assert not address_changed(account)
    applied(account, {"street": "Third St"})
    assert (account.lat, account.pin_source) == (62.1, "manual")
    assert address_changed(account)
    applied(account, {"lat": 62.2, "lon": 25.0})
    assert not address_changed(account)
