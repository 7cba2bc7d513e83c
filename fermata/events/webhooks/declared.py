"""What a deployment declares of those who send webhooks, in the file that FERMATA_WEBHOOKS names."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from fermata.events.webhooks.mapping import BodyMapping
from fermata.events.webhooks.signatures import Scheme

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable: a secret itself stands in no file."""
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""It stands in an address: small letters, digits, ``-`` and ``_``."""
Topic = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$")]
"""The full name of a topic of SNS, with its region and account."""
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


class FeedbackSource(BaseModel):
    """A provider that tells what became of messages: ``[feedback.NAME]``.

    Args:
        kind: How it signs and writes; ``standard`` is our own JSON, signed by https://www.standardwebhooks.com.
        secrets: Environment variables with what proves it: SendGrid's verification key, Twilio's auth token, the
            secret of a Standard Webhook.
        topics: Instead of secrets, with ``ses``: the topics of SNS that may tell. Amazon signs with its certificate
            whatever anybody's topic says.
        provider: The provider's name in the ledger, where it is another than the source's.
        help: What a text of HELP is answered with; without it, the provider's own answer stands.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["sendgrid", "twilio", "standard", "ses"]
    secrets: tuple[Variable, ...] = ()
    topics: tuple[Topic, ...] = ()
    provider: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    help: Annotated[str, Field(min_length=1, max_length=1600)] | None = None

    @model_validator(mode="after")
    def _proved(self) -> Self:
        wanted, other = ("topics", "secrets") if self.kind == "ses" else ("secrets", "topics")
        if not getattr(self, wanted) or getattr(self, other):
            raise ValueError(f"kind {self.kind!r} is proved by {wanted}; name at least one, and no {other}")
        return self


class DeclaredSources(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[SourceName, Annotated[KnownSource | MappedSource, Field(discriminator="kind")]] = Field(
        default_factory=dict
    )
    feedback: dict[SourceName, FeedbackSource] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _somebody_each_at_an_address_of_their_own(self) -> Self:
        if not (self.sources or self.feedback):
            raise ValueError("nobody is declared; write [sources.NAME] or [feedback.NAME]")
        twice = sorted(self.sources.keys() & self.feedback.keys())
        if twice:
            raise ValueError(
                f"{twice[0]!r} is in sources and in feedback, and both have the address /webhooks/{twice[0]}"
            )
        return self
