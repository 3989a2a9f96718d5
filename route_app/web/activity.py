"""The activity log: what happened, filtered, counted, and taken out as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from route_app.activity import outcomes, queries
from route_app.activity.checkin import SENTENCES, Verification
from route_app.activity.queries import LoggedVisit
from route_app.db import transaction
from route_app.errors import InvalidInput, NotFound
from route_app.lib import export
from route_app.users import queries as users
from route_app.users.permissions import Action, may
from route_app.users.person import Role, SignedIn
from route_app.web import filters, guards
from route_app.web.days import asked_day
from route_app.web.transaction import engine, session

if TYPE_CHECKING:
    from sqlalchemy import Engine

blueprint = Blueprint("activity", __name__)

OPEN = "open"
KINDS = {"csv": export.CSV_TYPE, "xlsx": export.XLSX_TYPE}
CHIPS = {
    Verification.VERIFIED: "good",
    Verification.NEARBY: "info",
    Verification.REMOTE: "warn",
    Verification.NO_FIX: "muted",
}
HEADER = (
    "Started", "Ended", "Minutes", "Rep", "Account", "City", "Outcome", "Reached", "Order value",
    "Note", "Next step", "Follow up on", "Location", "Distance in m", "Check-in id", "Account id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the log is asked for; the same words in the address and in the form."""

    rep: str = ""
    date_from: date | None = None
    date_to: date | None = None
    outcome: str = ""
    verification: str = ""
    account: str = ""

    @property
    def is_set(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.words)

    @property
    def words(self) -> dict[str, str]:
        """Return the parts that are set, as they stand in the address."""
        every = {
            "rep": self.rep,
            "from": self.date_from.isoformat() if self.date_from else "",
            "to": self.date_to.isoformat() if self.date_to else "",
            "outcome": self.outcome,
            "verification": self.verification,
            "account": self.account,
        }
        return {name: word for name, word in every.items() if word}


@blueprint.get("/activity/")
def index() -> ResponseReturnValue:
    """Show one page of the log with the figures of all of it."""
    user = guards.may(Action.SEE_LOG)
    asked = _filter(request.args)
    company = users.company(session())
    query = _query(user, asked, company.time_zone)
    return render_template(
        "activity/index.html",
        asked=asked,
        found=queries.log(session(), page=_page(), **query),
        totals=queries.totals(session(), **query),
        reps=users.reps(session(), user, active_only=False),
        outcomes=outcomes.OUTCOMES,
        sentences=SENTENCES,
        chips=CHIPS,
        company=company,
        exports=may(user.role, Action.EXPORT),
        accounts_at="/app/#/accounts/" if user.role is Role.REP else "/accounts/",
    )


@blueprint.get("/activity/log.<kind>")
def file(kind: str) -> ResponseReturnValue:
    """Answer everything the same filter finds, as CSV or XLSX, while it is read."""
    user = guards.may(Action.EXPORT)
    if kind not in KINDS:
        raise NotFound("The log can be had as log.csv or log.xlsx.")
    zone = users.company(session()).time_zone
    rows = _rows(engine(), _query(user, _filter(request.args), zone), ZoneInfo(zone))
    body = (
        export.csv_lines(HEADER, rows)
        if kind == "csv"
        else export.xlsx_chunks(HEADER, rows, sheet="Activity")
    )
    name = f"activity-{datetime.now(UTC):%Y-%m-%d}.{kind}"
    answer = Response(body, content_type=KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.app_template_filter("moment_in")
def moment_in(at: datetime | None, zone: str) -> str:
    """Return an instant as the day and time of a zone: Mon 5 Jan, 14:05."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return f"{filters.day(local.date())}, {local:%H:%M}"


def _rows(
    engine: "Engine", query: Mapping[str, Any], zone: ZoneInfo
) -> Iterator[tuple[export.Cell, ...]]:
    # The request's own session is closed by the time the answer is read, so this has its own.
    with transaction(engine, write=False) as reading:
        for visit in queries.every(reading, **query):
            yield _cells(visit, zone)


def _cells(visit: LoggedVisit, zone: ZoneInfo) -> tuple[export.Cell, ...]:
    return (
        _wall(visit.started_at, zone),
        _wall(visit.ended_at, zone),
        visit.minutes,
        visit.rep_name,
        visit.account_name,
        visit.city,
        visit.outcome_label,
        visit.reached,
        visit.order_value,
        visit.note,
        visit.next_step,
        visit.follow_up_on,
        SENTENCES[visit.verification],
        None if visit.distance_m is None else round(visit.distance_m),
        visit.id,
        visit.account_id,
    )


def _wall(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None) if at else None


def _query(user: SignedIn, asked: Filter, time_zone: str) -> dict[str, Any]:
    rep_ids = users.visible_rep_ids(session(), user)
    if asked.rep:
        rep_ids = frozenset({guards.rep_for(user, asked.rep).id})
    return {
        "rep_ids": rep_ids,
        "date_from": asked.date_from,
        "date_to": asked.date_to,
        "outcome": asked.outcome or None,
        "account": asked.account or None,
        "verification": asked.verification or None,
        "time_zone": time_zone,
    }


def _filter(words: Mapping[str, str]) -> Filter:
    asked = Filter(
        rep=words.get("rep", "").strip(),
        date_from=asked_day(words.get("from", ""), field="from"),
        date_to=asked_day(words.get("to", ""), field="to"),
        outcome=words.get("outcome", "").strip(),
        verification=words.get("verification", "").strip(),
        account=words.get("account", "").strip()[:200],
    )
    if asked.date_from and asked.date_to and asked.date_from > asked.date_to:
        raise InvalidInput("The first day is after the last one. Swap them.", field="from")
    if asked.outcome and asked.outcome != OPEN:
        outcomes.by_code(asked.outcome)
    if asked.verification and asked.verification not in set(Verification):
        raise InvalidInput("Choose one of the kinds of location.", field="verification")
    return asked


def _page() -> int:
    word = request.args.get("page", "1")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 9 else 1
