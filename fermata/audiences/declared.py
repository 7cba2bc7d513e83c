"""The audiences of a deployment and the platforms that hold them, from the file that FERMATA_AUDIENCES names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from fermata.audiences.identifiers import GOOGLE, META, Hashing
from fermata.errors import ConfigurationError
from fermata.events.toml_document import faults, quoted, read_toml

PURCHASE = "Order Completed"
"""What ends every membership, unless the deployment says otherwise: nobody is chased with what they have bought."""

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#@]+$")]
_DEFAULT_URL = {"meta": "https://graph.facebook.com/v25.0", "google": "https://datamanager.googleapis.com/v1"}


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience.

    Args:
        name: The deployment's own name for it, as templates write it.
        platform: The platform that holds it.
        id: The platform's id for it.
        leave_on: The events that end somebody's membership.
    """

    name: str
    platform: str
    id: str
    leave_on: tuple[str, ...] = (PURCHASE,)


@dataclass(frozen=True, slots=True)
class Platform:
    """An ad platform.

    Args:
        name: The deployment's own name for it.
        kind: Whose API it speaks.
        url: Where that is.
        token: Proves who we are: an access token, or for Google the key file of a service account.
        account: The account that holds the audiences; Google asks for it.
    """

    name: str
    kind: Literal["meta", "google"]
    url: str
    token: SecretStr
    account: str | None = None

    @property
    def hashing(self) -> Hashing:
        """How it wants addresses written before they are hashed."""
        return META if self.kind == "meta" else GOOGLE


@dataclass(frozen=True, slots=True)
class Audiences:
    """All of a deployment.

    Args:
        audiences: By name.
        platforms: By name.
    """

    audiences: Mapping[str, Audience] = field(default_factory=dict)
    platforms: Mapping[str, Platform] = field(default_factory=dict)

    @property
    def hashing(self) -> Mapping[str, Hashing]:
        """By platform."""
        return {name: platform.hashing for name, platform in self.platforms.items()}


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Platform(_Declared):
    kind: Literal["meta", "google"]
    token: _Variable
    url: _Address | None = None
    account: _Id | None = None


class _Audience(_Declared):
    platform: str
    id: _Id
    leave_on: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = (PURCHASE,)


class _Document(_Declared):
    platforms: dict[_Name, _Platform]
    audiences: dict[_Name, _Audience]


def read_audiences(document: str, environment: Mapping[str, str], *, source: str = "the audiences") -> Audiences:
    """Reads what a deployment declares.

    Args:
        document: TOML, with ``[platforms.NAME]`` and ``[audiences.NAME]`` for each.
        environment: Where the tokens are, by the names that the document gives.
        source: What errors call the document.

    Raises:
        ConfigurationError: With all its faults, each with its place; a token that is not there is one.
    """
    declared = read_toml(document, _Document, source)
    wrong = [*_faults_of_platforms(declared, environment), *_faults_of_audiences(declared)]
    if wrong:
        raise ConfigurationError(faults(source, wrong))
    return Audiences(
        {name: Audience(name, each.platform, each.id, each.leave_on) for name, each in declared.audiences.items()},
        {name: _platform(name, each, environment) for name, each in declared.platforms.items()},
    )


def read_leave_on(document: str, *, source: str = "the audiences") -> frozenset[str]:
    """Reads which events end a membership in any of the audiences. No token is needed for that.

    Args:
        document: As for ``read_audiences``.
        source: What errors call the document.

    Raises:
        ConfigurationError: With all its faults, each with its place.
    """
    declared = read_toml(document, _Document, source)
    return frozenset(name for each in declared.audiences.values() for name in each.leave_on)


def _platform(name: str, declared: _Platform, environment: Mapping[str, str]) -> Platform:
    url = (declared.url or _DEFAULT_URL[declared.kind]).rstrip("/")
    return Platform(name, declared.kind, url, SecretStr(environment[declared.token].strip()), declared.account)


def _faults_of_platforms(declared: _Document, environment: Mapping[str, str]) -> list[str]:
    wrong = []
    for name, each in declared.platforms.items():
        token = environment.get(each.token, "").strip()
        if not token:
            place = quoted("platforms", name, "token")
            wrong.append(f"{place}: there is no environment variable {each.token}; set it to the platform's token")
        elif not token.startswith("{") and not (token.isascii() and token.isprintable()):
            wrong.append(f"{quoted('platforms', name, 'token')}: {each.token} holds what no HTTP header may have")
        if each.kind == "google" and each.account is None:
            wrong.append(f"{quoted('platforms', name, 'account')} is missing; give the id of the Google Ads account")
    return wrong


def _faults_of_audiences(declared: _Document) -> list[str]:
    known = ", ".join(sorted(declared.platforms)) or "none"
    return [
        f"{quoted('audiences', name, 'platform')} = {each.platform!r}: no such platform is declared; there are: {known}"
        for name, each in declared.audiences.items()
        if each.platform not in declared.platforms
    ]
