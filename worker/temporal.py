"""Connects to Temporal as the environment says: ``TEMPORAL_ADDRESS``, ``TEMPORAL_NAMESPACE``, TLS and API keys."""

import asyncpg
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from fermata.errors import Unavailable
from fermata.privacy import ProfileKeys, master_keys_from
from fermata.settings import Settings, read_settings
from worker.plugin import fermata_plugin

_LOCAL = "127.0.0.1:7233"
_CONNECTIONS = 4  # for keys of people: one statement for each person a minute


async def connect(*, lazily: bool = False) -> Client:
    """A client of the Temporal server that the environment names.

    Args:
        lazily: Connect at the first call, so that a process can start while Temporal is away.

    Raises:
        Unavailable: The server does not answer.
        ConfigurationError: A setting cannot be read.
    """
    config = ClientConfig.load_client_connect_config()
    address = config.setdefault("target_host", _LOCAL)
    try:
        plugin = fermata_plugin(keys=await _profile_keys(read_settings()))
        return await Client.connect(**config, plugins=[plugin], lazy=lazily)
    except RuntimeError as error:
        raise Unavailable(f"Temporal does not answer at {address}: {error}. Is TEMPORAL_ADDRESS right?") from error


async def _profile_keys(settings: Settings) -> ProfileKeys | None:
    """Of this deployment; None where histories are written in the clear. They are asked for when one is first needed.

    The pool is theirs alone, so that no activity that waits for a connection holds up what reads its history. It lasts
    as long as the process.
    """
    if settings.master_keys is None or not settings.master_keys.get_secret_value():
        return None  # also where it is empty, as compose files hand on a variable that is not set
    masters = master_keys_from(settings.master_keys.get_secret_value())
    pool = await asyncpg.create_pool(settings.database_url, min_size=0, max_size=_CONNECTIONS, command_timeout=10)
    return ProfileKeys(pool, masters)
