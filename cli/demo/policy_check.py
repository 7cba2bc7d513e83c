"""Makes sure that the default policy is in force: the demo's check of the caps counts its caps, and no others."""

from fermata.database import Connection, Pool
from fermata.errors import ConfigurationError
from fermata.ledger import Policies
from fermata.policy import default_policy


async def check_policy(database: Pool | Connection) -> None:
    """Looks at which policy is in force.

    Args:
        database: The ledger's.

    Raises:
        ConfigurationError: It is not the one that ships.
    """
    _, policy = await Policies().active(database)
    if policy.version != default_policy().version:
        raise ConfigurationError(
            f"the policy {policy.version[:19]} is in force here, and the demo checks the caps of the default"
            " one; give it a database of its own, or leave FERMATA_DATABASE_URL away"
        )
