"""What one rule answered, in words."""

from collections.abc import Iterator

from fermata.explanation.local_time import LocalTime
from fermata.ledger.record import RuleAnswer
from fermata.policy import Opening


def verdict(answer: RuleAnswer, clock: LocalTime) -> str:
    """Returns whether a rule lets the message through, or until when it does not.

    Args:
        answer: The rule's.
        clock: The person's.
    """
    match answer.verdict:
        case Opening.NOW:
            return "passes"
        case Opening.LATER if answer.until is not None:
            return f"closed until {clock.to_the_minute(answer.until)}"
        case Opening.NEVER:
            return "says no"
    return "until next visit"


def seen(answer: RuleAnswer) -> Iterator[str]:
    """Yields what a rule saw: the reason of a no, how much of a cap is used, and its own note."""
    if answer.verdict is Opening.NEVER and answer.reason is not None:
        yield answer.reason.value.replace("_", " ")
    if answer.count is not None and answer.limit is not None:
        yield f"{answer.count} of {answer.limit} used"
    if answer.note:
        # It has a line for each part of a segment: too much for a column, and told in full among the facts.
        yield "see who gets it, above" if "\n" in answer.note else answer.note
