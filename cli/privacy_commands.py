"""``fermata privacy``: which master keys wrap the keys of people, and how an older one is given up."""

from typing import Annotated

import typer
from rich.console import Console

from cli.database import on_database
from cli.json_output import print_json
from cli.spinning_bar import spinning_bar
from fermata.audit import Act, announced, os_user
from fermata.database import Pool
from fermata.errors import ConfigurationError
from fermata.privacy import EnvironmentKeys, master_keys_from
from fermata.privacy.rotating import rotate as wrap_again
from fermata.privacy.rotating import wrapped_by
from fermata.settings import read_settings

app = typer.Typer(help="See which master keys wrap the keys of people; rotate them.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Count the keys of people by the master key that wrapped them. One that wraps none can be given up.

    Example: fermata privacy status
    """
    counts = on_database(wrapped_by)
    if as_json:
        print_json({"keys": counts})
    elif not counts:
        typer.echo("No history is encrypted yet.")
    for name, keys in counts.items() if not as_json else ():
        typer.echo(f"{name}  {keys:,}")


@app.command()
def rotate(as_json: JsonOption = False) -> None:
    """Wrap every key again by the first of FERMATA_MASTER_KEYS. Stopped, it goes on where it was: run it again.

    Example: fermata privacy rotate
    """
    masters = _masters()

    async def turn(pool: Pool) -> int:
        counts = await wrapped_by(pool)
        waiting = sum(keys for name, keys in counts.items() if name != masters.newest)
        with spinning_bar(Console(stderr=True)) as bar:
            task = bar.add_task("Wrapping keys again", total=waiting)
            async with announced(pool, Act(os_user(), "privacy.rotate", f"master key {masters.newest}")):
                return await wrap_again(pool, masters, masters.newest, lambda done: bar.update(task, completed=done))

    done = on_database(turn)
    if as_json:
        print_json({"wrapped_again": done, "by": masters.newest})
    else:
        typer.echo(f"{done:,} keys were wrapped again; all are by {masters.newest} now.")


def _masters() -> EnvironmentKeys:
    given = read_settings().master_keys
    if given is None or not given.get_secret_value():
        raise ConfigurationError("FERMATA_MASTER_KEYS is not set: there is no key to wrap by")
    return master_keys_from(given.get_secret_value())
