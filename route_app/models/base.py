"""What every table shares: named constraints, ids made where the thing is made, UTC instants."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column
from sqlmodel import SQLModel

ID_LENGTH = 32

metadata = SQLModel.metadata
# Alembic can only alter a constraint that has a name, and SQLite gives none of its own.
metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Return a fresh 32-character hexadecimal id."""
    return uuid4().hex


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


def json_column(*, nullable: bool = False) -> Column[Any]:
    """Return a column that holds a JSON document."""
    return Column(JSON, nullable=nullable)
