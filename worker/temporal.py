"""Connects to Temporal as the environment says: ``TEMPORAL_ADDRESS``, ``TEMPORAL_NAMESPACE``, TLS and API keys."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from fermata.errors import Unavailable
from worker.plugin import fermata_plugin

_LOCAL = "127.0.0.1:7233"


async def connect(*, lazily: bool = False) -> Client:
    """A client of the Temporal server that the environment names.

    Args:
        lazily: Connect at the first call, so that a process can start while Temporal is away.

    Raises:
        Unavailable: The server does not answer.
    """
    config = ClientConfig.load_client_connect_config()
    address = config.setdefault("target_host", _LOCAL)
    try:
        return await Client.connect(**config, plugins=[fermata_plugin()], lazy=lazily)
    except RuntimeError as error:
        raise Unavailable(f"Temporal does not answer at {address}: {error}. Is TEMPORAL_ADDRESS right?") from error
