"""What happened in the field."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, new_id, now


class CheckIn(SQLModel, table=True):
    """A call that happened (or was tried). Its id is made on the phone, so a resend is a no-op.

    `digest` is the sha256 of what the phone sent: the same id with other content is refused.
    `verification`: verified, nearby, remote or no_fix, from the distance between phone and account.
    """

    __tablename__ = "check_in"
    # All that the log counts and sorts by, so that neither reads the rows themselves.
    __table_args__ = (
        Index("ix_check_in_rep_started", "rep_id", "started_at", "outcome", "account_id", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="account.id", index=True)
    rep_id: str = Field(foreign_key="user_account.id")
    plan_id: str | None = Field(default=None, foreign_key="plan.id", ondelete="SET NULL")
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id")
    started_at: datetime = Field(index=True)
    ended_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=32, index=True)
    note: str = Field(default="", max_length=4000)
    next_step: str = Field(default="", max_length=500)
    follow_up_on: date | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    distance_m: float | None = None
    verification: str = Field(default="no_fix", max_length=16)
    device_at: datetime | None = None  # the phone's own clock, kept as told
    received_at: datetime = Field(default_factory=now)
    digest: str = Field(default="", max_length=64)
    end_digest: str = Field(default="", max_length=64)
    is_demo: bool = False


class Order(SQLModel, table=True):
    """An order taken at a check-in or told by the office. Value in the company's currency."""

    __tablename__ = "sales_order"  # "order" is a reserved word

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="account.id", index=True)
    rep_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    check_in_id: str | None = Field(
        default=None, foreign_key="check_in.id", index=True, ondelete="SET NULL"
    )
    ordered_at: datetime = Field(default_factory=now, index=True)
    value: float
    note: str = Field(default="", max_length=500)
    is_demo: bool = False
