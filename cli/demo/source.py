"""What a demo sends: made-up shoppers in two acts, or somebody's own events from a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cli.demo.ndjson import read_events
from cli.demo.observation import Observation
from cli.demo.outgoing import Outgoing, outgoing
from cli.demo.sender import Tally
from cli.demo.traffic import Traffic, make_traffic
from cli.demo.world import read_world
from fermata.errors import NotFound
from fermata.vocabulary import Action, Reason
from fermata.wording import counted

_SEED = (
    1752  # the year of the first printed account of what a fermata asks of a player: Quantz, "Versuch einer Anweisung"
)
_FAULTS_SHOWN = 10


@dataclass(frozen=True)
class Act:
    """A part of what is sent.

    Args:
        events: In the order of sending.
        total: The sum of their weights.
    """

    events: Iterator[Outgoing]
    total: int


class Source(Protocol):
    """Where a demo's events come from."""

    made_up: bool
    """Whether the people in them are nobody's: then the report may name them."""

    def acts(self, tally: Tally) -> Iterator[Act]:
        """What is sent; between two acts the demo waits for the first messages to be decided.

        Args:
            tally: Told of events that cannot even be sent.
        """
        ...

    def headline(self, seen: Observation) -> str:
        """One sentence on what happened."""
        ...

    def notes(self, seen: Observation, tally: Tally) -> Sequence[str]:
        """What whoever sent these events should know."""
        ...


class MadeUpShoppers:
    """The project's own shoppers.

    Args:
        now: The last of their events happens just before it; aware.
    """

    made_up = True

    def __init__(self, now: datetime) -> None:
        self.traffic: Traffic = make_traffic(read_world(), seed=_SEED, now=now)

    def acts(self, tally: Tally) -> Iterator[Act]:
        """First visits, and then the returns."""
        del tally
        for payloads in (self.traffic.first_visits, self.traffic.return_visits):
            yield Act(outgoing(payloads), len(payloads))

    def headline(self, seen: Observation) -> str:
        """One sentence on what happened."""
        zones = len({shopper.place.zone for shopper in self.traffic.shoppers})
        sent = len(self.traffic.first_visits) + len(self.traffic.return_visits)
        return (
            f"{len(self.traffic.shoppers)} shoppers in {zones} time zones sent {counted(sent, 'event')}; "
            f"{_what_came_of_it(seen)}"
        )

    def notes(self, seen: Observation, tally: Tally) -> Sequence[str]:
        """The door's answers must be those that the model of the shoppers knows to be right."""
        del seen
        truth = self.traffic.truth
        answered = (tally.accepted, tally.duplicates, tally.rejected)
        if answered == (truth.valid, truth.duplicates, truth.malformed):
            return ()
        return (
            f"the ingest answered {answered} events accepted, duplicate and rejected; "
            f"({truth.valid}, {truth.duplicates}, {truth.malformed}) were sent",
        )


class OwnEvents:
    """Somebody's own events, in the Segment spec.

    Args:
        path: A file with one JSON object a line.

    Raises:
        NotFound: The file cannot be read.
    """

    made_up = False

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._size = path.stat().st_size
        except OSError as error:
            raise NotFound(f"cannot read {path}: {error.strerror}") from error

    def acts(self, tally: Tally) -> Iterator[Act]:
        """The whole file at once."""
        yield Act(read_events(self._path, tally.refuse), self._size)

    def headline(self, seen: Observation) -> str:
        """One sentence on what happened."""
        events = seen.events.accepted + seen.events.duplicates + seen.events.rejected
        return (
            f"{self._path.name}: {counted(seen.profiles, 'profile')} sent {counted(events, 'event')}; "
            f"{_what_came_of_it(seen)}"
        )

    def notes(self, seen: Observation, tally: Tally) -> Sequence[str]:
        """The faults by line, and why nobody may have been reached."""
        notes = [f"line {fault.line}: {fault.message}" for fault in tally.faults[:_FAULTS_SHOWN]]
        if tally.rejected > len(notes):
            notes.append(f"and {counted(tally.rejected - len(notes), 'more event')} refused")
        return [*notes, *self._what_is_missing(seen)]

    def _what_is_missing(self, seen: Observation) -> Sequence[str]:
        notes: list[str] = []
        if seen.without_address:
            have = "profile has" if seen.without_address == 1 else "profiles have"
            notes.append(
                f"{seen.without_address:,} {have} no address and cannot be reached: send identify with traits.email, "
                f"traits.phone or traits.push_token"
            )
        if seen.without_time_zone:
            notes.append(
                f"{counted(seen.without_time_zone, 'profile')} without a time zone: messages go only when they may in "
                f"every zone it could be; send identify with traits.timezone"
            )
        if Reason.CONSENT_MISSING in seen.decisions.get(Action.DROP, {}):
            notes.append(
                "where the law wants a yes, nobody is reached without one: send identify with "
                'traits.consent, for example {"email": {"marketing": "granted"}}'
            )
        if not seen.runs.started and not seen.runs.holdout:
            notes.append("no event started a run: the journey cart_recovery begins with the event “Product Added”")
        return notes


def _what_came_of_it(seen: Observation) -> str:
    sent = sum(seen.messages.values())
    reached = f"{counted(sent, 'message')} went out" if sent else "no message went out"
    waiting = f"{len(seen.held):,} {'is' if len(seen.held) == 1 else 'are'} held for a better hour"
    return f"{reached} and {waiting}." if seen.held else f"{reached}."
