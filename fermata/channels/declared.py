"""What a deployment declares of its providers: the TOML file that ``FERMATA_PROVIDERS`` names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, ValidationError, field_validator

from fermata.channels.kind import Kind, Options
from fermata.channels.kinds import KINDS, kind_named
from fermata.errors import ConfigurationError
from fermata.events.toml_document import faults, faults_in, read_toml
from fermata.vocabulary import Channel

ProviderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$")]
"""It stands in addresses, in commands and in the ledger: letters, digits, ``.``, ``_``, ``:`` and ``-``."""

_Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class DeclaredProvider(BaseModel):
    """One ``[[email]]``, ``[[sms]]``, … of the file.

    Args:
        name: What operators call it; no other provider of any channel has the name.
        kind: Which of ``KINDS``.
        weight: Its share of its tier's messages, beside the weights of the others.
        tier: 1 is asked first; 2 stands by until nobody in 1 can take a message; and so on.
        rate: Messages a second; what the kind declares where it is None.
        secret: The environment variable with its password, token or key: a secret itself stands in no file.
        options: What its kind asks for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ProviderName
    kind: str
    weight: int = Field(default=1, ge=1, le=1000)
    tier: int = Field(default=1, ge=1, le=9)
    rate: float | None = Field(default=None, gt=0, le=100_000)
    secret: _Variable | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("kind")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"no kind of provider is named so; there are {', '.join(sorted(KINDS))}")
        return value


class _File(RootModel[dict[Channel, tuple[DeclaredProvider, ...]]]):
    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class Declaration:
    """One declared provider, checked: its kind is known, its options fit, its secret is there.

    Args:
        channel: Whose messages it carries.
        provider: As it was declared.
        kind: Its kind.
        options: Its options, of the kind's model.
        secret: The secret itself; None where none is named.
        place: Where it stands in the file, for errors.
    """

    channel: Channel
    provider: DeclaredProvider
    kind: Kind[Any]
    options: Options
    secret: str | None = field(repr=False)
    place: str


def read_declarations(text: str, environment: Mapping[str, str], source: str) -> tuple[Declaration, ...]:
    """Reads the file, and checks every provider in it.

    Args:
        text: TOML.
        environment: Where the secrets are.
        source: What errors call the file.

    Raises:
        ConfigurationError: With all faults, each with its place.
    """
    file = read_toml(text, _File, source)
    declarations: list[Declaration] = []
    told: list[str] = []
    names: set[str] = set()
    for channel, number, provider in _each(file):
        place = f"{channel.value}.{number}"
        if provider.name in names:
            told.append(f"{place}.name = {provider.name!r}: another provider has this name; give each its own")
        names.add(provider.name)
        found = _checked(channel, provider, environment, place)
        if isinstance(found, Declaration):
            declarations.append(found)
        else:
            told += found
    if told:
        raise ConfigurationError(faults(source, told))
    return tuple(declarations)


def _each(file: _File) -> Iterator[tuple[Channel, int, DeclaredProvider]]:
    for channel, providers in file.root.items():
        for number, provider in enumerate(providers):
            yield channel, number, provider


def _checked(
    channel: Channel, provider: DeclaredProvider, environment: Mapping[str, str], place: str
) -> Declaration | list[str]:
    kind = kind_named(provider.kind)
    told: list[str] = []
    if channel not in kind.channels:
        served = ", ".join(sorted(kind.channels))
        told.append(f"{place}.kind = {provider.kind!r} serves {served}, not {channel.value}")
    secret = environment.get(provider.secret) if provider.secret is not None else None
    if provider.secret is None and kind.needs_secret:
        told.append(f"{place}.secret is missing: name the environment variable that holds it")
    if provider.secret is not None and not secret:
        told.append(f"{place}.secret: the environment variable {provider.secret} is not set, or empty")
    try:
        options = kind.options.model_validate(provider.options)
    except ValidationError as error:
        return told + faults_in(error, place, "options")
    return told or Declaration(channel, provider, kind, options, secret, place)
