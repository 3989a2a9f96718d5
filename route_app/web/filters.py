"""How values read on a page: times where the reader is, distances in their units."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_login import current_user

from route_app.web import navigation

METRES_A_MILE = 1_609.344
# (what its user agent contains, what people call it): the more particular first
BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def init_app(app: Flask) -> None:
    """Give every template these filters."""
    app.jinja_env.filters.update(
        clock=clock,
        moment=moment,
        day=day,
        local_clock=local_clock,
        duration=duration,
        duration_s=duration_s,
        distance=distance,
        money=money,
        initials=initials,
        plural=plural,
        device_name=device_name,
    )
    app.jinja_env.globals["title_for"] = title_for
    navigation.init_app(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def clock(at: datetime | None) -> str:
    """Return an instant as the reader's time of day: 14:05."""
    return "" if at is None else f"{_local(at):%H:%M}"


def moment(at: datetime | None) -> str:
    """Return an instant as the reader's day and time: Mon 5 Jan, 14:05."""
    if at is None:
        return ""
    local = _local(at)
    return f"{day(local.date())}, {local:%H:%M}"


def day(on: date | None) -> str:
    """Return a date as people say it, with the year only when it is another one: Mon 5 Jan."""
    if on is None:
        return ""
    year = "" if on.year == _local(datetime.now(UTC)).year else f" {on.year}"
    return f"{on:%a} {on.day} {on:%b}{year}"


def local_clock(seconds: int | None) -> str:
    """Return seconds after local midnight as a time of day: 30600 is 08:30."""
    return "" if seconds is None else f"{seconds // 3600 % 24:02d}:{seconds % 3600 // 60:02d}"


def duration(seconds: float | None) -> str:
    """Return a span as hours and minutes: 1 h 05 min."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes % 60 else f"{minutes // 60} h"


def duration_s(seconds: float | None) -> str:
    """Return a span with its seconds below an hour, where they tell two apart: 7 min 32 s."""
    if seconds is None or round(seconds) >= 3_600:
        return duration(seconds)
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def distance(metres: float | None, units: str | None = None) -> str:
    """Return a distance in the reader's units: 850 m, 12.4 km, 7.7 mi."""
    if metres is None:
        return ""
    if (units or getattr(current_user, "units", "km")) == "mi":
        miles = metres / METRES_A_MILE
        return f"{miles:.1f} mi" if miles < 100 else f"{miles:,.0f} mi"
    if metres < 995:
        return f"{round(metres / 10) * 10} m"
    return f"{metres / 1000:.1f} km" if metres < 99_950 else f"{metres / 1000:,.0f} km"


def money(value: float | None, currency: str = "EUR") -> str:
    """Return an amount with its currency and no cents where there are none: EUR 1,250."""
    if value is None:
        return ""
    return f"{currency} {value:,.0f}" if value == round(value) else f"{currency} {value:,.2f}"


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = name.split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its word: 1 visit, 3 visits."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def device_name(user_agent: str) -> str:
    """Return what people would call the device behind a user agent: Chrome on Android."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " on ".join(part for part in (browser, system) if part) or "Another device"


def title_for(status: int) -> str:
    """Return the headline of an error page."""
    titles = {
        400: "That did not work",
        401: "Sign in first",
        403: "This is not yours to do",
        404: "Nothing here",
        405: "That did not work",
        409: "It has changed meanwhile",
        413: "That file is too large",
        429: "A little too fast",
        503: "Not available now",
    }
    return titles.get(status, "Something went wrong")


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(getattr(current_user, "time_zone", "UTC")))
