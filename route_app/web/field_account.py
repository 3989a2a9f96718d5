"""Accounts as the phone reads them: one with everything, or a rep's whole list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from route_app.accounts import queries as accounts
from route_app.accounts.cadence import Due, DueState, due, effective_service_s
from route_app.accounts.ranking import Facts, potential_shares, priority, totals
from route_app.activity import queries as activity
from route_app.lib.clock import clock_text, local_day, zone
from route_app.lib.weekhours import Certainty, read_hours
from route_app.web.activity_api import visit_json
from route_app.web.filters import day as day_words
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Account, Appointment


@dataclass(frozen=True, slots=True)
class Viewed:
    """Whose eyes the phone looks through: a rep, and where their days begin."""

    id: str
    name: str
    time_zone: str
    country: str

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return zone(self.time_zone)

    @property
    def today(self) -> date:
        """Return the date on their wall."""
        return local_day(datetime.now(UTC), zone=self.zone)


def list_json(
    viewed: Viewed, rows: Sequence["Account"], *, planned: Collection[str]
) -> list[dict[str, Any]]:
    """Return many accounts for a list and a map, each with how due and how important it is."""
    today, place = viewed.today, viewed.zone
    scores = totals(_facts(rows), today, zone=place)
    return [
        {
            **short_json(row),
            "due": {"state": state.state.value, "ratio": round(state.ratio, 2)},
            "priority": int(score),
            "planned": row.id in planned,
        }
        for row, score in zip(rows, scores, strict=True)
        for state in [due(row, today, zone=place)]
    ]


def account_json(
    viewed: Viewed, row: "Account", *, owner: str, among: Sequence["Account"]
) -> dict[str, Any]:
    """Return one account with all a rep wants to know at its door.

    `among` are the accounts its potential is measured against.
    """
    today, place = viewed.today, viewed.zone
    state = due(row, today, zone=place)
    facts = {one.id: one for one in _facts([*among, *([] if row in among else [row])])}
    score = priority(facts[row.id], today, zone=place)
    return {
        "ok": True,
        "account": {
            **short_json(row),
            "contact": row.contact,
            "email": row.email,
            "website": row.website,
            "visit_note": row.visit_note,
            "hours_today": hours_words(row, today, viewed.country),
            "hours_text": row.opening_hours,
            "service_s": effective_service_s(row),
            "owner": owner,
            "active": row.active,
        },
        "due": {
            "state": state.state.value,
            "ratio": round(state.ratio, 2),
            "days_since": state.days_since,
            "target_days": state.target_days,
            "next_on": state.next_on.isoformat(),
            "sentence": due_sentence(state, today),
        },
        "priority": {
            "total": score.total,
            "parts": [
                {"code": part.code, "label": part.label, "points": part.points}
                for part in score.parts
            ],
        },
        "visits": [
            {**visit_json(visit), "when": _moment(visit.started_at, place)}
            for visit in activity.last_visits(session(), row.id)
        ],
        "next_appointment": _next_appointment(row, place),
    }


def short_json(row: "Account") -> dict[str, Any]:
    """Return what a list needs of an account."""
    return {
        "id": row.id,
        "name": row.name,
        "address": address_of(row),
        "city": row.city,
        "industry": row.industry,
        "tier": row.tier,
        "phone": row.phone,
        "lat": row.lat,
        "lon": row.lon,
    }


def address_of(row: "Account") -> str:
    """Return street and town on one line."""
    street = " ".join(part for part in (row.street, row.house_no) if part)
    town = " ".join(part for part in (row.postcode, row.city) if part)
    return ", ".join(part for part in (street, town) if part)


def hours_words(row: "Account", day: date, country: str) -> str:
    """Return when an account is open on a day in words; empty when nobody knows."""
    hours = read_hours(row.opening_hours, row.country or country).on(day)
    if hours.closed:
        return "closed"
    if hours.certainty is Certainty.UNKNOWN:
        return ""
    words = ", ".join(
        f"{clock_text(window.start)}–{clock_text(window.end)}" for window in hours.windows
    )
    return f"{words} by appointment".strip() if hours.certainty is Certainty.ASK else words


def due_sentence(state: Due, today: date) -> str:
    """Return when the next visit is wanted, as people say it."""
    if state.state is DueState.NEVER:
        return "Never visited: due now."
    if state.days_since is None:
        return f"First visit wanted from {day_words(state.next_on)}."
    last = {0: "today", 1: "yesterday"}.get(state.days_since, f"{state.days_since} days ago")
    late = (today - state.next_on).days
    if state.state is DueState.OVERDUE:
        return f"Last visit {last}. {late} {'day' if late == 1 else 'days'} overdue."
    if state.state is DueState.DUE:
        return f"Last visit {last}. Due now, wanted by {day_words(state.next_on)}."
    return f"Last visit {last}. Next wanted by {day_words(state.next_on)}."


def _facts(rows: Sequence["Account"]) -> list[Facts]:
    shares = potential_shares([row.potential for row in rows])
    return [
        Facts(
            id=row.id,
            tier=row.tier,
            created_at=row.created_at,
            target_days=row.target_days,
            earliest_pct=row.earliest_pct,
            latest_pct=row.latest_pct,
            first_due_on=row.first_due_on,
            last_visited_at=row.last_visited_at,
            potential_share=share,
            boost=row.boost,
        )
        for row, share in zip(rows, shares, strict=True)
    ]


def _next_appointment(row: "Account", place: tzinfo) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    for found in accounts.appointments_of(session(), row.id, since=now):
        if found.cancelled_at is None:
            return {
                "id": found.id,
                "commitment": found.commitment,
                "words": _appointment_words(found, place),
            }
    return None


def _appointment_words(found: "Appointment", place: tzinfo) -> str:
    begin = found.earliest_begin_at.astimezone(place)
    on = day_words(begin.date())
    if found.commitment in ("timed", "reservation"):
        on = f"{on}, {begin:%H:%M}"
    elif found.commitment == "flexible_week":
        on = f"In the week of {on}"
    return f"{on}: {found.title}" if found.title else on


def _moment(at: datetime, place: tzinfo) -> str:
    local = at.astimezone(place)
    return f"{day_words(local.date())}, {local:%H:%M}"
