"""People who sign in, their sessions, links that let them in, and limits on trying."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, new_id, now


class User(SQLModel, table=True):
    """A rep, a manager or an admin. `password_hash` is empty until an invited user sets one."""

    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=120)
    role: str = Field(max_length=16, index=True)
    active: bool = True
    password_hash: str | None = Field(default=None, max_length=255)
    manager_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    colour: int = Field(default=0)
    time_zone: str | None = Field(default=None, max_length=64)
    units: str | None = Field(default=None, max_length=2)
    # The working day: OSM opening-hours text for days and hours, local seconds for the break.
    work_hours: str = Field(default="Mo-Fr 08:30-17:00", max_length=255)
    lunch_from_s: int = Field(default=41_400)
    lunch_to_s: int = Field(default=48_600)
    lunch_s: int = Field(default=1_800)
    home_address: str = Field(default="", max_length=255)
    home_lat: float | None = None
    home_lon: float | None = None
    max_visits: int | None = None
    created_at: datetime = Field(default_factory=now)


class UserSession(SQLModel, table=True):
    """One signed-in device. The key is the sha256 of the token its cookie carries."""

    __tablename__ = "user_session"

    id: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now)
    seen_at: datetime = Field(default_factory=now)
    expires_at: datetime
    device: str = Field(default="", max_length=255)
    address: str = Field(default="", max_length=64)


class SignInLink(SQLModel, table=True):
    """A one-time link: an invitation, a password reset, or the first admin's sign-up."""

    __tablename__ = "sign_in_link"

    id: str = Field(primary_key=True, max_length=64)  # sha256 of the token in the link
    purpose: str = Field(max_length=16)
    user_id: str | None = Field(default=None, foreign_key="user_account.id", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    used_at: datetime | None = None


class RateBucket(SQLModel, table=True):
    """A token bucket; its key is a hash, so that no address or e-mail is kept in clear."""

    __tablename__ = "rate_bucket"

    id: str = Field(primary_key=True, max_length=64)
    tokens: float
    updated_at: datetime = Field(default_factory=now)
