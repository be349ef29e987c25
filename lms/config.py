"""Settings, read once from the environment (`LMS_…`) and handed on as one object."""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from media.scanning.clamd import Address, Clamd
from media.scanning.port import Scanner


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


class Settings(BaseSettings):
    """Every knob an operator has. Paths hang under `data` unless said otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="LMS_",
        extra="ignore",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,  # a wrong setting is named; what it holds may be a secret
    )

    env: Environment = Environment.DEVELOPMENT
    data: Path = Path("var")
    """Uploads, blobs, database, models: one file system, never the source folder media/."""
    database_url: str = ""
    """Empty: SQLite in the data folder. PostgreSQL: postgresql+psycopg://…"""
    secret_key: str = ""
    """Empty: made once and kept in the data folder with mode 0600."""

    host: str = "127.0.0.1"
    port: int = 8000
    web_threads: int = 64
    """Slow uploads hold a thread each: with 4, four stalled phones stopped the site."""
    public_url: str = ""
    """The address people type, when a proxy stands in front."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-*; 0 ignores those headers."""
    accel: str = Field(default="", pattern=r"^((/[A-Za-z0-9_.-]+)+/?)?$")
    """nginx's internal location for blobs; empty: this process sends the bytes itself."""

    storage: Literal["disk", "s3"] = "disk"
    """Where clips are kept: in the data folder, or in a bucket (LMS_S3_…, extra `s3`)."""
    s3_bucket: str = ""
    """A private bucket for this installation alone."""
    s3_endpoint: str = ""
    """https://… of the provider; empty: Amazon's own for the region."""
    s3_region: str = "us-east-1"
    s3_addressing: Literal["path", "virtual"] = "path"
    """Whether the bucket is named in the path of an address or before its host."""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_secret_key_file: Path | None = None
    """A file with the secret key, instead of the key itself."""
    s3_presign: bool = False
    """Whether browsers fetch clips from the bucket by themselves, see docs/decisions/0006."""
    s3_presign_seconds: int = Field(default=60, ge=10, le=900)
    """How long an address that was handed out goes on working, whatever happens to the right."""
    clamd: str = ""
    """Where ClamAV listens: /run/clamav/clamd.ctl or host:3310. Empty: nothing is scanned."""

    whisper_engine: Literal["faster", "openai"] = "faster"
    whisper_model: str = "small"
    """A model name, or a directory or file on this machine."""
    whisper_language: str = ""
    """Empty: the language of the course."""
    whisper_threads: int = Field(default=0, ge=0, le=64)
    """0: as many as the machine has cores."""

    max_upload_mb: int = Field(default=500, ge=1, le=10_000)
    takes_per_day: int = Field(default=60, ge=1)
    uploads_per_minute: int = Field(default=30, ge=1)
    open_uploads: int = Field(default=10, ge=1)
    """Unfinished ones of one person."""
    open_upload_mb: int = Field(default=2_000, ge=1)
    """What those may be together."""
    session_idle_minutes: int = Field(default=60, ge=5)
    session_hours: int = Field(default=12, ge=1)

    lease_seconds: float = Field(default=30, gt=0)
    sweep_seconds: float = Field(default=5, gt=0)

    fail_points: Path | None = None
    """For the chaos tests: where they order a process to die (`media.failpoints`)."""

    @field_validator("s3_bucket", "s3_access_key", "s3_secret_key_file")
    @classmethod
    def _bucket_needs(cls, value: str | Path | None, info: ValidationInfo) -> str | Path | None:
        """Everything that a bucket needs is set, or nothing starts."""
        if info.data.get("storage") != "s3":
            return value
        if info.field_name == "s3_secret_key_file":
            secret = info.data.get("s3_secret_key")
            if bool(secret and secret.get_secret_value()) == bool(value):
                raise ValueError("set this or LMS_S3_SECRET_KEY, one of the two")
            if value and not os.access(value, os.R_OK):
                raise ValueError(f"{value} cannot be read")
        elif not value:
            raise ValueError("LMS_STORAGE=s3 needs it")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("it must start with https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _absolute(self) -> Settings:
        object.__setattr__(self, "data", self.data.expanduser().resolve())
        return self

    @field_validator("clamd")
    @classmethod
    def _somewhere(cls, text: str) -> str:
        if text:
            Address.read(text)
        return text

    @property
    def scanner(self) -> Scanner | None:
        """The virus scanner of this installation; None where nothing is scanned."""
        return Clamd(Address.read(self.clamd)) if self.clamd else None

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def url(self) -> str:
        """The database address: what was set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'lms.sqlite3'}"

    @property
    def armed(self) -> Path | None:
        """The folder of `fail_points`, in the test environment; None in every other."""
        return self.fail_points if self.env is Environment.TEST else None

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @property
    def open_upload_bytes(self) -> int:
        return max(self.open_upload_mb, self.max_upload_mb) * 1024 * 1024

    @property
    def transcription_threads(self) -> int:
        return self.whisper_threads or os.cpu_count() or 1

    def s3_secret(self) -> str:
        """The secret key of the bucket, from its file or from the environment."""
        if self.s3_secret_key_file:
            return self.s3_secret_key_file.read_text().strip()
        return self.s3_secret_key.get_secret_value()

    def make_folders(self) -> None:
        """Create the data folder for this user only, with the folders inside it."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.uploads, self.blobs, self.work, self.models):
            folder.mkdir(exist_ok=True, mode=0o700)
        if self.group_reads_blobs:
            self._open_blobs()

    @property
    def group_reads_blobs(self) -> bool:
        """Whether nginx hands out clips itself, as a member of this user's group."""
        return bool(self.accel) and self.storage == "disk"

    def _open_blobs(self) -> None:
        """Let the group pass through the data folder and see the blobs, and nothing else there."""
        if not self.database_url:
            # SQLite would make it for all to read; its log gets the mode of the file itself.
            (self.data / "lms.sqlite3").touch(mode=0o600)
            for file in self.data.glob("lms.sqlite3*"):
                file.chmod(0o600)
        self.blobs.chmod(0o750)
        self.data.chmod(0o710)

    def signing_key(self) -> str:
        """The key that signs cookies; made on first use so that no default exists (S38)."""
        if self.secret_key:
            return self.secret_key
        self.make_folders()
        path = self.data / "secret.key"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            key = secrets.token_urlsafe(48)
            file.write(key)
        return key
