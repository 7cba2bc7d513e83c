"""Consent by purpose, channel and region."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never
from fermata.vocabulary import Consent, ConsentPurpose, Purpose, Reason

_ASKED = {
    Purpose.MARKETING: ConsentPurpose.MARKETING,
    Purpose.TRANSACTIONAL: ConsentPurpose.TRANSACTIONAL,
}


class ConsentGiven:
    """A refusal always holds. Marketing also needs an explicit grant where the region or the channel wants one."""

    rule: ClassVar[str] = "consent"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        purpose = attempt.facts.message.purpose
        said = attempt.facts.profile.consent.get(attempt.channel, {}).get(_ASKED[purpose])
        if said is Consent.GRANTED:
            return OPEN_FOR_GOOD
        if said is Consent.REVOKED:
            return never(Reason.CONSENT_REVOKED)
        if purpose is Purpose.TRANSACTIONAL or not _wants_grant(attempt):
            return OPEN_FOR_GOOD
        return never(Reason.CONSENT_MISSING, attempt.region.text)


def _wants_grant(attempt: Attempt) -> bool:
    regions = attempt.policy.regions
    if regions is None or not regions.opt_in:
        return False
    return attempt.policy.regional_rules.needs_grant(attempt.region.country, attempt.channel)
