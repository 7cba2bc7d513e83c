"""``fermata``: the program."""

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, NoReturn

import typer

from cli.exit import leave, status_of
from cli.registry import COMMANDS, register

_DEBUG = "--debug"


def main() -> NoReturn:
    """Runs ``fermata`` with the arguments of this process, and ends it."""
    arguments = sys.argv[1:]
    given, passed_on = _split(arguments)
    debug = _DEBUG in given
    arguments = [argument for argument in given if argument != _DEBUG] + passed_on
    leave(status_of(lambda: _build(arguments)(arguments, prog_name="fermata"), debug=debug))


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Options end at ``--``: what follows belongs to the command."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], arguments[end:]


def _build(arguments: list[str]) -> typer.Typer:
    app = typer.Typer(
        help="Durable customer journeys on Temporal that know when to hold.\n\nExample: fermata demo",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    register(app, next((argument for argument in arguments if argument in COMMANDS), None))
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"fermata {version('fermata')}")
        except PackageNotFoundError:
            typer.echo("fermata, not installed: run from its source")
        raise typer.Exit


def _root(
    debug: Annotated[bool, typer.Option(_DEBUG, help="Show where an error comes from, on every command.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del debug, show_version  # read before the commands are built


if __name__ == "__main__":
    main()
