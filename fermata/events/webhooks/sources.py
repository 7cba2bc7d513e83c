"""The sources of webhooks of a deployment: who may send, how it is proved, and how it is understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from fermata.errors import ConfigurationError
from fermata.events.toml_document import faults, quoted, read_toml
from fermata.events.webhooks.declared import DeclaredSources, KnownSource, MappedSource
from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.mapping import mapped
from fermata.events.webhooks.shopify import shopify
from fermata.events.webhooks.signatures import Scheme, check_secret
from fermata.events.webhooks.stripe import stripe
from fermata.events.webhooks.told import Story
from fermata.events.webhooks.zendesk import zendesk

_KNOWN: Mapping[str, Callable[[Delivery], Story]] = {"shopify": shopify, "stripe": stripe, "zendesk": zendesk}


@dataclass(frozen=True, slots=True)
class Source:
    """A system that sends webhooks.

    Args:
        name: The last part of its address here.
        scheme: How it signs.
        secrets: In force now.
        understand: Says what a webhook tells.
    """

    name: str
    scheme: Scheme
    secrets: tuple[SecretStr, ...]
    understand: Callable[[Delivery], Story]


Sources = Mapping[str, Source]
"""By name."""


def read_sources(document: str, environment: Mapping[str, str], *, source: str = "the sources of webhooks") -> Sources:
    """Reads the sources that a deployment declares.

    Args:
        document: TOML, with ``[sources.NAME]`` for each.
        environment: Where the secrets are, by the names that the document gives.
        source: What errors call the document.

    Raises:
        ConfigurationError: With all its faults, each with its place; a secret that is not there is one.
    """
    declared = read_toml(document, DeclaredSources, source).sources
    wrong = [
        f"{quoted('sources', name, 'secrets')}: {fault}"
        for name, each in declared.items()
        for variable in each.secrets
        if (fault := _fault_of_secret(each.scheme, variable, environment)) is not None
    ]
    if wrong:
        raise ConfigurationError(faults(source, wrong))
    return {name: _source(name, each, environment) for name, each in declared.items()}


def _fault_of_secret(scheme: Scheme, variable: str, environment: Mapping[str, str]) -> str | None:
    if variable not in environment:
        return f"there is no environment variable {variable}; set it to the secret that the sender signs with"
    try:
        check_secret(scheme, SecretStr(environment[variable]))
    except ValueError as error:
        return f"the environment variable {variable} {error}"
    return None


def _source(name: str, declared: KnownSource | MappedSource, environment: Mapping[str, str]) -> Source:
    understand = partial(mapped, declared.mapping) if isinstance(declared, MappedSource) else _KNOWN[declared.kind]
    secrets = tuple(SecretStr(environment[variable]) for variable in declared.secrets)
    return Source(name, declared.scheme, secrets, understand)
