"""What an import did, for a person and as JSON."""

from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from cli.json_output import print_json
from fermata.wording import counted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, all its imports taken together.

    Args:
        file: As it was called.
        lines: That were read.
        accepted: Events that are stored and were not before, or products that are in the catalogue.
        duplicates: Events that were stored before, or stand in the file twice.
        rejected: Bad lines.
        rejects: Where they are kept; None without any.
        resumed_after_line: The last line of the import before, where this one went on from there.
        seconds: Of this import.
        per_second: Events or products of this import; None where there were none.
    """

    file: str
    lines: int
    accepted: int
    duplicates: int
    rejected: int
    rejects: Path | None
    resumed_after_line: int | None
    seconds: float
    per_second: int | None


def show(outcome: Outcome, what: str, *, as_json: bool) -> None:
    """Prints what an import did, and ends the command with 1 where it left something out.

    Args:
        outcome: What it did.
        what: What the file holds, for one of them: "event".
        as_json: Whether to print one JSON document.

    Raises:
        typer.Exit: Lines were rejected.
    """
    if as_json:
        rejects = str(outcome.rejects) if outcome.rejects is not None else None
        print_json({**asdict(outcome), "rejects": rejects})
    else:
        typer.echo(_in_words(outcome, what))
    if outcome.rejected:
        raise typer.Exit(1)


def _in_words(outcome: Outcome, what: str) -> str:
    said = [f"{outcome.file}: {counted(outcome.accepted, what)} accepted"]
    if outcome.duplicates:
        said.append(f"{counted(outcome.duplicates, 'duplicate')}")
    if outcome.rejected:
        said.append(f"{counted(outcome.rejected, 'line')} rejected and kept in {outcome.rejects}")
    text = ", ".join(said)
    if outcome.resumed_after_line == outcome.lines and outcome.per_second is None:
        return f"{text}. Nothing is new: all {counted(outcome.lines, 'line')} were done before (--restart: again)."
    if outcome.per_second is not None:
        text = f"{text}, in {outcome.seconds:.1f} s ({outcome.per_second:,} a second)"
    if outcome.resumed_after_line is not None:
        text = f"{text}; it went on after line {outcome.resumed_after_line:,}"
    return f"{text}."
