"""The policies of a deployment: the documents that were ever in force, and who put them there, when and why."""

from dataclasses import dataclass
from datetime import datetime

from fermata.database import Connection, Queries
from fermata.errors import NotFound, PolicyError
from fermata.ledger.reconsider import reconsider_all
from fermata.policy import parse_policy

_QUERIES = Queries("fermata.ledger", "policies.sql")
_HASH = "sha256:"
_NO_LIMIT = 2**63 - 1  # the greatest id that Postgres can give


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A document, as it was written.

    Args:
        version: ``sha256:`` and the hash of what it says.
        document: TOML.
        stored_at: When it came (aware).
        author: Who brought it.
    """

    version: str
    document: str
    stored_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Activation:
    """A policy put in force; it stays so until the next activation.

    Args:
        id: Grows with every activation.
        version: The policy's.
        activated_at: Since when (aware).
        author: Who did it.
        note: Why, in their words.
    """

    id: int
    version: str
    activated_at: datetime
    author: str
    note: str | None


async def store(connection: Connection, document: str, *, author: str, at: datetime, source: str = "policy") -> str:
    """Keeps a document, so that it can be activated. Stored again it changes nothing.

    Args:
        connection: Any.
        document: TOML.
        author: Who brings it.
        at: The present, aware.
        source: What errors call the document.

    Returns:
        Its version.

    Raises:
        InvalidPolicy: With all the faults of the document.
        PolicyError: Nobody is named as its author.
    """
    version = parse_policy(document, source).version
    await connection.execute(_QUERIES["store"], version, document, at, _named(author))
    return version


async def activate(
    connection: Connection, version: str, *, author: str, at: datetime, note: str | None = None
) -> Activation:
    """Puts a stored policy in force: it holds for the next decision of every worker, and what waits is decided again.

    Where it is the one in force already, nothing changes, and the activation that stands is returned.

    Args:
        connection: Any; best inside the transaction that stores the document.
        version: The policy's, in full.
        author: Who does it.
        at: The present, aware.
        note: Why.

    Raises:
        NotFound: No policy of that version is stored.
        PolicyError: Nobody is named as the author.
    """
    async with connection.transaction():
        await connection.execute(_QUERIES["one_activation_at_a_time"])
        standing = await in_force(connection)
        if standing is not None and standing.version == version:
            return standing
        row = await connection.fetchrow(_QUERIES["activate"], version, at, _named(author), note)
        if row is None:
            raise NotFound(f"no policy {version!r} is stored here; store it first")
        if standing is not None:
            await reconsider_all(connection, at)
    return Activation(**row)


async def put_in_force(
    connection: Connection,
    document: str,
    *,
    author: str,
    at: datetime,
    note: str | None = None,
    source: str = "policy",
) -> Activation:
    """Stores a document and activates it, or does neither. The arguments and errors are those of the two."""
    async with connection.transaction():
        version = await store(connection, document, author=author, at=at, source=source)
        return await activate(connection, version, author=author, at=at, note=note)


async def in_force(connection: Connection) -> Activation | None:
    """Returns the activation that stands; None where no policy was ever activated."""
    row = await connection.fetchrow(_QUERIES["in_force"])
    return Activation(**row) if row is not None else None


async def in_force_since(connection: Connection, version: str, at: datetime) -> Activation | None:
    """Returns the activation by which a version was in force at an instant; None where none is on record.

    Args:
        connection: Any.
        version: The policy's, in full.
        at: The instant, aware.
    """
    row = await connection.fetchrow(_QUERIES["in_force_since"], version, at)
    return Activation(**row) if row is not None else None


async def history(connection: Connection, *, limit: int = 50, before: int | None = None) -> tuple[Activation, ...]:
    """Returns activations, the latest first.

    Args:
        connection: Any.
        limit: How many at most.
        before: Only those with a lower id: the last one of the page before.
    """
    rows = await connection.fetch(_QUERIES["history"], _NO_LIMIT if before is None else before, limit)
    return tuple(Activation(**row) for row in rows)


async def stored_policy(connection: Connection, version: str) -> StoredPolicy:
    """Returns a stored document.

    Args:
        connection: Any.
        version: In full.

    Raises:
        NotFound: No policy of that version is stored.
    """
    row = await connection.fetchrow(_QUERIES["document"], version)
    if row is None:
        raise NotFound(f"no policy {version!r} is stored here; `fermata policy history` lists those that were in force")
    return StoredPolicy(**row)


async def policy_beginning_with(connection: Connection, beginning: str) -> StoredPolicy:
    """Returns the stored document whose version begins so, as people shorten hashes.

    Args:
        connection: Any.
        beginning: Of the hash, with or without ``sha256:``.

    Raises:
        NotFound: None begins so, or several do.
    """
    wanted = _HASH + beginning.removeprefix(_HASH)
    rows = await connection.fetch(_QUERIES["documents_beginning_with"], wanted)
    if len(rows) != 1:
        found = "no policy" if not rows else "more than one policy"
        raise NotFound(f"{found} begins with {beginning!r}; `fermata policy history` lists those that were in force")
    return StoredPolicy(**rows[0])


def _named(author: str) -> str:
    if not author.strip():
        raise PolicyError(f"author={author!r} names nobody; say who changes the policy")
    return author.strip()
