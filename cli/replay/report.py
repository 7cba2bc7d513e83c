"""What a replay came to: how many runs of which journeys, and what breaks, each kind once."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fermata.wording import counted
from worker.replay.breaks import Break
from worker.replay.fingerprints import Difference
from worker.replay.replaying import Replayed

_MOST_KINDS = 10


class JourneyReplayed(BaseModel):
    """The runs of one journey.

    Args:
        journey: Its name.
        replayed: How many were replayed.
        paths: How many ways through the journey they have gone.
        broken: How many of them break.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    replayed: int
    paths: int
    broken: int


class Report(BaseModel):
    """What a replay came to.

    Args:
        seen: Of how many runs those were chosen.
        replayed, broken: How many runs.
        journeys: By name.
        breaks: Every run that breaks.
        fingerprints: Every journey whose steps are others than its fingerprint says; empty for a server's runs.
    """

    model_config = ConfigDict(frozen=True)

    seen: int
    replayed: int
    broken: int
    journeys: tuple[JourneyReplayed, ...]
    breaks: tuple[Break, ...]
    fingerprints: tuple[Difference, ...] = ()

    @property
    def problem(self) -> str | None:
        """In one line what is wrong; None where nothing is."""
        names = dict.fromkeys([each.journey for each in self.breaks] + [each.journey for each in self.fingerprints])
        if not names:
            return None
        runs = f"{self.broken:,} of {counted(self.replayed, 'run')} break" if self.broken else "no run breaks"
        steps = f", the steps of {counted(len(self.fingerprints), 'journey')} differ" if self.fingerprints else ""
        return f"{', '.join(names)}: {runs} on the code here{steps}; what to write stands above"


async def gather(results: AsyncIterator[Replayed], seen: int, through: Callable[[], None]) -> Report:
    """Counts what comes.

    Args:
        results: One a run.
        seen: Of how many runs they were chosen.
        through: Called for each.
    """
    replayed, broken = Counter[str](), Counter[str]()
    paths: dict[str, set[str]] = {}
    breaks: list[Break] = []
    async for each in results:
        replayed[each.journey] += 1
        paths.setdefault(each.journey, set()).add(each.path)
        if each.broken is not None:
            broken[each.journey] += 1
            breaks.append(each.broken)
        through()
    return Report(
        seen=max(seen, replayed.total()),
        replayed=replayed.total(),
        broken=broken.total(),
        journeys=tuple(
            JourneyReplayed(journey=name, replayed=replayed[name], paths=len(paths[name]), broken=broken[name])
            for name in sorted(replayed)
        ),
        breaks=tuple(breaks),
    )


def show(report: Report, console: Console) -> None:
    """Prints the report: a line a journey, then what breaks, each kind once with the first of its runs."""
    if report.journeys:
        console.print(_table(report))
    for first, others in _kinds(report.breaks):
        console.print()
        console.print(Text(str(first)), soft_wrap=True)
        if others:
            console.print(f"\n  {counted(others, 'more run breaks', 'more runs break')} in the same way.")
    for difference in report.fingerprints:
        console.print()
        console.print(Text(str(difference)), soft_wrap=True)


def _kinds(breaks: tuple[Break, ...]) -> Iterator[tuple[Break, int]]:
    kinds: dict[tuple[str, ...], list[Break]] = {}
    for each in breaks:
        kinds.setdefault((each.journey, each.kind, each.now, each.place or ""), []).append(each)
    for same in list(kinds.values())[:_MOST_KINDS]:  # --json has them all
        yield same[0], len(same) - 1


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("journey")
    for heading in ("runs", "ways", "break"):
        table.add_column(heading, justify="right")
    for each in report.journeys:
        broken = Text(f"{each.broken:,}", "red" if each.broken else "dim")
        table.add_row(Text(each.journey), f"{each.replayed:,}", f"{each.paths:,}", broken)
    return table
