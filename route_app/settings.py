"""What an installation can set, from the environment or a .env file; checked once at start."""

import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEV_SECRET = "dev"  # noqa: S105  # refused outside debug; named here so that it can be refused


class Settings(BaseSettings):
    """Every setting, each documented in docs/settings.md. Frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix="ROUTE_APP_", env_file=".env", frozen=True, extra="ignore"
    )

    data_dir: Path = Path("var")
    database_url: str = ""
    secret_key: str = ""
    debug: bool = False
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_format: Literal["json", "text"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    job_engine: Literal["embedded", "procrastinate"] = "embedded"
    job_processes: int = Field(default=1, ge=1, le=64)
    job_lease_s: int = Field(default=15, ge=2, le=600)
    session_idle_days: int = Field(default=14, ge=1, le=90)
    session_max_days: int = Field(default=30, ge=1, le=365)
    upload_limit_mb: int = Field(default=25, ge=1, le=200)
    extract_limit_mb: int = Field(default=1024, ge=1, le=65_536)
    geocoders: str = ""
    geocoder_options: str = ""
    geocoder_url: str = ""
    geocoder_user_agent: str = "fieldbeat"
    roads_server: str = ""
    roads_server_kind: Literal["osrm", "valhalla"] = "osrm"
    roads_server_down: Literal["fallback", "fail"] = "fallback"
    roads_server_timeout_s: float = Field(default=10.0, ge=0.5, le=300)
    roads_server_retries: int = Field(default=2, ge=0, le=10)
    roads_server_table: int = Field(default=0, ge=0, le=10_000)
    roads_server_traffic: bool = False
    plan_seconds: float = Field(default=2.0, gt=0, le=60)

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("ROUTE_APP_BASE_URL must start with http:// or https://.")
        return value.rstrip("/")

    @field_validator("roads_server")
    @classmethod
    def _an_address(cls, value: str) -> str:
        # Not its own words: they may hold the password that is part of the address.
        wrong = ValueError("Write it like http://routes.example:5000, or leave it empty.")
        try:
            parts = urlsplit(value)
            port_is_none_or_fits = parts.port is None or parts.port > 0
        except ValueError:
            raise wrong from None
        fits = parts.scheme in ("http", "https") and parts.hostname and port_is_none_or_fits
        if value and not (fits and value.isprintable() and " " not in value):
            raise wrong
        return value

    @model_validator(mode="after")
    def _refuse_default_secret(self) -> "Settings":
        if self.secret_key == DEV_SECRET and not self.debug:
            raise ValueError(
                "ROUTE_APP_SECRET_KEY is 'dev'. Leave it empty to have one made and kept in the "
                "data folder, or set a long random one."
            )
        return self

    @property
    def secure(self) -> bool:
        """Return whether people reach this installation over HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """Return the database URL: the one set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'fieldbeat.sqlite').resolve()}"

    def secret(self) -> str:
        """Return the secret key: the one set, or one made once and kept in the data folder."""
        if self.secret_key:
            return self.secret_key
        file = self.data_dir / "secret_key"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            try:
                file.hardlink_to(fresh)  # the first process wins; a later one reads its key
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return file.read_text().strip()


def from_environment() -> Settings:
    """Return the settings of the environment; SystemExit names each one that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        said = []
        for one in error.errors(include_url=False, include_input=False, include_context=False):
            name = "_".join(str(part) for part in one["loc"]).upper()
            sentence = one["msg"].removeprefix("Value error, ")
            said.append(f"ROUTE_APP_{name}: {sentence}." if name else sentence)
        raise SystemExit("\n".join(said)) from error
