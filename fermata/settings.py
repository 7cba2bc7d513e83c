"""The settings of a deployment, from the environment: ``FERMATA_…``. Each has a default that works on one machine."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import ByteSize, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from fermata.database_address import check_database_address
from fermata.errors import ConfigurationError
from fermata.journeys import SALT, GlobalHoldout


class Settings(BaseSettings):
    """What a process of Fermata needs to know of its surroundings.

    Args:
        database_url: ``postgresql://user:password@host:port/database``.
        database_connections: The most connections a process holds.
        database_timeout: How long Postgres may take for a statement of API or worker, ISO 8601 (``PT15S``). A
            connection that falls silent is given up after twice as long.
        journeys: Python packages whose modules are searched for journeys.
        latest_trigger: How long after it occurred an event still starts a run: ISO 8601 (``PT24H``), or ``off``.
        most_runs_per_profile: How many runs of one profile may be active at once, over all journeys; None for any.
        global_holdout: The share of all profiles whom no marketing reaches, 0 up to but not including 1.
        global_holdout_salt: Another one is another draw, of other people; at most 16 bytes.
        verbs: A TOML file that adds names and types of events to the standard ones.
        webhooks: A TOML file that declares who sends webhooks; None lets nobody.
        soft_bounces, soft_bounces_within: An address that comes back for the moment so many times within so long is
            given up.
        api_host, api_port: Where the HTTP surface listens.
        api_connections: How many connections one process of the API holds; those beyond are answered 503.
        ingest_requests, ingest_bytes: How many requests that bring events, and how many bytes of them (``32MiB``), may
            be under way at once in one process of the API; those beyond are answered 503, and come again.
        key_limit, ingest_key_limit: How many requests a second a key may make that has no limit of its own (``50``;
            ``50:200`` with how many at once; ``off``), in each process of the API. The second: keys that send events.
        worker_host, worker_port: Where a worker answers ``/healthz`` and ``/readyz``; None answers nowhere.
        metrics_token: What ``/metrics`` of API and worker asks for as a bearer token; None shows it to whoever reaches
            the port.
        temporal_metrics_port: Where a worker shows what Temporal's SDK counts, on ``worker_host``; None shows nothing.
        inbox_streams: How many inboxes may be open at once, as server-sent events, in one process of the API.
        public_url: Where people's browsers and mail providers reach it: links in messages begin so.
        short_url: Another, shorter name of the same, for the links in text messages; ``public_url`` where it is None.
        temporal_ui: Where operators' browsers reach Temporal's UI; None leaves out the links to it.
        secret_key: Signs those links, and people's sessions in their inbox; at least 32 characters, the same for API
            and worker. Without it messages have no link to unsubscribe by, and nothing can be confirmed.
        master_keys: ``id=KEY,…``, the newest first: wrap the keys of people, by which histories in Temporal are then
            encrypted. The same for every process; None writes them in the clear.
        smtp_url: ``smtp://``, ``smtp+starttls://`` or ``smtps://``; None leaves email without a provider.
        mail_from: The sender of email.
        site_name, site_url, site_address: Whom the messages speak for; links in them lead nowhere but to this site.
        push_url, sms_url: Base address of the HTTP provider; None leaves the channel without a provider.
        provider_token: Bearer token for the HTTP provider.
        providers: A TOML file that declares providers, several a channel where wanted; None for the URLs above alone.
        audiences: A TOML file that declares audiences and the ad platforms that hold them; None for no audience.
        handoffs: A TOML file that declares the desks that people are handed over to; None for no desk.
        lead_score: A TOML file with lead rules of this deployment's own; None for those that ship.
        keep_events, keep_decisions, keep_dispatches, keep_rejected: How long each kind of row is kept (``P400D``); None
            for ever.
        deployment: What the workers together are called in Temporal, whose builds `fermata deploy` leads runs to.
        build_id: Which build of the code this worker is: an image's tag, a commit. None leaves versions off: every
            worker takes every run.
        pace: How many seconds of a journey's own waits pass in one real second. 1 in production; the demo hurries.
            Windows, quiet hours and caps always run on real time.
    """

    model_config = SettingsConfigDict(env_prefix="FERMATA_", extra="ignore", frozen=True)

    database_url: str = Field(default="postgresql://postgres@127.0.0.1:5432/fermata", repr=False)
    database_connections: int = Field(default=16, ge=2, le=200)
    database_timeout: timedelta = Field(default=timedelta(seconds=15), ge=timedelta(seconds=1), le=timedelta(hours=1))
    journeys: Annotated[tuple[str, ...], NoDecode] = ("workflows",)
    latest_trigger: timedelta | None = timedelta(hours=24)
    most_runs_per_profile: int | None = Field(default=None, ge=1)
    global_holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    global_holdout_salt: str = Field(default=SALT, min_length=1)
    verbs: Path | None = None
    webhooks: Path | None = None
    soft_bounces: int = Field(default=5, ge=1, le=1000)
    soft_bounces_within: timedelta = Field(default=timedelta(days=14), gt=timedelta(0))
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    api_connections: int = Field(default=5000, ge=10, le=1_000_000)
    key_limit: str = "100:1000"
    ingest_key_limit: str = "off"
    ingest_requests: int = Field(default=1000, ge=1, le=100_000)
    ingest_bytes: ByteSize = Field(default=ByteSize(32 * 1024 * 1024), ge=512 * 1024)
    worker_host: str = "127.0.0.1"
    worker_port: int | None = Field(default=None, ge=0, le=65535)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    temporal_metrics_port: int | None = Field(default=None, ge=1, le=65535)
    inbox_streams: int = Field(default=1000, ge=1, le=100_000)
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^\s<>]+$")
    short_url: str | None = Field(default=None, pattern=r"^https?://[^\s<>]+$")
    temporal_ui: str | None = Field(default=None, pattern=r"^https?://[^\s<>]+$")
    secret_key: SecretStr | None = Field(default=None, min_length=32)
    master_keys: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str = "Fermata <hello@fermata.example>"
    site_name: str = "our shop"
    site_url: str | None = None
    site_address: str | None = None
    push_url: str | None = None
    sms_url: str | None = None
    provider_token: SecretStr | None = None
    providers: Path | None = None
    audiences: Path | None = None
    handoffs: Path | None = None
    lead_score: Path | None = None
    keep_events: timedelta | None = Field(default=None, ge=timedelta(days=30))
    keep_decisions: timedelta | None = Field(default=None, ge=timedelta(days=30))
    keep_dispatches: timedelta | None = Field(default=None, ge=timedelta(days=3))
    keep_rejected: timedelta | None = Field(default=None, ge=timedelta(days=1))
    deployment: str = Field(default="fermata", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")
    build_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$")
    pace: float = Field(default=1.0, ge=1.0)

    @property
    def holdout(self) -> GlobalHoldout:
        """The share and the salt in one."""
        return GlobalHoldout(self.global_holdout, self.global_holdout_salt)

    @field_validator("global_holdout_salt")
    @classmethod
    def _fits(cls, value: str) -> str:
        if len(value.encode()) > 16:
            raise ValueError(f"has {len(value.encode())} bytes; the hash takes at most 16")
        return value

    @field_validator("build_id", "worker_port", "metrics_token", "temporal_metrics_port", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if value == "" else value  # as compose files hand on a variable that is not set

    @field_validator("database_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return check_database_address(value)

    @field_validator("key_limit", "ingest_key_limit")
    @classmethod
    def _limit(cls, value: str) -> str:
        from fermata.access.rates import Limit  # a command that only reads settings does without argon2

        try:
            Limit.parse(value)
        except ConfigurationError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("keep_events", "keep_decisions", "keep_dispatches", "keep_rejected", mode="before")
    @classmethod
    def _for_ever(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("latest_trigger", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        return None if value == "off" else value

    @field_validator("latest_trigger")
    @classmethod
    def _not_negative(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(0):
            raise ValueError("must not be negative; write 'off' for no limit")
        return value

    @field_validator("journeys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def read_settings() -> Settings:
    """Reads the settings from the environment.

    Raises:
        ConfigurationError: A variable cannot be read; it names the variable, and the value where that is no secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["FERMATA", *(str(part).upper() for part in first["loc"])])
        given = "…" if _is_secret(first["loc"][0]) else repr(first["input"])
        raise ConfigurationError(f"{name}={given}: {first['msg']}") from None


def _is_secret(field: object) -> bool:
    """Whether a setting's value is not to be shown: it is a secret, or holds one."""
    known = Settings.model_fields.get(str(field))
    return known is None or not known.repr or "SecretStr" in str(known.annotation)
