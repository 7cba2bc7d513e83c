"""``fermata demo``: the main job from end to end on a stack of its own, and a report of what happened."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console

from cli.demo.display import Display
from cli.demo.document import Document
from cli.demo.report import Report, print_links
from cli.demo.run import Result, run_demo
from cli.demo.source import MadeUpShoppers, OwnEvents, Source
from cli.stack.signals import unless_signalled
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions

_T = TypeVar("_T")


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C, to look at it.")] = False,
    events: Annotated[
        Path | None, typer.Option(help="Send these events in the Segment spec instead, one JSON object a line.")
    ] = None,
) -> None:
    """Run the main job from end to end, and show what happened.

    Made-up shoppers all round the globe fill carts and leave them. Each message
    to them is sent, held or dropped, and the reason is told. Only the people are
    made up: Postgres, Temporal, SMTP and the way in for events are real.

    Example: fermata demo --keep
    """
    source = MadeUpShoppers(datetime.now(UTC)) if events is None else OwnEvents(events)
    told: list[Result] = []
    ended = asyncio.run(unless_signalled(_demo(source, as_json=as_json, keep=keep, told=told)))
    if not ended and not (keep and told):
        raise KeyboardInterrupt
    for result in told:
        result.check()


def _options(source: Source) -> StackOptions:
    # An hour of a journey's own waits passes in a second. Windows, quiet hours and caps run on real time. Journeys that
    # last for weeks would still take minutes: the one that is shown ends within a day and an hour.
    journeys = os.environ.get("FERMATA_JOURNEYS", "workflows.cart_recovery")
    # Nobody is there to promote a build.
    environment = {"FERMATA_PACE": "3600", "FERMATA_JOURNEYS": journeys, "FERMATA_BUILD_ID": ""}
    if not source.made_up:
        environment["FERMATA_LATEST_TRIGGER"] = "off"  # people's own events are of the past, and shall start runs
    return StackOptions(environment=environment)


async def _demo(source: Source, *, as_json: bool, keep: bool, told: list[Result]) -> None:
    display = Display(Console(stderr=True))
    with display.shown():
        async with Stack(_options(source), tell=display.tell) as stack:
            if not as_json and stack.report.ui is not None:
                with display.hidden():
                    _console().print(f"While it runs, it can be watched at {stack.report.ui}\n", soft_wrap=True)
            result = await _unless_a_part_fails(stack, run_demo(stack, source, display))
            with display.hidden():
                _tell(result, as_json=as_json, keep=keep)
                told.append(result)
                if keep:
                    raise await stack.wait_for_failure()
            display.tell("Stopping")
    if not as_json:
        _console().print("\n[dim]Everything is stopped again. fermata demo --keep leaves it up, to look at.[/]")


async def _unless_a_part_fails(stack: Stack, work: Coroutine[Any, Any, _T]) -> _T:
    """Does the work, or raises what ended a part of the stack, whichever comes first."""
    working, failing = asyncio.ensure_future(work), asyncio.ensure_future(stack.wait_for_failure())
    try:
        await asyncio.wait((working, failing), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise failing.result()
        return working.result()
    finally:
        for task in (working, failing):
            task.cancel()
        await asyncio.gather(working, failing, return_exceptions=True)


def _tell(result: Result, *, as_json: bool, keep: bool) -> None:
    if as_json:
        document = Document.of(result.seen, result.places, result.notes)
        sys.stdout.buffer.write(orjson.dumps(document.model_dump(mode="json"), option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.flush()
        return
    console = _console()
    console.print(Report(result.seen, result.headline, result.notes))
    if keep:
        print_links(console, result.places)
        console.print("\nEverything keeps running. Ctrl-C ends it.", style="bold")


def _console() -> Console:
    return Console(highlight=False)
