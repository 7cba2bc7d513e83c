"""``fermata policy``: check a policy and decide cases under it without a database; change the one that is in force."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli.instants import read_since
from cli.policy_stream import decide_stream
from fermata.policy import InvalidPolicy, default_policy, load_policy
from fermata.policy.json_schema import policy_schema

app = typer.Typer(help="Check policies, decide with them, and change the one in force.", no_args_is_help=True)

# What needs the database is imported when it is called: `decide` and `check` start three times as fast without it.

PolicyFile = Annotated[Path, typer.Argument(help="A policy in TOML.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def check(file: PolicyFile) -> None:
    """Check a policy file, and name every fault with its place.

    Example: fermata policy check mine.toml
    """
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


@app.command()
def show(
    version: Annotated[
        str | None, typer.Argument(help="The beginning of a version; the policy in force without it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a stored policy as it was written; what it is and since when it holds goes to stderr.

    Example: fermata policy show > mine.toml
    """
    from cli.policy_store import show_policy

    show_policy(version, as_json=as_json)


@app.command()
def activate(
    file: PolicyFile,
    author: Annotated[str, typer.Option(help="Who changes the policy.")],
    note: Annotated[str | None, typer.Option(help="Why, for whoever reads the history.")] = None,
) -> None:
    """Put a policy in force: it holds for the next decision of every worker.

    Example: fermata policy activate mine.toml --author ada --note "fewer mails at weekends"
    """
    from cli.policy_store import activate_policy

    activate_policy(file, author=author, note=note)


@app.command()
def history(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20, as_json: JsonOption = False
) -> None:
    """Show who put which policy in force, when and why, the latest first.

    Example: fermata policy history --limit 5
    """
    from cli.policy_store import show_history

    show_history(limit=limit, as_json=as_json)


@app.command()
def backtest(
    file: PolicyFile,
    since: Annotated[
        str, typer.Option(help="How far back: an ISO 8601 duration (P30D, PT12H), or an instant with its offset.")
    ] = "P30D",
    as_json: JsonOption = False,
) -> None:
    """Decide the recorded decisions again under another policy, and show what would change. Nothing is written.

    Example: fermata policy backtest mine.toml --since P7D
    """
    from cli.backtest.command import run_backtest

    try:
        from_then_on = read_since(since, datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None
    run_backtest(file, from_then_on, as_json=as_json)


def _binary(stream: object) -> BinaryIO:
    return stream  # type: ignore[return-value]
