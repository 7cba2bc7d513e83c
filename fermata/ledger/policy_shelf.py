"""The policies as one process knows them: each document read and parsed once. Which one holds, the database says."""

from typing import NamedTuple

from fermata.database import Connection
from fermata.errors import ConfigurationError
from fermata.ledger.policies import in_force, stored_policy
from fermata.policy import Policy, parse_policy

_MOST = 16
"""Of the policies kept: a deployment changes its own now and then, and goes back to an earlier one."""


class Shelved(NamedTuple):
    """A policy, and the version under which the database keeps it.

    They differ where a newer Fermata reads an older document: what ships with it, the law of the regions, is part of a
    policy's own version. ``fermata setup`` puts the document in force again under its new one.
    """

    version: str
    policy: Policy


class Policies:
    """A shelf of parsed policies, for all the decisions of one process."""

    def __init__(self) -> None:
        self._parsed: dict[str, Policy] = {}
        self._last_seen: str | None = None

    async def active(self, connection: Connection) -> Shelved:
        """Returns the policy in force, by asking the database.

        Args:
            connection: Inside the transaction that decides.

        Raises:
            ConfigurationError: No policy was ever activated.
            InvalidPolicy: This version of Fermata cannot read the document.
        """
        activation = await in_force(connection)
        if activation is None:
            raise ConfigurationError(
                "no policy is in force: run `fermata setup` for the default one, or `fermata policy activate FILE`"
            )
        return await self.take(connection, activation.version)

    async def last_seen(self, connection: Connection) -> Shelved:
        """Returns the policy that was taken last: most likely the one in force, without asking. Asks at first."""
        if self._last_seen is None:
            return await self.active(connection)
        return await self.take(connection, self._last_seen)

    async def take(self, connection: Connection, version: str) -> Shelved:
        """Returns a stored policy, read from the database where it is not on the shelf.

        Args:
            connection: Any.
            version: In full.

        Raises:
            NotFound: No such policy is stored.
            InvalidPolicy: This version of Fermata cannot read the document.
        """
        policy = self._parsed.get(version)
        if policy is None:
            stored = await stored_policy(connection, version)
            policy = parse_policy(stored.document, f"the policy {version}")
            if len(self._parsed) >= _MOST:
                del self._parsed[next(iter(self._parsed))]
            self._parsed[version] = policy
        self._last_seen = version
        return Shelved(version, policy)
