"""The providers of a deployment that tell what became of messages: who may send, how it is proved and understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from fermata.errors import ConfigurationError
from fermata.events.toml_document import faults, quoted, read_toml
from fermata.events.webhooks import Delivery, verify
from fermata.events.webhooks.declared import DeclaredSources, FeedbackSource
from fermata.events.webhooks.signatures import check_secret
from fermata.feedback.amazon import Amazon
from fermata.feedback.reading import Told
from fermata.feedback.sendgrid import read_sendgrid
from fermata.feedback.ses import read_ses
from fermata.feedback.signatures import read_key, verify_sendgrid, verify_twilio
from fermata.feedback.signed_json import read_signed_json
from fermata.feedback.sns import SnsMessage, check_claim, check_signature
from fermata.feedback.twilio import form_of, read_twilio


@dataclass(frozen=True, slots=True)
class Teller:
    """A provider that tells what became of messages.

    Args:
        name: The last part of its address here.
        kind: How it signs and writes.
        secrets: In force now.
        provider: Its name in the ledger.
        help: What a text of HELP is answered with; None leaves that to the provider.
        topics: Those of SNS that may tell; they stand in the place of secrets.
    """

    name: str
    kind: Literal["sendgrid", "twilio", "standard", "ses"]
    secrets: tuple[SecretStr, ...]
    provider: str
    help: str | None = None
    topics: tuple[str, ...] = ()

    async def believe(self, delivery: Delivery, url: str, amazon: Amazon) -> None:
        """Looks whether a webhook comes from this provider.

        Args:
            delivery: What came in.
            url: The whole address that it came to, as the provider knows it.
            amazon: Where the certificates of SNS are.

        Raises:
            BadSignature: It is not to be believed.
            InvalidEvent: It cannot be read so far as to tell.
            Unavailable: Amazon is asked for a certificate and does not answer.
        """
        match self.kind:
            case "sendgrid":
                verify_sendgrid(delivery, self.secrets)
            case "twilio":
                verify_twilio(delivery, url, form_of(delivery), self.secrets)
            case "standard":
                verify("standard", delivery, self.secrets)
            case "ses":
                message = SnsMessage.read(delivery)
                check_claim(message, self.topics, delivery.received_at)
                check_signature(message, await amazon.certificate(message.certificate_url), delivery.received_at)

    def understand(self, delivery: Delivery, query: Mapping[str, str]) -> Told:
        """Says what a webhook tells.

        Args:
            delivery: Believed.
            query: Parameters of the address that it came to.

        Raises:
            InvalidEvent: It makes no sense.
        """
        match self.kind:
            case "sendgrid":
                return read_sendgrid(delivery, source=self.name, provider=self.provider)
            case "twilio":
                return read_twilio(delivery, query=query, source=self.name, provider=self.provider)
            case "standard":
                return read_signed_json(delivery, source=self.name, provider=self.provider)
            case "ses":
                message = SnsMessage.read(delivery)
                return read_ses(message, delivery.received_at, source=self.name, provider=self.provider)


Tellers = Mapping[str, Teller]
"""By name."""


def read_tellers(document: str, environment: Mapping[str, str], *, source: str = "the sources of webhooks") -> Tellers:
    """Reads the providers that a deployment lets tell.

    Args:
        document: TOML, with ``[feedback.NAME]`` for each.
        environment: Where the secrets are, by the names that the document gives.
        source: What errors call the document.

    Raises:
        ConfigurationError: With all its faults, each with its place; a secret that is not there is one.
    """
    declared = read_toml(document, DeclaredSources, source).feedback
    wrong = [
        f"{quoted('feedback', name, 'secrets')}: {fault}"
        for name, each in declared.items()
        for variable in each.secrets
        if (fault := _fault_of_secret(each, variable, environment)) is not None
    ]
    if wrong:
        raise ConfigurationError(faults(source, wrong))
    return {name: _teller(name, each, environment) for name, each in declared.items()}


def _fault_of_secret(declared: FeedbackSource, variable: str, environment: Mapping[str, str]) -> str | None:
    if variable not in environment:
        return f"there is no environment variable {variable}; set it to what proves that the provider calls"
    secret = SecretStr(environment[variable])
    try:
        if declared.kind == "sendgrid":
            read_key(secret)
        else:
            check_secret("standard" if declared.kind == "standard" else "zendesk", secret)
    except ValueError as error:
        return f"the environment variable {variable} {error}"
    return None


def _teller(name: str, declared: FeedbackSource, environment: Mapping[str, str]) -> Teller:
    secrets = tuple(SecretStr(environment[variable]) for variable in declared.secrets)
    return Teller(name, declared.kind, secrets, declared.provider or name, declared.help, declared.topics)
