"""``fermata policy``: check a policy file, and decide cases under it without a database."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli.policy_stream import decide_stream
from fermata.policy import InvalidPolicy, default_policy, load_policy
from fermata.policy.json_schema import policy_schema

app = typer.Typer(help="Check policies, and decide with them.", no_args_is_help=True)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A policy in TOML.")]) -> None:
    """Check a policy file, and name every fault with its place."""
    try:
        policy = load_policy(file)
    except InvalidPolicy as error:
        for problem in error.problems:
            typer.echo(f"{file}: {problem}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{file}: valid, {policy.version}")


@app.command()
def decide(
    policy: Annotated[Path | None, typer.Option(help="A policy in TOML; the default policy without it.")] = None,
) -> None:
    """Decide cases: one JSON object a line on stdin, one decision a line on stdout, in the same order.

    A bad line gives {"error": {"line": n, "message": …}} in its place; the rest is decided, and the exit status is 1.

    Example: fermata policy decide < cases.ndjson > decisions.ndjson
    """
    rules = load_policy(policy) if policy is not None else default_policy()
    if decide_stream(_binary(sys.stdin.buffer), _binary(sys.stdout.buffer), rules):
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON schema of a policy file, for your editor.

    Example: fermata policy schema > policy.schema.json
    """
    _binary(sys.stdout.buffer).write(policy_schema())


def _binary(stream: object) -> BinaryIO:
    return stream  # type: ignore[return-value]
