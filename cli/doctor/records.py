"""Looks at what a deployment keeps in its database: policy, keys that end, keys of people, providers, dispatches."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from cli.doctor.finding import Finding, fail, ok, warn
from cli.doctor.postgres import look_at_dispatches
from fermata.access.listing import list_keys
from fermata.channels.standings import list_providers
from fermata.database import Pool
from fermata.ledger.policies import in_force
from fermata.privacy import master_keys_from
from fermata.privacy.rotating import wrapped_by
from fermata.settings import Settings

_SOON = timedelta(days=14)
_A_MONTH = timedelta(days=31)


async def look_at_records(pool: Pool, settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """What the schema of this release is needed for.

    Args:
        pool: Connections to the database.
        settings: Of this deployment.
        now: The instant, aware.
    """
    async with pool.acquire() as connection:
        standing = await in_force(connection)
    if standing is None:
        yield fail("policy", "none is in force: nothing can be decided", "run `fermata setup`")
    else:
        yield ok("policy", f"{standing.version[:19]}… is in force since {standing.activated_at:%Y-%m-%d}")
    yield await _keys(pool, now)
    yield await _profile_keys(pool, settings)
    for each in await list_providers(pool, now):
        if each.state != "well":
            why = each.detail or (f"held by {each.held_by}" if each.held_by else "")
            yield warn(f"provider {each.name}", f"{each.state.replace('_', ' ')}: {why}", "fermata providers list")
    yield await look_at_dispatches(pool, now)
    yield await _months(pool, now)


async def _months(pool: Pool, now: datetime) -> Finding:
    """What comes in later is kept as well, and removed row by row."""
    until: datetime = await pool.fetchval("SELECT max(ends) FROM event_months()")
    found = f"made until {until:%Y-%m-%d}"
    if until < now + _A_MONTH:
        return warn("months of events", found, "let a worker run, which makes them; its log says what keeps it")
    return ok("months of events", found)


async def _keys(pool: Pool, now: datetime) -> Finding:
    working = [each for each in await list_keys(pool) if each.revoked_at is None]
    ended = [each.name for each in working if each.expires_at is not None and each.expires_at <= now]
    ending = [each for each in working if each.expires_at is not None and now < each.expires_at <= now + _SOON]
    if not [each for each in working if each.name not in ended]:
        return fail("api keys", "none works: nobody can send an event", "fermata keys create, or fermata setup")
    if ending:
        when = ", ".join(f"{each.name} on {each.expires_at:%Y-%m-%d}" for each in ending)
        return warn("api keys", f"ending soon: {when}", f"fermata keys rotate {ending[0].name}")
    said = f"{len(working) - len(ended)} work"
    return ok("api keys", f"{said}; ended: {', '.join(ended)}" if ended else said)


async def _profile_keys(pool: Pool, settings: Settings) -> Finding:
    """Histories are lost for whom no master key opens their key."""
    check = "keys of people"
    counts = await wrapped_by(pool)
    given = settings.master_keys.get_secret_value() if settings.master_keys is not None else ""
    names = {part.strip().partition("=")[0] for part in given.split(",")}
    closed = {name: count for name, count in counts.items() if name not in names}
    if closed:
        told = ", ".join(f"{count:,} by {name}" for name, count in closed.items())
        return fail(
            check, f"wrapped by master keys that are not here: {told}", "add them to FERMATA_MASTER_KEYS, at its end"
        )
    older = sum(count for name, count in counts.items() if given and name != master_keys_from(given).newest)
    if older:
        return warn(check, f"{older:,} are wrapped by an older master key", "fermata privacy rotate")
    return ok(check, f"{sum(counts.values()):,}, all of which can be opened")
