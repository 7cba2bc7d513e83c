"""What ``fermata demo --json`` prints: one document, whose first fields other people's scripts read."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from cli.demo.observation import EventCounts, Held, Observation, Places, RunCounts
from fermata.vocabulary import Action, Channel, Reason


class Document(BaseModel):
    """The demo in numbers.

    Args:
        cap_violations: Exposures beyond a cap, counted by a query written apart from the code that decides.
        exposures: How many exposures that query examined.
        smtp_received: Emails that the SMTP server holds.
        emails_in_ledger: Emails that the ledger says were sent.
    """

    model_config = ConfigDict(frozen=True)

    events: EventCounts
    runs: RunCounts
    decisions: dict[Action, dict[Reason, int]]
    messages: dict[Channel, int]
    taken_back: int
    smtp_received: int
    cap_violations: int
    temporal_ui: str | None
    exposures: int
    emails_in_ledger: int
    profiles: int
    without_address: int
    held: tuple[Held, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, seen: Observation, places: Places, notes: Sequence[str]) -> "Document":
        """Puts an observation into the document's shape."""
        return cls(
            events=seen.events,
            runs=seen.runs,
            decisions=seen.decisions,
            messages=seen.messages,
            taken_back=seen.taken_back,
            smtp_received=seen.smtp_received,
            cap_violations=len(seen.caps.violations),
            temporal_ui=places.temporal_ui,
            exposures=seen.caps.exposures,
            emails_in_ledger=seen.emails_in_ledger,
            profiles=seen.profiles,
            without_address=seen.without_address,
            held=seen.held,
            notes=tuple(notes),
        )
