"""``fermata doctor``: the command."""

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from cli.doctor.examination import examine
from cli.doctor.finding import Finding, Level
from cli.exit import FAILURE
from cli.json_output import print_json
from cli.logs import configure_logs
from fermata.settings import read_settings

_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also connect to the providers. Nothing is sent.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Look at this deployment from all sides, and say what to mend. It changes nothing.

    A line for each thing: ok; warn, where it works but not safely; fail, where something does not. The exit status is 1
    where something fails.

    Example: fermata doctor --deep
    """
    configure_logs()
    findings = asyncio.run(_examined(deep=deep, shown=not as_json))
    if as_json:
        counts = {level.value: _count(findings, level) for level in Level}
        print_json({**counts, "findings": findings})
    else:
        typer.echo(", ".join(f"{_count(findings, level)} {level}" for level in Level))
    if _count(findings, Level.FAIL):
        raise typer.Exit(FAILURE)


async def _examined(*, deep: bool, shown: bool) -> list[Finding]:
    """Everything that is found, each shown as it is."""
    console = Console(highlight=False, soft_wrap=True)
    findings = []
    async for finding in examine(read_settings(), os.environ, deep=deep):
        findings.append(finding)
        if shown:
            console.print(_line(finding))
    return findings


def _line(finding: Finding) -> Text:
    line = Text.assemble(
        (f"{finding.level:<5}", _COLOURS[finding.level]), (finding.check, "bold"), f": {finding.found}"
    )
    return line if finding.mend is None else line.append(f"\n     -> {finding.mend}")


def _count(findings: list[Finding], level: Level) -> int:
    return sum(each.level is level for each in findings)
