"""The one company of this installation."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Company(SQLModel, table=True):
    """Settings that hold for everybody; one row, id 1."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True)
    name: str = Field(max_length=120)
    country: str = Field(default="", max_length=2)
    time_zone: str = Field(default="UTC", max_length=64)
    currency: str = Field(default="EUR", max_length=3)
    units: str = Field(default="km", max_length=2)
    is_demo: bool = False
