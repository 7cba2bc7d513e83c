"""The files of a deployment's own that settings name: read and checked once, when a process starts."""

from collections.abc import Mapping
from pathlib import Path

from fermata.audiences.declared import PURCHASE, Audiences, read_audiences, read_leave_on
from fermata.channels.declared import Declaration, read_declarations
from fermata.channels.hand_off_desks import Desk, read_desks
from fermata.errors import ConfigurationError
from fermata.events.verbs import Verbs, read_verbs, standard_verbs
from fermata.events.webhooks import Sources, read_sources
from fermata.feedback.sources import Tellers, read_tellers
from fermata.settings import Settings


def deployment_verbs(settings: Settings) -> Verbs:
    """The standard events, with what the file in ``FERMATA_VERBS`` adds to them.

    Args:
        settings: Of this deployment.

    Raises:
        ConfigurationError: The file cannot be read, or says what cannot be; every fault with its place.
    """
    path = settings.verbs
    return verbs_of(path, source=f"FERMATA_VERBS={path}") if path is not None else standard_verbs()


def deployment_webhooks(settings: Settings, environment: Mapping[str, str]) -> Sources:
    """The sources of webhooks that the file in ``FERMATA_WEBHOOKS`` declares; none without it.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.

    Raises:
        ConfigurationError: As of ``deployment_verbs``; a secret that is not there is a fault.
    """
    path = settings.webhooks
    return sources_of(path, environment, source=f"FERMATA_WEBHOOKS={path}") if path is not None else {}


def deployment_feedback(settings: Settings, environment: Mapping[str, str]) -> Tellers:
    """The providers that may tell what became of messages, of the same file.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.

    Raises:
        ConfigurationError: As of ``deployment_webhooks``.
    """
    path = settings.webhooks
    return tellers_of(path, environment, source=f"FERMATA_WEBHOOKS={path}") if path is not None else {}


def deployment_providers(settings: Settings, environment: Mapping[str, str]) -> tuple[Declaration, ...]:
    """The providers that the file in ``FERMATA_PROVIDERS`` declares; none without it.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.

    Raises:
        ConfigurationError: As of ``deployment_verbs``; a secret that is not there is a fault.
    """
    path = settings.providers
    return providers_of(path, environment, source=f"FERMATA_PROVIDERS={path}") if path is not None else ()


def deployment_audiences(settings: Settings, environment: Mapping[str, str]) -> Audiences:
    """The audiences and platforms that the file in ``FERMATA_AUDIENCES`` declares; none without it.

    Args:
        settings: Of this deployment.
        environment: Where the tokens are.

    Raises:
        ConfigurationError: As of ``deployment_verbs``; a token that is not there is a fault.
    """
    path = settings.audiences
    source = f"FERMATA_AUDIENCES={path}"
    return read_audiences(_text(path, source), environment, source=source) if path is not None else Audiences()


def deployment_leave_on(settings: Settings) -> frozenset[str]:
    """The events that end a membership in an audience, of the same file; a purchase without it.

    Args:
        settings: Of this deployment.

    Raises:
        ConfigurationError: As of ``deployment_verbs``.
    """
    path = settings.audiences
    source = f"FERMATA_AUDIENCES={path}"
    return read_leave_on(_text(path, source), source=source) if path is not None else frozenset({PURCHASE})


def deployment_desks(settings: Settings, environment: Mapping[str, str]) -> Mapping[str, Desk]:
    """The desks that the file in ``FERMATA_HANDOFFS`` declares; none without it.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.

    Raises:
        ConfigurationError: As of ``deployment_verbs``; a secret that is not there is a fault.
    """
    path = settings.handoffs
    source = f"FERMATA_HANDOFFS={path}"
    return read_desks(_text(path, source), environment, source=source) if path is not None else {}


def verbs_of(path: Path, *, source: str) -> Verbs:
    """The standard events, with what a file adds to them.

    Args:
        path: TOML.
        source: What errors call it.

    Raises:
        ConfigurationError: The file cannot be read, or says what cannot be; every fault with its place.
    """
    return read_verbs(_text(path, source), over=standard_verbs(), source=source)


def sources_of(path: Path, environment: Mapping[str, str], *, source: str) -> Sources:
    """The sources of webhooks that a file declares.

    Args:
        path: TOML.
        environment: Where the secrets are.
        source: What errors call it.

    Raises:
        ConfigurationError: As of ``verbs_of``; a secret that is not there is a fault.
    """
    return read_sources(_text(path, source), environment, source=source)


def tellers_of(path: Path, environment: Mapping[str, str], *, source: str) -> Tellers:
    """The providers that may tell what became of messages.

    Args:
        path: TOML.
        environment: Where the secrets are.
        source: What errors call it.

    Raises:
        ConfigurationError: As of ``sources_of``.
    """
    return read_tellers(_text(path, source), environment, source=source)


def providers_of(path: Path, environment: Mapping[str, str], *, source: str) -> tuple[Declaration, ...]:
    """The providers that a file declares.

    Args:
        path: TOML.
        environment: Where the secrets are.
        source: What errors call it.

    Raises:
        ConfigurationError: As of ``verbs_of``; a secret that is not there is a fault.
    """
    return read_declarations(_text(path, source), environment, source)


def _text(path: Path, source: str) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise ConfigurationError(f"{source} cannot be read: {error.strerror}; name a TOML file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{source}: line {line} is not UTF-8; save it as UTF-8") from None
