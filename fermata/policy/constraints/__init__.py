"""The rules, one small class a file, in the order in which they are asked: this tuple is all that knows them.

The order decides which reason is given where several rules end at the same instant (``docs/policy.md``).
"""

from fermata.policy.constraint import Constraint
from fermata.policy.constraints.address import Address
from fermata.policy.constraints.allow_list import AllowList
from fermata.policy.constraints.arbitration import Arbitration
from fermata.policy.constraints.blocked_region import BlockedRegion
from fermata.policy.constraints.channel_cap import ChannelCap
from fermata.policy.constraints.channel_window import ChannelWindow
from fermata.policy.constraints.consent_given import ConsentGiven
from fermata.policy.constraints.cool_down import CoolDown
from fermata.policy.constraints.cross_channel_cap import CrossChannelCap
from fermata.policy.constraints.do_not_disturb import DoNotDisturb
from fermata.policy.constraints.failed_attempt import FailedAttempt
from fermata.policy.constraints.holiday import Holiday
from fermata.policy.constraints.legal_cap import LegalCap
from fermata.policy.constraints.legal_window import LegalWindow
from fermata.policy.constraints.quiet_hours import QuietHours
from fermata.policy.constraints.spacing import Spacing
from fermata.policy.constraints.spread import Spread
from fermata.policy.constraints.suppression import Suppression

ORDER: tuple[Constraint, ...] = (
    FailedAttempt(),
    Address(),
    AllowList(),
    Suppression(),
    ConsentGiven(),
    BlockedRegion(),
    DoNotDisturb(),
    LegalWindow(),
    QuietHours(),
    ChannelWindow(),
    Holiday(),
    Spread(),
    ChannelCap(),
    CrossChannelCap(),
    LegalCap(),
    CoolDown(),
    Spacing(),
    Arbitration(),
)
"""Who can be reached at all, then when, then how often, then who goes first."""

__all__ = ["ORDER"]
