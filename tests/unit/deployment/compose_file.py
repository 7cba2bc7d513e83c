"""The compose file as Compose reads it: variables put in, each service checked against the part of the schema in use.

https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field

from tests.pages import ROOT

FILE = ROOT / "docker-compose.temporal.yml"
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<other>[^}]*))?\})")

Duration = Annotated[str, Field(pattern=r"^\d+(ms|s|m|h)$")]
Memory = Annotated[str, Field(pattern=r"^\d+[KMG]$")]
Image = Annotated[str, Field(pattern=r"^[a-z0-9./_-]+:[\w][\w.-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _HealthCheck(_Part):
    test: list[str] = Field(default_factory=list)
    interval: Duration = "30s"
    timeout: Duration = "30s"
    retries: int = 3
    start_period: Duration = "0s"
    disable: bool = False


class _Limits(_Part):
    cpus: Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
    memory: Memory
    pids: int


class _Resources(_Part):
    limits: _Limits


class _Deploy(_Part):
    resources: _Resources
    replicas: int = 1


class _Condition(_Part):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class _Logging(_Part):
    driver: str
    options: dict[str, str]


class _Mounted(_Part):
    source: str
    target: str


class Service(_Part):
    """One service. Whatever the file says beside this is refused: either it is misspelt, or it wants a line here."""

    image: Image
    build: str | None = None
    command: list[str] = Field(default_factory=list)
    entrypoint: list[str] = Field(default_factory=list)
    environment: dict[str, str | None] = Field(default_factory=dict)
    depends_on: dict[str, _Condition] = Field(default_factory=dict)
    healthcheck: _HealthCheck | None = None
    deploy: _Deploy
    restart: Annotated[str, Field(pattern=r"^(no|always|unless-stopped|on-failure(:\d+)?)$")]
    logging: _Logging
    networks: list[str]
    security_opt: list[str]
    cap_drop: list[str]
    cap_add: list[str] = Field(default_factory=list)
    read_only: bool = False
    tmpfs: list[str] = Field(default_factory=list)
    volumes: list[Annotated[str, Field(pattern=r"^[\w-]+:/\S+$")]] = Field(default_factory=list)
    configs: list[_Mounted] = Field(default_factory=list)
    ports: list[Annotated[str, Field(pattern=r"^[\d.]+:\d+:\d+$")]] = Field(default_factory=list)
    profiles: list[str] = Field(default_factory=list)
    stop_grace_period: Duration = "10s"
    shm_size: str = "64m"
    ulimits: dict[str, int] = Field(default_factory=dict)

    @property
    def ends(self) -> bool:
        """Whether it does something once."""
        return self.restart == "no" or self.restart.startswith("on-failure")


class _Network(_Part):
    internal: bool = False


class _Config(_Part):
    content: str


class ComposeFile(_Part):
    """The whole file."""

    name: str
    services: dict[str, Service]
    networks: dict[str, _Network | None]
    volumes: dict[str, None]
    configs: dict[str, _Config]

    def order(self) -> tuple[str, ...]:
        """The services, each after those that it waits for.

        Raises:
            CycleError: They wait for each other.
        """
        return tuple(
            TopologicalSorter({name: set(each.depends_on) for name, each in self.services.items()}).static_order()
        )


def read_compose_file(environment: Mapping[str, str]) -> ComposeFile:
    """Reads the file.

    Args:
        environment: The variables that it may ask for.

    Raises:
        KeyError: One that it asks for is not there; with what it says then.
        ValidationError: It says what Compose, or this reader, does not know.
    """
    document = {key: value for key, value in yaml.safe_load(FILE.read_text()).items() if not key.startswith("x-")}
    return ComposeFile.model_validate(_filled(document, environment))


def _filled(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, environment) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment) for each in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _variable(found, environment), value)
    return value


def _variable(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name = found["name"]
    if name is None:
        return "$"
    given = environment.get(name, "")
    if given or found["how"] is None:
        return given
    if found["how"] == ":?":
        raise KeyError(f"{name}: {found['other']}")
    return str(found["other"])


def variables() -> Iterator[tuple[str, str, str]]:
    """Every variable that the file asks for, how (``:?``, ``:-`` or nothing), and what it says beside."""
    for found in _VARIABLE.finditer(FILE.read_text()):
        if found["name"]:
            yield found["name"], found["how"] or "", found["other"] or ""
