"""The form an admin fills in for one of their people, and the columns it stands for."""

from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from wtforms import (
    DecimalField,
    EmailField,
    Form,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from route_app.lib.geo import LatLon
from route_app.users.person import Role

if TYPE_CHECKING:
    from route_app.models import User

ROLES = {role.value: role.label for role in Role}
# the column an error may be about -> the field that shows it
COLUMN_FIELDS = {"lunch_to_s": "lunch_to", "lunch_s": "lunch_min"}
UNITS = {"": "As the company", "km": "Kilometres", "mi": "Miles"}


class UserForm(Form):  # type: ignore[misc]
    """Who somebody is, whom they report to, and what their day and home are."""

    name = StringField("Name", [InputRequired("Give a name."), Length(max=120)])
    email = EmailField("E-mail", [InputRequired("Give an e-mail."), Length(max=254)])
    role = SelectField("Role", choices=ROLES)
    manager_id = SelectField("Reports to")
    units = SelectField("Distances in", choices=UNITS)
    work_hours = StringField("Working hours", [InputRequired("Give the working hours.")])
    lunch_from = TimeField("Lunch not before", [InputRequired("Give a time like 11:30.")])
    lunch_to = TimeField("Lunch over by", [InputRequired("Give a time like 13:30.")])
    lunch_min = IntegerField(
        "Lunch minutes", [InputRequired("Give minutes; 0 for none."), NumberRange(0, 240)]
    )
    max_visits = IntegerField(
        "Visits at most", [Optional(), NumberRange(1, 100, "Between 1 and 100.")]
    )
    home_address = StringField("Home address", [Length(max=255)])
    home_lat = DecimalField("Latitude", [Optional(), NumberRange(-90, 90)], places=None)
    home_lon = DecimalField("Longitude", [Optional(), NumberRange(-180, 180)], places=None)

    def offer_managers(self, managers: Sequence["User"]) -> None:
        """Fill the list of whom one can report to."""
        self.manager_id.choices = {"": "Nobody"} | {m.id: m.name for m in managers}

    def show_user(self, user: "User") -> None:
        """Fill the form with what is known of a user."""
        for name in ("name", "email", "role", "work_hours", "max_visits", "home_address"):
            self[name].data = getattr(user, name)
        self.manager_id.data = user.manager_id or ""
        self.units.data = user.units or ""
        self.lunch_from.data = _time(user.lunch_from_s)
        self.lunch_to.data = _time(user.lunch_to_s)
        self.lunch_min.data = user.lunch_s // 60
        self.home_lat.data, self.home_lon.data = user.home_lat, user.home_lon

    def show_home(self, place: LatLon) -> None:
        """Put a place that was found where somebody may have typed another."""
        for field, degrees in ((self.home_lat, place.lat), (self.home_lon, place.lon)):
            field.process_data(round(degrees, 6))
            field.raw_data = None  # what was typed would be shown before what was found

    def columns(self) -> dict[str, Any]:
        """Return the columns of a user as the form has them."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "role": Role(self.role.data),
            "manager_id": self.manager_id.data or None,
            "units": self.units.data or None,
            "work_hours": self.work_hours.data.strip(),
            "lunch_from_s": _seconds(self.lunch_from.data),
            "lunch_to_s": _seconds(self.lunch_to.data),
            "lunch_s": self.lunch_min.data * 60,
            "max_visits": self.max_visits.data,
            "home_address": (self.home_address.data or "").strip(),
            "home_lat": _degrees(self.home_lat.data),
            "home_lon": _degrees(self.home_lon.data),
        }

    def blame(self, field: str | None, sentence: str) -> bool:
        """Put an error at the field it is about; return False if the form has no such field."""
        name = COLUMN_FIELDS.get(field or "", field or "")
        if name not in self:
            return False
        self[name].errors = [sentence]
        return True


def _time(seconds: int) -> time:
    return time(seconds // 3600 % 24, seconds % 3600 // 60)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)
