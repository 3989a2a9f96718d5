"""Plans as versioned documents, and which version of a rep's day is the current one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, json_column, new_id, now


class Plan(SQLModel, table=True):
    """One version of a rep's day. Never changed after it is written; a new version replaces it.

    Times of day are seconds after local midnight of `day` in `time_zone`.
    """

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("rep_id", "day", "version", name="uq_plan_rep_day_version"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    rep_id: str = Field(foreign_key="user_account.id", index=True)
    day: date = Field(index=True)
    version: int
    time_zone: str = Field(max_length=64)
    seed: int = 0
    input_hash: str = Field(default="", max_length=64)
    network: str = Field(default="", max_length=128)
    estimated: bool = False  # travel is crow-fly, because no roads were built
    cause: str = Field(default="", max_length=32)  # nightly | asked | changed | demo
    start_s: int | None = None
    end_s: int | None = None
    drive_s: int = 0
    drive_m: int = 0
    wait_s: int = 0
    service_s: int = 0
    prize: int = 0
    certificate: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    places: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    # what was learned from check-ins and applied to this plan's drives; None: nothing
    calibration: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    notes: list[Any] = Field(default_factory=list, sa_column=json_column())
    created_at: datetime = Field(default_factory=now)
    created_by_id: str | None = Field(default=None, foreign_key="user_account.id")


class PlanStop(SQLModel, table=True):
    """One stop of a plan, in order: a visit, the break, or the way home (`kind`).

    `path` is the drive to this stop as GeoJSON LineString coordinates; `reasons` are the named
    parts of the visit's priority and why it is planned now.
    """

    __tablename__ = "plan_stop"

    plan_id: str = Field(
        primary_key=True, foreign_key="plan.id", max_length=ID_LENGTH, ondelete="CASCADE"
    )
    position: int = Field(primary_key=True)
    kind: str = Field(max_length=16)  # visit | break | end
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id")
    commitment: str = Field(default="suggestion", max_length=16)
    arrive_s: int
    begin_s: int
    depart_s: int
    drive_s: int = 0
    drive_m: int = 0
    wait_s: int = 0
    slack_s: int = 0
    prize: int = 0
    reasons: list[Any] = Field(default_factory=list, sa_column=json_column())
    path: list[Any] = Field(default_factory=list, sa_column=json_column())


class PlanLeftOut(SQLModel, table=True):
    """An account that was a candidate and is not in the plan, and why."""

    __tablename__ = "plan_left_out"

    plan_id: str = Field(
        primary_key=True, foreign_key="plan.id", max_length=ID_LENGTH, ondelete="CASCADE"
    )
    account_id: str = Field(
        primary_key=True, foreign_key="account.id", max_length=ID_LENGTH, ondelete="CASCADE"
    )
    # part of the key: one account may have two visits to leave out, its appointment among them
    visit_id: str = Field(primary_key=True, max_length=80)
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id")
    reason: str = Field(max_length=32)
    sentence: str = Field(max_length=500)
    prize: int = 0
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())


class CurrentPlan(SQLModel, table=True):
    """Which plan of a rep's day is the one to drive; flipped in one step when a new one is made."""

    __tablename__ = "current_plan"

    rep_id: str = Field(primary_key=True, foreign_key="user_account.id", max_length=ID_LENGTH)
    day: date = Field(primary_key=True)
    plan_id: str = Field(foreign_key="plan.id")
