"""Territories and who covers them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, json_column, new_id, now


class Territory(SQLModel, table=True):
    """An area. `shape` is a GeoJSON Polygon or MultiPolygon, or None before it has one.

    `shape_source`: drawn, imported, derived (from the accounts owned), or empty.
    `rank` decides where two shapes overlap: the smaller number wins.
    """

    __tablename__ = "territory"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    name: str = Field(max_length=120, unique=True)
    colour: int = 0
    rank: int = 100
    shape: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    shape_source: str = Field(default="", max_length=16)
    parent_id: str | None = Field(default=None, foreign_key="territory.id", index=True)
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class Assignment(SQLModel, table=True):
    """A rep covers a territory from an instant on; `until` is None while it holds."""

    __tablename__ = "assignment"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    territory_id: str = Field(foreign_key="territory.id", index=True, ondelete="CASCADE")
    rep_id: str = Field(foreign_key="user_account.id", index=True)
    part: str = Field(default="lead", max_length=16)  # lead | member
    since: datetime = Field(default_factory=now)
    until: datetime | None = None
