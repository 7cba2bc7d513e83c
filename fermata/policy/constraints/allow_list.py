"""The guard of an environment that is not production: only addresses on its list are reached."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never
from fermata.vocabulary import SUBSTITUTES, Reason


class AllowList:
    """An in-app message stays inside the environment and passes; an ad audience has no address and does not."""

    rule: ClassVar[str] = "allow_list"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        allowed = attempt.policy.allow_list
        if allowed is None or attempt.channel in SUBSTITUTES:
            return OPEN_FOR_GOOD
        address = attempt.facts.profile.addresses.get(attempt.channel) or ""
        domain = address.rpartition("@")[2].lower() if "@" in address else ""
        if address in allowed.addresses or (domain and domain in allowed.domains):
            return OPEN_FOR_GOOD
        return never(Reason.NOT_ON_ALLOW_LIST)
