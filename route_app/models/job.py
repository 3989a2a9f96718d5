"""Long work as rows: the one truth of what is to be done, whoever does it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from route_app.models.base import json_column, now


class Job(SQLModel, table=True):
    """A piece of work. The id is a natural key, so that asking twice makes one row.

    `fence` grows with every claim: a write by an older claimant finds another number and does
    nothing. `lease_until` is by the database's clock, never a worker's.
    `state`: queued, running, done, failed, dead (gave up), cancelled. `crashes` counts the
    attempts that ended without a word; such a job is tried again alone.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_priority", "state", "priority", "run_after"),)

    id: str = Field(primary_key=True, max_length=160)
    kind: str = Field(max_length=64, index=True)
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    state: str = Field(default="queued", max_length=16)
    priority: int = 0
    attempts: int = 0
    max_attempts: int = 4
    crashes: int = 0
    run_after: datetime = Field(default_factory=now)
    lease_owner: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = None
    fence: int = 0
    progress: float = 0.0
    progress_text: str = Field(default="", max_length=200)
    cancel_asked: bool = False
    result: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    error: str = Field(default="", max_length=2000)
    asked_by_id: str | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now)
    started_at: datetime | None = None
    finished_at: datetime | None = None
