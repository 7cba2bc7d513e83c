"""The files of a deployment's own that settings name: read and checked once, when a process starts."""

from collections.abc import Mapping
from pathlib import Path

from fermata.errors import ConfigurationError
from fermata.events.verbs import Verbs, read_verbs, standard_verbs
from fermata.events.webhooks import Sources, read_sources
from fermata.settings import Settings


def deployment_verbs(settings: Settings) -> Verbs:
    """The standard events, with what the file in ``FERMATA_VERBS`` adds to them.

    Args:
        settings: Of this deployment.

    Raises:
        ConfigurationError: The file cannot be read, or says what cannot be; every fault with its place.
    """
    path = settings.verbs
    if path is None:
        return standard_verbs()
    return read_verbs(_text("FERMATA_VERBS", path), over=standard_verbs(), source=f"FERMATA_VERBS={path}")


def deployment_webhooks(settings: Settings, environment: Mapping[str, str]) -> Sources:
    """The sources of webhooks that the file in ``FERMATA_WEBHOOKS`` declares; none without it.

    Args:
        settings: Of this deployment.
        environment: Where the secrets are.

    Raises:
        ConfigurationError: As of ``deployment_verbs``; a secret that is not there is a fault.
    """
    path = settings.webhooks
    if path is None:
        return {}
    return read_sources(_text("FERMATA_WEBHOOKS", path), environment, source=f"FERMATA_WEBHOOKS={path}")


def _text(variable: str, path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise ConfigurationError(f"{variable}={path} cannot be read: {error.strerror}; name a TOML file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{variable}={path}: line {line} is not UTF-8; save it as UTF-8") from None
