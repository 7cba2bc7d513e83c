"""The desks that get hand-offs, from the file that FERMATA_HANDOFFS names: who takes a person over, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr, StringConstraints

from fermata.errors import ConfigurationError
from fermata.events.toml_document import faults, quoted, read_toml
from fermata.events.webhooks.signatures import check_secret

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s#@]+$")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where colleagues get their tasks: a CRM, a help desk, a chat.

    Args:
        name: The deployment's own name for it, as templates write it.
        url: Where the webhook goes.
        secret: It is signed with this.
        priority: Of a task that names none, in the desk's own word.
    """

    name: str
    url: str
    secret: SecretStr
    priority: str = "normal"


class _Desk(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: _Address
    secret: _Variable
    priority: str = Field(default="normal", min_length=1, max_length=40)


class _Document(RootModel[dict[_Name, _Desk]]):
    """The whole file."""


def read_desks(document: str, environment: Mapping[str, str], *, source: str = "the hand-offs") -> dict[str, Desk]:
    """Reads the desks that a deployment declares.

    Args:
        document: TOML, with ``[NAME]`` for each.
        environment: Where the secrets are, by the names that the document gives.
        source: What errors call the document.

    Raises:
        ConfigurationError: With all its faults, each with its place; a secret that is not there is one.
    """
    declared = read_toml(document, _Document, source).root
    wrong = [
        f"{quoted(name, 'secret')}: {fault}"
        for name, each in declared.items()
        if (fault := _fault_of_secret(each.secret, environment)) is not None
    ]
    if wrong:
        raise ConfigurationError(faults(source, wrong))
    return {
        name: Desk(name, each.url, SecretStr(environment[each.secret]), each.priority)
        for name, each in declared.items()
    }


def _fault_of_secret(variable: str, environment: Mapping[str, str]) -> str | None:
    if not environment.get(variable):
        return f"there is no environment variable {variable}; set it to the secret that the desk checks signatures with"
    try:
        check_secret("standard", SecretStr(environment[variable]))
    except ValueError as error:
        return f"the environment variable {variable} {error}"
    return None
