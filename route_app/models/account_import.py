"""An account list on its way in: the file's rows, what each would do, and what was done."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from route_app.models.base import ID_LENGTH, json_column, new_id, now


class AccountImport(SQLModel, table=True):
    """One uploaded account list.

    `state`: uploaded, checking, ready (dry run done), applying, applied, failed, discarded.
    """

    __tablename__ = "account_import"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    file_name: str = Field(max_length=255)
    content: bytes
    state: str = Field(default="uploaded", max_length=16)
    message: str = Field(default="", max_length=2000)
    encoding: str = Field(default="", max_length=32)
    delimiter: str = Field(default="", max_length=4)
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    uploaded_by_id: str | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now)
    applied_at: datetime | None = None


class AccountImportRow(SQLModel, table=True):
    """One row of the file and its verdict: added, changed, unchanged or refused."""

    __tablename__ = "account_import_row"

    import_id: str = Field(
        primary_key=True, foreign_key="account_import.id", max_length=ID_LENGTH, ondelete="CASCADE"
    )
    row_no: int = Field(primary_key=True)
    verdict: str = Field(max_length=16, index=True)
    reason: str = Field(default="", max_length=1000)
    account_id: str | None = Field(default=None, max_length=ID_LENGTH)
    cells: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    values: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    changes: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
