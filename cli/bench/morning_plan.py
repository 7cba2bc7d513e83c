"""The plan for a morning: who was held overnight, and what they are let through by, at each size of a deployment.

The figures of a part are those of `docs/performance.md`, measured on two cores that everything shared. A machine of a
part's own does better; the plan counts on none of that.
"""

from dataclasses import dataclass
from datetime import timedelta

from cli.bench.queueing import Stage

IN_THE_LARGEST_ZONE = 0.5
"""Of all people. Of a shop in one country it may be all of them, of one in many a fifth."""

MESSAGES_A_DAY = 0.15
"""For each profile: many get none for weeks."""

HELD_OVERNIGHT = 0.3
"""Of a day's messages: those that fall due in the evening and at night, when people shop and windows are closed."""

_DECISION = 0.008  # seconds: 16 at once made 1,953 a second, the disk awaited
_DECIDERS = 16
_TRANSITION = 0.010  # seconds: 100 a second for each 1 at once, of a cluster on a database of its own
_SEND = 0.1  # seconds: what a provider takes to answer


@dataclass(frozen=True)
class Plan:
    """How a deployment of a size is laid out.

    Args:
        profiles: How many people.
        shards: Deployments side by side, each with a Postgres of its own and a share of the people.
        fires: How many held runs Temporal wakes at once, for each shard.
        senders: How many sends are under way at once, for each shard.
        rate: Messages a second that the providers take together.
        spread: ``spread_over`` of the channel.
        within: Everybody's message is out so long after its own place in the spread, but for one in a hundred.
    """

    profiles: int
    shards: int
    fires: int
    senders: int
    rate: float
    spread: timedelta
    within: timedelta

    @property
    def held(self) -> int:
        """How many messages wait for 09:00 in the largest zone."""
        return round(self.profiles * MESSAGES_A_DAY * HELD_OVERNIGHT * IN_THE_LARGEST_ZONE)

    def stages(self) -> tuple[Stage, ...]:
        """What a message of one shard goes through when its time has come."""
        return (
            Stage("the timer fires and the run wakes", self.fires, _TRANSITION),
            Stage("it is decided again", _DECIDERS, _DECISION),
            Stage("it is sent", self.senders, _SEND, self.rate / self.shards),
        )


PLANS = (
    Plan(1_000_000, 1, 2, 50, 200.0, timedelta(minutes=30), timedelta(seconds=10)),
    Plan(10_000_000, 1, 8, 100, 500.0, timedelta(minutes=30), timedelta(seconds=10)),
    Plan(100_000_000, 8, 8, 100, 2_000.0, timedelta(minutes=60), timedelta(seconds=10)),
)
