"""Policies in the database: stored once, put in force by somebody, never forgotten."""

import asyncio
from datetime import timedelta

import pytest

from fermata.database import Pool
from fermata.errors import ConfigurationError, NotFound, PolicyError
from fermata.ledger import policies
from fermata.ledger.policy_shelf import Policies
from fermata.policy import InvalidPolicy, parse_policy
from tests.people import NOON
from tests.policies import enact

OPEN = "version = 1\n"
CLOSED = 'version = 1\n[channels.email]\nwindow = "never"\n'


async def test_a_document_is_kept_as_it_was_written_under_the_hash_of_what_it_says(pool: Pool) -> None:
    written = "# Everything goes.\n" + OPEN
    version = await policies.store(pool, written, author="ada", at=NOON)
    assert version == parse_policy(OPEN).version
    assert await policies.store(pool, OPEN, author="bob", at=NOON + timedelta(days=1)) == version
    assert await policies.stored_policy(pool, version) == policies.StoredPolicy(version, written, NOON, "ada")


async def test_a_faulty_document_is_not_stored_and_its_faults_have_their_place(pool: Pool) -> None:
    faulty = 'version = 1\n[channels.email]\nwindow = "dawn"\n'
    with pytest.raises(InvalidPolicy, match=r"night.toml: line 3, \[channels.email\], window = 'dawn'"):
        await policies.store(pool, faulty, author="ada", at=NOON, source="night.toml")
    assert await pool.fetchval("SELECT count(*) FROM policies") == 0


async def test_a_change_names_its_author(pool: Pool) -> None:
    with pytest.raises(PolicyError, match="names nobody"):
        await enact(pool, OPEN, author=" ")
    assert await pool.fetchval("SELECT count(*) FROM policies") == 0


async def test_the_history_tells_who_changed_what_and_why_the_latest_first(pool: Pool) -> None:
    first = await enact(pool, OPEN, note="a beginning")
    second = await enact(pool, CLOSED, author="bob")
    third = await enact(pool, OPEN, note="back again")
    assert await policies.history(pool) == (third, second, first)
    assert await policies.history(pool, limit=1, before=third.id) == (second,)
    assert [(each.author, each.note) for each in (first, second)] == [("ada", "a beginning"), ("bob", None)]
    assert await policies.in_force(pool) == third


async def test_activating_what_is_in_force_changes_nothing(pool: Pool) -> None:
    first = await enact(pool, OPEN)
    assert await enact(pool, OPEN, author="bob") == first
    assert await policies.history(pool) == (first,)


async def test_two_who_activate_at_once_come_one_after_the_other(pool: Pool) -> None:
    documents = [f'version = 1\n[channels.email]\ncool_down = "{hours}h"\n' for hours in range(1, 11)]
    made = await asyncio.gather(*(enact(pool, document) for document in documents))
    told = await policies.history(pool)
    assert sorted(made, key=lambda each: -each.id) == list(told)
    assert len({each.version for each in told}) == len(documents)


async def test_a_version_is_found_by_the_beginning_of_its_hash(pool: Pool) -> None:
    version = (await enact(pool, OPEN)).version
    for beginning in (version, version[:15], version.removeprefix("sha256:")[:8]):
        assert (await policies.policy_beginning_with(pool, beginning)).version == version
    await enact(pool, CLOSED)
    with pytest.raises(NotFound, match="more than one policy begins with ''"):
        await policies.policy_beginning_with(pool, "")
    with pytest.raises(NotFound, match="no policy begins with 'sha256:nothing'"):
        await policies.policy_beginning_with(pool, "sha256:nothing")


async def test_what_is_not_stored_cannot_be_activated(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(NotFound, match="no policy 'sha256:0' is stored"):
            await policies.activate(connection, "sha256:0", author="ada", at=NOON)


async def test_it_is_known_since_when_a_version_was_in_force(pool: Pool) -> None:
    first = await enact(pool, OPEN)
    assert await policies.in_force_since(pool, first.version, NOON) == first
    assert await policies.in_force_since(pool, first.version, first.activated_at - timedelta(seconds=1)) is None


async def test_without_any_policy_in_force_the_mend_is_told(pool: Pool) -> None:
    with pytest.raises(ConfigurationError, match="run `fermata setup`"):
        await Policies().active(pool)


async def test_the_shelf_keeps_parsed_policies_and_not_without_end(pool: Pool) -> None:
    shelf = Policies()
    first = await enact(pool, OPEN)
    parsed = (await shelf.active(pool)).policy
    assert (await shelf.last_seen(pool)).policy is parsed
    for hours in range(1, 40):
        await enact(pool, f'version = 1\n[channels.email]\ncool_down = "{hours}h"\n')
        await shelf.active(pool)
    again = (await shelf.take(pool, first.version)).policy
    assert again == parsed
    assert again is not parsed
