"""Accounts (customers and prospects at a place) and the appointments made with them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, new_id, now


class Account(SQLModel, table=True):
    """A customer or prospect at one place.

    `pin_source` says where lat/lon come from (given, geocoded, manual): a manual pin is never
    moved by a later geocode. `pin_reason` says how a looked-up pin was found, `pin_address` which
    address stood there when a pin was placed or given, `pin_before` (JSON) the pin before it
    last moved. `owner_source` says why the owner is the owner (territory, manual,
    import): a manual owner is never moved by a territory's new shape.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name="lat_on_globe"),
        CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name="lon_on_globe"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="pin_whole"),
        Index("ix_account_lat_lon", "lat", "lon"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    external_id: str | None = Field(default=None, max_length=64, unique=True)
    name: str = Field(max_length=200, index=True)
    active: bool = Field(default=True)
    status: str = Field(default="customer", max_length=16)  # lead | customer | lost
    # where
    street: str = Field(default="", max_length=200)
    house_no: str = Field(default="", max_length=32)
    postcode: str = Field(default="", max_length=16)
    city: str = Field(default="", max_length=120)
    state: str = Field(default="", max_length=120)
    country: str = Field(default="", max_length=2)
    lat: float | None = None
    lon: float | None = None
    pin_source: str = Field(default="", max_length=16)
    pin_quality: str = Field(default="", max_length=32)
    pin_reason: str = Field(default="", max_length=400)
    pin_address: str = Field(default="", max_length=512)
    pin_before: str = Field(default="", sa_type=Text)
    # who answers there
    contact: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    website: str = Field(default="", max_length=255)
    # what they are worth and when to come
    tier: str = Field(default="C", max_length=1, index=True)
    potential: float | None = None
    industry: str = Field(default="", max_length=80)
    segment: str = Field(default="", max_length=80)
    tags: str = Field(default="", max_length=255)
    opening_hours: str = Field(default="", max_length=1000)
    service_s: int | None = None
    target_days: int | None = None  # None: the tier's cadence
    earliest_pct: int = 70
    latest_pct: int = 130
    boost: int = 0  # a manager's push, -20 to 20 points
    visit_note: str = Field(default="", max_length=1000)
    first_due_on: date | None = None
    last_visited_at: datetime | None = Field(default=None, index=True)
    # whose
    owner_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    owner_source: str = Field(default="", max_length=16)
    territory_id: str | None = Field(
        default=None, foreign_key="territory.id", index=True, ondelete="SET NULL"
    )
    is_demo: bool = False
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class Appointment(SQLModel, table=True):
    """A visit that is promised: service begins between two instants.

    `commitment` is one of the five kinds, most binding first: all_day, timed, flexible_day,
    flexible_week, reservation.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("latest_begin_at >= earliest_begin_at", name="window_forward"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    rep_id: str = Field(foreign_key="user_account.id", index=True)
    commitment: str = Field(default="timed", max_length=16)
    earliest_begin_at: datetime = Field(index=True)
    latest_begin_at: datetime
    service_s: int
    title: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)
    cancelled_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
