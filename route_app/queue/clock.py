"""The one clock that leases go by: the database's, so that no worker's wrong clock matters."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from route_app.models.job import Job

# clock_timestamp() moves on within a transaction, where now() would stand still.
_POSTGRESQL = text("SELECT clock_timestamp() AS at").columns(at=Job.__table__.c.created_at.type)  # type: ignore[attr-defined]
_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') AS at").columns(
    at=Job.__table__.c.created_at.type  # type: ignore[attr-defined]
)


def database_now(session: Session) -> datetime:
    """Return this instant by the database's clock, aware, in UTC."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    at: datetime = session.execute(_SQLITE if sqlite else _POSTGRESQL).scalar_one()
    return at
