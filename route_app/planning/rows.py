"""A solved day as the columns it is stored in."""

from typing import Any, TypeGuard

from route_app.planning.day import Path, SolvedDay
from route_app.planning.plan import Plan, Stop, StopKind
from route_app.planning.stored import PlannedStop


def stop_rows(solved: SolvedDay) -> list[dict[str, Any]]:
    """Return the columns of each stop of a solved day in order: what is kept, then what is new."""
    rows = [_kept_row(stop) for stop in solved.rest.kept] if solved.rest else []
    plan = solved.plan
    for stop, path in zip(plan.routes[0].stops, solved.paths, strict=True) if _routed(plan) else ():
        rows.append(_new_row(solved, stop, path))
    return [row | {"position": position} for position, row in enumerate(rows)]


def _routed(plan: Plan | None) -> TypeGuard[Plan]:
    return plan is not None and bool(plan.routes)


def _new_row(solved: SolvedDay, stop: Stop, path: Path) -> dict[str, Any]:
    pick = solved.picks.get(stop.visit_id or "")
    visit = solved.problem.visit_of.get(stop.visit_id or "")
    return {
        "kind": stop.kind.value,
        "account_id": pick.card.id if pick else None,
        "appointment_id": pick.appointment_id if pick else None,
        "commitment": pick.commitment.value if pick else "",
        "arrive_s": stop.arrive,
        "begin_s": stop.begin,
        "depart_s": stop.depart,
        "drive_s": stop.drive_s,
        "drive_m": stop.drive_m,
        "wait_s": stop.wait_s,
        "slack_s": stop.slack_s,
        "prize": solved.problem.prize(visit, solved.problem.shifts[0]) if visit else 0,
        "reasons": list(pick.reasons) if pick else _label(stop.kind, stop.label),
        "path": [list(point) for point in path],
    }


def _kept_row(stop: PlannedStop) -> dict[str, Any]:
    return {
        "kind": stop.kind,
        "account_id": stop.account_id,
        "appointment_id": stop.appointment_id,
        "commitment": stop.commitment,
        "arrive_s": stop.arrive_s,
        "begin_s": stop.begin_s,
        "depart_s": stop.depart_s,
        "drive_s": stop.drive_s,
        "drive_m": stop.drive_m,
        "wait_s": stop.wait_s,
        "slack_s": stop.slack_s,
        "prize": stop.prize,
        "reasons": [dict(reason) for reason in stop.reasons],
        "path": [list(point) for point in stop.path],
    }


def _label(kind: StopKind, label: str) -> list[dict[str, Any]]:
    return [{"code": kind.value, "label": label, "points": 0}] if label else []


def left_rows(solved: SolvedDay) -> list[dict[str, Any]]:
    """Return the columns of each visit left out: promises first, then the most valuable."""
    rows: list[dict[str, Any]] = [
        {
            "visit_id": one.visit_id,
            "account_id": one.card.id,
            "appointment_id": one.appointment_id,
            "reason": one.reason.value,
            "sentence": one.sentence,
            "prize": one.prize,
            "detail": {},
        }
        for one in solved.left
    ]
    for out in solved.plan.unplanned if solved.plan else ():
        pick = solved.picks[out.visit_id]
        rows.append(
            {
                "visit_id": out.visit_id,
                "account_id": pick.card.id,
                "appointment_id": pick.appointment_id,
                "reason": out.reason.value,
                "sentence": out.sentence[:500],
                "prize": pick.prize,
                "detail": _with_names(dict(out.detail), solved),
            }
        )
    return sorted(
        rows, key=lambda row: (row["appointment_id"] is None, -row["prize"], row["visit_id"])
    )


def _with_names(detail: dict[str, Any], solved: SolvedDay) -> dict[str, Any]:
    """Add the account behind each visit a reason names."""
    for key in ("against", "instead_of"):
        pick = solved.picks.get(str(detail.get(key)))
        if pick is not None:
            detail[f"{key}_account_id"] = pick.card.id
            detail[f"{key}_name"] = pick.card.name
    return detail
