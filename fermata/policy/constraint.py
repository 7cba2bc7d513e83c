"""The one question that every rule answers."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from fermata.policy.attempt import Attempt
from fermata.policy.verdict import Verdict


class Kind(StrEnum):
    """What it means for a channel that a constraint says no."""

    REACH = "reach"
    CLOSED = "closed"
    CAPPED = "capped"


class Constraint(Protocol):
    """A rule. To add one, write a small class in its own file and name it in ``constraints.ORDER``.

    Args:
        rule: Its name in traces.
        kind: ``reach``: passes or never does, at any time. ``closed``: the channel waits. ``capped``: what happens
            is for the message's ``when_capped`` to say.
        holds_transactional: Whether it holds transactional messages too.
    """

    rule: ClassVar[str]
    kind: ClassVar[Kind]
    holds_transactional: ClassVar[bool]

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        """Returns the first instant, not before ``at``, at which the rule lets the message through on the channel.

        The answer must be exact: the rule says no at every instant from ``at`` up to it, and yes at it. All constraints
        are and-ed, and the fixed point over them is only as good as each of them.

        Args:
            at: An instant in UTC, not before the facts' own.
            attempt: The message on the channel.
        """
        ...
