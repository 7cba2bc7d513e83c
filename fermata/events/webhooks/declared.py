"""What a deployment declares of a source of webhooks: ``[sources.NAME]`` in the file that FERMATA_WEBHOOKS names."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from fermata.events.webhooks.mapping import BodyMapping
from fermata.events.webhooks.signatures import Scheme

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable: a secret itself stands in no file."""
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""It stands in an address: small letters, digits, ``-`` and ``_``."""
Path = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
"""Names and places with points between them."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    secrets: Annotated[tuple[Variable, ...], Field(min_length=1)]


class KnownSource(_Declared):
    """A system whose webhooks Fermata knows.

    Args:
        kind: Which.
        secrets: Environment variables with the secrets that are in force.
    """

    kind: Literal["shopify", "stripe", "zendesk"]

    @property
    def scheme(self) -> Scheme:
        """How it signs."""
        return self.kind


class MappedSource(_Declared):
    """Any other system, with a mapping of its body; see ``BodyMapping`` for the paths.

    Args:
        kind: ``"mapping"``.
        signature: How it signs; ``standard`` is https://www.standardwebhooks.com.
        secrets: Environment variables with the secrets that are in force.
    """

    kind: Literal["mapping"]
    signature: Scheme = "standard"
    event: Path | None = None
    event_name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    message_id: Path | None = None
    occurred_at: Path | None = None
    user_id: Path | None = None
    anonymous_id: Path | None = None
    email: Path | None = None
    phone: Path | None = None
    external_ids: dict[str, Path] = Field(default_factory=dict)
    properties: Path | dict[str, Path] = Field(default_factory=dict)

    @property
    def scheme(self) -> Scheme:
        """How it signs."""
        return self.signature

    @property
    def mapping(self) -> BodyMapping:
        """Where in its body what stands."""
        return BodyMapping(**self.model_dump(exclude={"kind", "signature", "secrets"}))

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.event is None) == (self.event_name is None):
            raise ValueError("give either event, the path of the event's name, or event_name, the name itself")
        if not (self.user_id or self.anonymous_id or self.email or self.phone or self.external_ids):
            raise ValueError("give the path of at least one of user_id, anonymous_id, email, phone, external_ids")
        return self


class DeclaredSources(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[SourceName, Annotated[KnownSource | MappedSource, Field(discriminator="kind")]]
