"""Payloads by the key of a person: nobody else's key reads them, and no key does once it is destroyed."""

import base64
import os
from datetime import timedelta
from uuid import UUID

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from fermata.database import Pool, new_id
from fermata.errors import ConfigurationError
from fermata.privacy import NOBODY, KeyGone, ProfileKeys, follow_merge, master_keys_from
from tests.people import enrol
from worker.codec import ProfileCodec, Unreadable, profile_of

_OLD, _NEW = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
_SAID = Payload(metadata={"encoding": b"json/plain"}, data=b'"Ada"')


def _codec(pool: Pool, masters: str = f"old={_OLD}") -> ProfileCodec:
    """One that remembers no key."""
    return ProfileCodec(ProfileKeys(pool, master_keys_from(masters), remembered=timedelta(0)))


def _of(codec: ProfileCodec, profile_id: UUID) -> ProfileCodec:
    return codec.with_context(WorkflowSerializationContext("default", f"cart_recovery/{profile_id}"))


@pytest.mark.parametrize(
    ("workflow_id", "whose"),
    [
        ("cart_recovery/00000000-0000-0000-0000-000000000007", UUID(int=7)),
        ("order_care/00000000-0000-0000-0000-000000000007/A-1", UUID(int=7)),
        ("broadcast/00000000-0000-0000-0000-000000000007", NOBODY),
        ("broadcast/summer", NOBODY),
        ("", NOBODY),
    ],
)
def test_a_workflows_id_says_whose_it_is(workflow_id: str, whose: UUID) -> None:
    assert profile_of(workflow_id) == whose


async def test_what_is_written_for_somebody_is_read_again_until_their_key_is_destroyed(pool: Pool) -> None:
    ada, bob, codec = await enrol(pool), await enrol(pool), _codec(pool)
    [hers] = await _of(codec, ada.profile_id).encode([_SAID])
    [his] = await _of(codec, bob.profile_id).encode([_SAID])
    [nobodys] = await codec.encode([_SAID])
    assert b"Ada" not in hers.SerializeToString()
    assert await codec.decode([hers, his, nobodys, _SAID]) == [_SAID] * 4
    await pool.execute("DELETE FROM profile_keys WHERE profile_id = $1", ada.profile_id)
    with pytest.raises(KeyGone, match="stays closed"):
        await codec.decode([hers])
    assert await codec.decode([his]) == [_SAID]


async def test_what_was_changed_or_says_that_it_is_anothers_is_refused(pool: Pool) -> None:
    ada, bob, codec = await enrol(pool), await enrol(pool), _codec(pool)
    [hers] = await _of(codec, ada.profile_id).encode([_SAID])
    [his] = await _of(codec, bob.profile_id).encode([_SAID])
    with pytest.raises(Unreadable):
        await codec.decode([Payload(metadata=his.metadata, data=hers.data)])
    with pytest.raises(Unreadable):
        await codec.decode([Payload(metadata=hers.metadata, data=hers.data[:-1] + b"x")])
    with pytest.raises(ConfigurationError, match="FERMATA_MASTER_KEYS"):
        await ProfileCodec().decode([hers])


async def test_for_whoever_is_not_there_nothing_is_written(pool: Pool) -> None:
    with pytest.raises(KeyGone):
        await _of(_codec(pool), new_id()).encode([_SAID])


async def test_an_older_master_key_still_unwraps_and_another_does_not(pool: Pool) -> None:
    ada = await enrol(pool)
    [hers] = await _of(_codec(pool), ada.profile_id).encode([_SAID])
    assert await _codec(pool, f"new={_NEW},old={_OLD}").decode([hers]) == [_SAID]
    for masters in (f"new={_NEW}", f"old={_NEW}"):
        with pytest.raises(ConfigurationError, match="FERMATA_MASTER_KEYS"):
            await _codec(pool, masters).decode([hers])


async def test_the_keys_of_a_merged_profile_go_with_the_survivor(pool: Pool) -> None:
    survivor, loser, codec = await enrol(pool), await enrol(pool), _codec(pool)
    [written] = await _of(codec, loser.profile_id).encode([_SAID])
    async with pool.acquire() as connection:
        await follow_merge(connection, survivor.profile_id, loser.profile_id)
    assert await codec.decode([written]) == [_SAID]
    await pool.execute("DELETE FROM profile_keys WHERE profile_id = $1", survivor.profile_id)
    with pytest.raises(KeyGone):
        await codec.decode([written])


@pytest.mark.parametrize(
    "text",
    ["", "a", f"={_OLD}", "a=c2hvcnQ=", f"a={_OLD},a={_NEW}", "a=secret!"],
    ids=["nothing", "no key", "no id", "too short", "one id twice", "no base64"],
)
def test_master_keys_that_cannot_be_used_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="part") as told:
        master_keys_from(text)
    assert "secret" not in str(told.value)
    assert _OLD not in str(told.value)
