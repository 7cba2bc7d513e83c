"""Decides recorded decisions again under another policy, a chunk at a time, and counts what differs. No I/O."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from fermata.ledger.backtest_result import How
from fermata.ledger.decisions import recorded_facts
from fermata.policy import Policy, SendDecision, decide, parse_policy
from fermata.vocabulary import Action

EXAMPLES = 3
"""Kept of each kind of change, and of the decisions that cannot be read: memory does not grow with their number."""


class Recorded(NamedTuple):
    """A decision as it was recorded; plain values, since they go from one process to another."""

    id: UUID
    journey: str
    action: str
    reason: str
    channel: str | None
    next_eligible_at: datetime | None
    policy: str
    facts: str


class Kind(NamedTuple):
    """A kind of change: action and reason, before and after, and what differs beside them."""

    action_before: str
    reason_before: str
    action_after: str
    reason_after: str
    how: How | None


@dataclass
class Tally:
    """The count so far. Chunks are counted apart, and added in their order."""

    decisions: int = 0
    changes: Counter[Kind] = field(default_factory=Counter)
    examples: dict[Kind, list[UUID]] = field(default_factory=dict)
    changed_by_journey: Counter[str] = field(default_factory=Counter)
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    after: Counter[tuple[str, str]] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    unreadable_examples: list[tuple[UUID, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Adds the count of a later chunk."""
        self.decisions += other.decisions
        for mine, theirs in (
            (self.changed_by_journey, other.changed_by_journey),
            (self.policies, other.policies),
        ):
            mine.update(theirs)
        self.changes.update(other.changes)
        self.before.update(other.before)
        self.after.update(other.after)
        for kind, examples in other.examples.items():
            kept = self.examples.setdefault(kind, [])
            kept.extend(examples[: EXAMPLES - len(kept)])
        self.unreadable += other.unreadable
        self.unreadable_examples += other.unreadable_examples[: EXAMPLES - len(self.unreadable_examples)]

    def count(self, recorded: Recorded, decision: SendDecision) -> None:
        """Counts one decision that was made again."""
        self.decisions += 1
        self.policies[recorded.policy] += 1
        self.before[recorded.journey, recorded.action] += 1
        self.after[recorded.journey, decision.action.value] += 1
        kind = _kind_of_change(recorded, decision)
        if kind is None:
            return
        self.changes[kind] += 1
        self.changed_by_journey[recorded.journey] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(recorded.id)

    def count_unreadable(self, recorded: Recorded, fault: str) -> None:
        """Counts one that cannot be decided again."""
        self.unreadable += 1
        if len(self.unreadable_examples) < EXAMPLES:
            self.unreadable_examples.append((recorded.id, fault))


def redecide(document: str, chunk: Sequence[Recorded]) -> Tally:
    """Decides a chunk again.

    Args:
        document: The other policy, in TOML; it is parsed once a process.
        chunk: Recorded decisions.
    """
    policy, tally = _parsed(document), Tally()
    for recorded in chunk:
        facts, fault = recorded_facts(recorded.facts)
        if facts is None:
            tally.count_unreadable(recorded, fault or "")
        else:
            tally.count(recorded, decide(facts, policy))
    return tally


@lru_cache(maxsize=2)
def _parsed(document: str) -> Policy:
    return parse_policy(document)


def _kind_of_change(recorded: Recorded, decision: SendDecision) -> Kind | None:
    """Returns what differs, or None where nothing does."""
    action, reason = decision.action.value, decision.reason.value
    how = _how(recorded, decision) if recorded.action == action else None
    if how is None and (recorded.action, recorded.reason) == (action, reason):
        return None
    return Kind(recorded.action, recorded.reason, action, reason, how)


def _how(recorded: Recorded, decision: SendDecision) -> How | None:
    """Returns what differs beside action and reason, of two decisions with one action."""
    before, after = recorded.next_eligible_at, decision.next_eligible_at
    if decision.action is Action.DEFER and before != after:
        # None waits for the next visit: nobody knows when, so an instant counts as the earlier one.
        sooner = before is None or (after is not None and after < before)
        return How.EARLIER if sooner else How.LATER
    return How.OTHER_CHANNEL if recorded.channel != decision.channel else None
