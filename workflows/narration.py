"""What an operator reads in the Temporal UI: where a run stands, what it waits for, and what was decided last."""

from datetime import datetime

from fermata.journeys import Message
from fermata.journeys.spans import in_words as in_words  # as the journeys' own rooms say it
from fermata.ledger import RecordedDecision
from fermata.vocabulary import Reason

_LATEST = 6
_LABEL = 120  # the UI cuts labels here

_WORDS = {
    Reason.ELIGIBLE: "every rule lets it through",
    Reason.SUBSTITUTED: "capped, so a card went in its place",
    Reason.OUTSIDE_WINDOW: "outside the channel's window",
    Reason.LEGAL_WINDOW: "outside the legal window",
    Reason.SPREAD_IN_WINDOW: "spread over the window",
    Reason.HOLIDAY: "public holiday",
    Reason.FREQUENCY_CAPPED: "cap of the channel full",
    Reason.CROSS_CHANNEL_CAPPED: "cap across channels full",
    Reason.LEGAL_CAPPED: "legal cap full",
    Reason.BACKOFF: "spacing near a cap",
    Reason.DO_NOT_DISTURB_UNTIL: "do not disturb",
    Reason.YIELDS_TO_PRIORITY: "yields to a more important message",
    Reason.GOAL_MET: "the goal is met",
}


def reason_in_words(reason: Reason) -> str:
    """A reason as people say it; its code with spaces where no better words are known."""
    return _WORDS.get(reason, reason.value.replace("_", " "))


def hold_summary(message: Message, decision: RecordedDecision) -> str:
    """The label of a hold: ``Quiet hours until Wed 09:00 Europe/Paris, email cart_reminder``."""
    why = reason_in_words(decision.reason)
    until = decision.local_time or "the next visit"
    return f"{why[0].upper()}{why[1:]} until {until}, {decision.channel} {message.key}"[:_LABEL]


class Narration:
    """Keeps the current details of a run, in Markdown.

    Args:
        ends: What will end the run, in a sentence.
    """

    def __init__(self, ends: str) -> None:
        self._ends = ends
        self._standing = "Starting"
        self._latest: list[str] = []

    def stands(self, sentence: str) -> None:
        """Says where the run stands now."""
        self._standing = sentence

    def concludes(self, sentence: str) -> None:
        """Says last what to do, in place of what would end the run."""
        self._ends = sentence

    def tell(self, at: datetime, what: str) -> None:
        """Adds a line to what happened, and forgets the oldest."""
        self._latest = [*self._latest, f"| {at:%a %d %b %H:%M} | {what} |"][-_LATEST:]

    def decided(self, at: datetime, message: Message, decision: RecordedDecision) -> None:
        """Adds a decision to what happened."""
        channel = f" on {decision.channel}" if decision.channel else ""
        until = f", until {decision.local_time}" if decision.local_time else ""
        self.tell(
            at,
            f"**{decision.action}** `{message.key}`{channel}: {reason_in_words(decision.reason)} "
            f"(`{decision.reason}`){until}",
        )

    @property
    def standing(self) -> str:
        """Where the run stands, in a sentence."""
        return self._standing

    def markdown(self) -> str:
        """The whole, for ``workflow.set_current_details``."""
        rows = "\n".join(reversed(self._latest))
        table = f"\n\n| when (UTC) | what happened, latest first |\n| --- | --- |\n{rows}" if rows else ""
        return f"**{self._standing}**{table}\n\n{self._ends}"
