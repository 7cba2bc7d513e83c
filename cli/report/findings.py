"""What a report comes to, in sentences: what somebody reads who reads nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.console.analytics_rows import Row
from api.console.filters import channel, percent, points, spaced
from cli.report.contents import Contents
from fermata.wording import counted

_CLEAR = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence.

    Args:
        tone: ``go``, ``hold``, ``stop`` or ``plain``.
        words: It.
    """

    tone: str
    words: str


def findings(contents: Contents) -> list[Finding]:
    """What there is to say, warnings first.

    Args:
        contents: Of the report.
    """
    return [*_warnings(contents), *_decided(contents), *_lifts(contents), *_paths(contents), *_owed(contents)]


def _warnings(contents: Contents) -> Iterator[Finding]:
    for row in contents.lifts:
        if row["unbalanced"]:
            yield Finding(
                "stop", f"The sides of {_name(row)} are not what was meant: believe no lift of it until that is found."
            )


def _decided(contents: Contents) -> Iterator[Finding]:
    totals = contents.overview.totals
    if not any(totals.values()):
        yield Finding("plain", "Nothing was decided in that time.")
        return
    yield Finding(
        "go",
        f"{counted(totals['send'], 'message')} went, {totals['defer']:,} times one was held for later, "
        f"and {totals['drop']:,} were not sent.",
    )
    if contents.overview.held:
        waiting = sum(row["messages"] for row in contents.overview.held)
        yield Finding("hold", f"{counted(waiting, 'message')} {'waits' if waiting == 1 else 'wait'} now.")


def _lifts(contents: Contents) -> Iterator[Finding]:
    believed = [row for row in contents.lifts if not row["unbalanced"]]
    for row in believed:
        if row["clear"]:
            sign, tone = ("brings", "go") if row["value"] > 0 else ("costs", "stop")
            yield Finding(
                tone,
                f"{_first_large(_name(row))} {sign} {points(row['value'])} points, between {points(row['low'])} and "
                f"{points(row['high'])}; chance hardly explains it.",
            )
    unclear = [_name(row) for row in believed if not row["clear"]]
    if unclear:
        yield Finding("hold", f"Chance may explain what is seen of {_listed(unclear)}.")
    untold = sum(part.lift.found is None for part in contents.journeys)
    if untold:
        yield Finding("plain", f"Of {counted(untold, 'journey')} no lift can be told; each says why.")


def _paths(contents: Contents) -> Iterator[Finding]:
    best = next((row for row in contents.paths.rows if row["adjusted"] < _CLEAR and row["value"] is not None), None)
    if best is not None:
        yield Finding(
            "go",
            f"After {best['path']}, {percent(best['rate'])} came to {contents.asked.order}: {best['value']:.1f} times "
            "as many as after other paths as long.",
        )


def _owed(contents: Contents) -> Iterator[Finding]:
    first = next(iter(contents.attribution.rows), None)
    if first is not None and first["removal_effect"] > 0:
        yield Finding(
            "plain",
            f"Without {channel(first['channel'])} there would be {percent(first['removal_effect'], 0)} fewer "
            f"conversions, by the Markov chain of {counted(contents.walks['walks'], 'walk')}.",
        )


def _name(row: Row) -> str:
    return spaced(row["experiment"])


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
