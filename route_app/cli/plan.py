"""`flask plan`: plan days and print them."""

from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.db import Engine, transaction
from route_app.errors import RouteAppError
from route_app.lib.clock import clock_text, duration_text
from route_app.planning import queries, service
from route_app.planning.stored import DayPlan, PlannedStop
from route_app.users import queries as users

group = AppGroup("plan", help="Plan reps' days.")
_MOST_LEFT_OUT = 15


@group.command("day")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, YYYY-MM-DD."
)
@click.option("--rep", "email", help="A rep's e-mail; every active rep if not given.")
@click.option("--seed", default=0, show_default=True, help="Another seed may find another plan.")
@click.option("--later", is_flag=True, help="Only ask the worker to do it.")
@click.option("--whole", is_flag=True, help="Plan today from its morning, even if it is under way.")
def plan_day(day: datetime, email: str | None, seed: int, later: bool, whole: bool) -> None:
    """Plan a day, keep the plan and print it. Of today, what is left of it."""
    cause = "nightly" if whole else "asked"
    engine: Engine = current_app.extensions["engine"]
    try:
        for rep_id, name in _reps(engine, email):
            if later:
                _ask(engine, rep_id, name, day.date(), cause)
            else:
                _plan(engine, rep_id, name, day.date(), cause=cause, seed=seed)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error


def _reps(engine: Engine, email: str | None) -> list[tuple[str, str]]:
    with transaction(engine, write=False) as session:
        if email is None:
            everybody = users.everybody(session)
            return [
                (user.id, user.name) for user in everybody if user.role == "rep" and user.active
            ]
        user = users.user_by_email(session, email)
        if user is None:
            raise click.ClickException(f"Nobody signs in as {email}. See: flask users list")
        return [(user.id, user.name)]


def _ask(engine: Engine, rep_id: str, name: str, day: date, cause: str, /) -> None:
    with transaction(engine) as session:
        job = service.plan_day_later(session, rep_id=rep_id, day=day, cause=cause, asked_by_id=None)
    click.echo(f"{name}: asked for, as job {job}")


def _plan(engine: Engine, rep_id: str, name: str, day: date, /, *, cause: str, seed: int) -> None:
    settings = current_app.extensions["settings"]
    made = service.plan_day_now(
        engine,
        rep_id=rep_id,
        day=day,
        roads=current_app.extensions["roads"],
        cause=cause,
        seed=seed,
        budget_s=settings.plan_seconds,
    )
    with transaction(engine, write=False) as session:
        plan = queries.current_plan(session, rep_id, day)
    click.echo(f"{name}, {day}: {made}")
    if plan is not None:
        for line in table(plan):
            click.echo(line)


def table(plan: DayPlan) -> list[str]:
    """Return a plan as lines of text."""
    lines = []
    if plan.start_s is not None:
        lines.append(f"  {clock_text(plan.start_s):>5}         leave")
    lines += [_line(stop) for stop in plan.stops]
    if plan.stops:
        lines.append(
            f"  {plan.drive_m / 1000:.1f} km, {duration_text(plan.drive_s)} driving, "
            f"{duration_text(plan.service_s)} with customers, "
            f"{duration_text(plan.wait_s)} waiting, {plan.prize} points"
            + (", travel estimated" if plan.estimated else "")
        )
    lines += [f"  Note: {note}" for note in plan.notes]
    if plan.left_out:
        lines.append(f"  Left out ({len(plan.left_out)}):")
    for one in plan.left_out[:_MOST_LEFT_OUT]:
        lines.append(f"    {one.prize:4}  {one.account_name[:32]:32}  {one.sentence}")
    if len(plan.left_out) > _MOST_LEFT_OUT:
        lines.append(f"    and {len(plan.left_out) - _MOST_LEFT_OUT} more")
    return lines


def _line(stop: PlannedStop) -> str:
    times = f"  {clock_text(stop.begin_s):>5}-{clock_text(stop.depart_s):5}"
    if stop.kind == "end":
        return f"  {clock_text(stop.arrive_s):>5}         back"
    if stop.kind == "break":
        label = stop.reasons[0]["label"] if stop.reasons else "Break"
        return f"{times}   {label}"
    why = ", ".join(str(reason["label"]) for reason in stop.reasons[:3])
    drive = f"{round(stop.drive_s / 60)} min"
    return f"{times}   {drive:>6}  {stop.account_name[:32]:32}  {stop.prize:4}  {why}"
