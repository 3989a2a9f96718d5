"""What a team's own check-ins taught about drives and visits. No positions are kept here."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, new_id, now


class ObservedDrive(SQLModel, table=True):
    """The drive to one check-in, predicted and real: the evidence. Gone with either check-in.

    `dropped` says why it teaches nothing, empty if it does. `expected_s`, `low_s` and `high_s` are
    what was to be expected of it from the weeks before. `network` names what predicted it.
    """

    __tablename__ = "observed_drive"

    check_in_id: str = Field(
        primary_key=True, foreign_key="check_in.id", max_length=ID_LENGTH, ondelete="CASCADE"
    )
    from_check_in_id: str | None = Field(
        default=None, foreign_key="check_in.id", index=True, ondelete="CASCADE"
    )
    territory_id: str | None = Field(
        default=None, foreign_key="territory.id", index=True, ondelete="SET NULL"
    )
    at: datetime = Field(index=True)
    slot: str = Field(max_length=16)
    basis: str = Field(max_length=16)  # roads | estimate
    network: str = Field(max_length=160)
    predicted_s: int | None = None
    actual_s: int
    dropped: str = Field(default="", max_length=16)
    expected_s: int | None = None
    low_s: int | None = None
    high_s: int | None = None
    observed_at: datetime = Field(default_factory=now)


class TravelFactor(SQLModel, table=True):
    """What holds now for a territory (None: the company) and a time slot (empty: all of them).

    A drive takes `factor * predicted + door_s` seconds; `low` and `high` are the logs of actual
    over expected between which 80 of 100 lie. `before_s` and `after_s` are median absolute errors,
    `inside` the share of arrivals within the band, both looking back week by week.
    """

    __tablename__ = "travel_factor"
    __table_args__ = (
        CheckConstraint("factor BETWEEN 0.8 AND 1.8", name="factor_clamped"),
        CheckConstraint("door_s BETWEEN 0 AND 600", name="door_clamped"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    basis: str = Field(max_length=16, index=True)
    territory_id: str | None = Field(
        default=None, foreign_key="territory.id", index=True, ondelete="CASCADE"
    )
    slot: str = Field(default="", max_length=16)
    factor: float = 1.0
    door_s: int = 0
    low: float
    high: float
    n: int = 0
    before_s: float | None = None
    after_s: float | None = None
    inside: float | None = None
    learned_at: datetime = Field(default_factory=now)


class VisitLength(SQLModel, table=True):
    """How long visits take at accounts of a tier and segment (empty: the whole tier)."""

    __tablename__ = "visit_length"

    tier: str = Field(primary_key=True, max_length=1)
    segment: str = Field(primary_key=True, max_length=80)
    default_s: int
    service_s: int
    low_s: int
    high_s: int
    n: int
    learned_at: datetime = Field(default_factory=now)


class CalibrationReset(SQLModel, table=True):
    """Somebody had all forgotten that was learned up to an instant; undone or still holding."""

    __tablename__ = "calibration_reset"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    at: datetime = Field(default_factory=now, index=True)
    by_id: str | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    undone_at: datetime | None = None
