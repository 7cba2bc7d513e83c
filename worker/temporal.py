"""Connects to Temporal as the environment says: ``TEMPORAL_ADDRESS``, ``TEMPORAL_NAMESPACE``, TLS and API keys."""

import os
from collections.abc import Mapping
from datetime import timedelta

from opentelemetry.trace import Tracer
from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime

from fermata.database import connect_pool
from fermata.errors import ConfigurationError, Unavailable
from fermata.privacy import ProfileKeys, master_keys_from
from fermata.settings import Settings, read_settings
from fermata.trace_context import NO_TRACER
from worker.plugin import fermata_plugin

_LOCAL = "127.0.0.1:7233"
_CONNECTIONS = 4  # for keys of people: one statement for each person a minute
_KEY_LIMIT = timedelta(seconds=10)


async def connect(*, lazily: bool = False, runtime: Runtime | None = None, tracer: Tracer = NO_TRACER) -> Client:
    """A client of the Temporal server that the environment names.

    Args:
        lazily: Connect at the first call, so that a process can start while Temporal is away.
        tracer: What records calls, runs and activities.
        runtime: Which shows what Temporal's SDK counts; None for the one that shows nothing.

    Raises:
        Unavailable: The server does not answer.
        ConfigurationError: A setting cannot be read.
    """
    config = temporal_settings(os.environ)
    address = config.setdefault("target_host", _LOCAL)
    try:
        plugin = fermata_plugin(keys=await _profile_keys(read_settings()), tracer=tracer)
        return await Client.connect(**config, plugins=[plugin], lazy=lazily, runtime=runtime)
    except RuntimeError as error:
        raise Unavailable(
            f"Temporal does not answer at {address}: {error}. Is TEMPORAL_ADDRESS right?{_of_tls(config)}"
        ) from error


def temporal_settings(environment: Mapping[str, str]) -> ClientConnectConfig:
    """What an environment says of the connection to Temporal, by the variables that all of Temporal's tools read.

    A variable that is set to nothing counts as not set: compose files hand variables on like that.

    Args:
        environment: Its variables.

    Raises:
        ConfigurationError: A file cannot be read, or a secret would travel in the clear.
    """
    given = {name: value for name, value in environment.items() if value or not name.startswith("TEMPORAL_")}
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=given)
    except OSError as error:
        named = next((name for name, value in given.items() if value == error.filename), "a file for Temporal")
        raise ConfigurationError(
            f"{named}={error.filename} cannot be read: {error.strerror}; name a PEM file"
        ) from None
    except RuntimeError as error:
        raise ConfigurationError(f"the settings of Temporal cannot be read: {error}; see TEMPORAL_… in docs") from None
    if config.get("api_key") and config.get("tls") is False:
        raise ConfigurationError("TEMPORAL_API_KEY would travel in the clear: take TEMPORAL_TLS=false away")
    return config


def _of_tls(config: ClientConnectConfig) -> str:
    """What else to look at, where the connection is encrypted: the SDK does not tell what it distrusts."""
    if not config.get("tls"):
        return " If it wants TLS, set TEMPORAL_TLS=true." if config["target_host"] != _LOCAL else ""
    return (
        " If it is there, TEMPORAL_TLS_SERVER_CA_CERT_PATH did not sign its certificate, TEMPORAL_TLS_SERVER_NAME is"
        " not in it, or it wants TEMPORAL_TLS_CLIENT_CERT_PATH and …_KEY_PATH"
    )


async def _profile_keys(settings: Settings) -> ProfileKeys | None:
    """Of this deployment; None where histories are written in the clear. They are asked for when one is first needed.

    The pool is theirs alone, so that no activity that waits for a connection holds up what reads its history. It lasts
    as long as the process.
    """
    if settings.master_keys is None or not settings.master_keys.get_secret_value():
        return None  # also where it is empty, as compose files hand on a variable that is not set
    masters = master_keys_from(settings.master_keys.get_secret_value())
    limit = min(_KEY_LIMIT, settings.database_timeout)
    pool = await connect_pool(settings.database_url, most=_CONNECTIONS, lazily=True, statement_limit=limit)
    return ProfileKeys(pool, masters)
