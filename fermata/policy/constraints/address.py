"""A channel needs an address it can use: an e-mail address, a phone number, a push token."""

import re
from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.phone_number import is_possible
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never
from fermata.vocabulary import Channel, Reason

_MISSING = {
    Channel.EMAIL: Reason.MISSING_ADDRESS,
    Channel.SMS: Reason.MISSING_ADDRESS,
    Channel.PUSH: Reason.NO_PUSH_TOKEN,
}
# Only what cannot be an address is refused here; the whole of RFC 5322 is checked where an address enters the profile.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Address:
    """In-app messages and ad audiences go by the profile itself and need none."""

    rule: ClassVar[str] = "address"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        channel = attempt.channel
        if channel not in _MISSING:
            return OPEN_FOR_GOOD
        address = attempt.facts.profile.addresses.get(channel)
        if not address:
            return never(_MISSING[channel])
        if channel is Channel.EMAIL and _EMAIL.fullmatch(address) is None:
            return never(Reason.INVALID_ADDRESS)
        if channel is Channel.SMS and not is_possible(address, attempt.region.country):
            return never(Reason.INVALID_ADDRESS)
        return OPEN_FOR_GOOD
