"""Which provider a message goes to: by tier, then by weight, and always the same for the same key."""

import math
from collections.abc import Sequence
from hashlib import blake2b

from fermata.channels.roster import Enlisted

_STEPS = 2**64


def in_turn(enlisted: Sequence[Enlisted], key: str) -> tuple[Enlisted, ...]:
    """The order in which a channel's providers are asked to take a message.

    Within a tier each comes first for a share of all keys in proportion to its weight. The order of two providers does
    not depend on any third (weighted rendezvous hashing), so one that is added or taken out moves only its own share.

    Args:
        enlisted: The providers of one channel.
        key: The message's idempotency key, or anything else that stays the same when it is tried again.
    """
    return tuple(sorted(enlisted, key=lambda each: (each.tier, _distance(each, key), each.name)))


def _distance(each: Enlisted, key: str) -> float:
    digest = blake2b(f"{each.name}\n{key}".encode(), digest_size=8).digest()
    drawn = (int.from_bytes(digest) + 0.5) / _STEPS
    return -math.log(drawn) / each.weight
