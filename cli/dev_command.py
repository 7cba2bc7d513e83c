"""``fermata dev``: the embedded stack in the foreground, until Ctrl-C or SIGTERM."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.stack.signals import unless_signalled
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions

DATA_DIR = Path(".fermata")


def _port(of: str) -> Any:  # noqa: ANN401 - what typer.Option says it returns
    return typer.Option(help=f"Port of {of}; 0 takes a free one.", min=0, max=65535, show_default=True)


def dev(
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept.", file_okay=False)] = DATA_DIR,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep nothing, but stack.json while it runs.")] = False,
    api_port: Annotated[int, _port("the HTTP surface")] = 8000,
    temporal_port: Annotated[int, _port("Temporal")] = 7233,
    ui_port: Annotated[int, _port("the Temporal UI")] = 8233,
    smtp_port: Annotated[int, _port("the SMTP server")] = 2525,
) -> None:
    """Run everything on this machine: Postgres, Temporal with its UI, SMTP, the API and the worker.

    Mail, push and text messages go to servers on loopback that keep them. TEMPORAL_ADDRESS and FERMATA_DATABASE_URL
    replace the embedded servers. Ctrl-C ends it, and leaves nothing running.

    Example: fermata dev --api-port 0 --temporal-port 0 --ui-port 0 --smtp-port 0
    """
    options = StackOptions(
        data_dir=data_dir,
        ephemeral=ephemeral,
        api_port=api_port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        smtp_port=smtp_port,
    )
    console = Console()
    asyncio.run(_run(options, console))


async def _run(options: StackOptions, console: Console) -> None:
    await unless_signalled(_serve(options, console))
    if console.is_terminal:
        console.print("Stopped.")


async def _serve(options: StackOptions, console: Console) -> None:
    with console.status("Starting") as status:  # draws nothing in a pipe
        async with Stack(options, tell=status.update) as stack:
            status.stop()
            _show(stack, console)
            raise await stack.wait_for_failure()


def _show(stack: Stack, console: Console) -> None:
    report = stack.report
    console.print("[bold green]Fermata is running.[/] Ctrl-C ends it.")
    for name, value in (
        ("API", f"{report.api}/docs"),
        ("Temporal UI", report.ui or "the one of the Temporal you named"),
        ("Temporal", report.temporal),
        ("Postgres", report.database),
        ("SMTP", f"{report.smtp}, keeps all mail in {stack.mailbox}"),
        ("Push, SMS", f"{report.provider}/v1/messages"),
        ("Write key", report.write_key or "made earlier, elsewhere"),
        ("Admin key", report.admin_key or "made earlier, elsewhere"),
        ("Logs", str(stack.logs)),
    ):
        console.print(f"  [bold]{name:<12}[/]{value}", soft_wrap=True, highlight=False)
