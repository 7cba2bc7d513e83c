"""``fermata privacy``, called as it is on a command line."""

import json
from base64 import b64encode
from collections.abc import Callable
from subprocess import CompletedProcess

from temporalio.api.common.v1 import Payload

from fermata.database import Pool
from fermata.privacy import ProfileKeys, master_keys_from
from tests.people import enrol
from worker.codec import ProfileCodec

Fermata = Callable[..., "CompletedProcess[str]"]
_OLD, _NEW = (f"{name}={b64encode(name.encode() * 16).decode()}" for name in ("m1", "m2"))


async def test_after_a_rotation_the_older_master_key_can_be_given_up(pool: Pool, fermata: Fermata) -> None:
    ada, said = await enrol(pool), Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    [hers] = await ProfileCodec(ProfileKeys(pool, master_keys_from(_OLD)), ada.profile_id).encode([said])
    refused = fermata("privacy", "rotate")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "FERMATA_MASTER_KEYS" in refused.stderr
    both = f"{_NEW},{_OLD}"
    assert json.loads(fermata("privacy", "rotate", "--json", FERMATA_MASTER_KEYS=both).stdout) == {
        "wrapped_again": 1,
        "by": "m2",
    }
    assert (
        fermata("privacy", "rotate", FERMATA_MASTER_KEYS=both).stdout
        == "0 keys were wrapped again; all are by m2 now.\n"
    )
    assert json.loads(fermata("privacy", "status", "--json").stdout) == {"keys": {"m2": 1}}
    assert await ProfileCodec(ProfileKeys(pool, master_keys_from(_NEW))).decode([hers]) == [said]
