"""The commands of ``fermata``, by name, each imported when it is called and not before."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import typer


@dataclass(frozen=True)
class Command:
    """A command, or a group of them.

    Args:
        place: Where it stands, ``"module:attribute"``: a function, or a Typer app for a group.
        summary: The line in the overview.
    """

    place: str
    summary: str


COMMANDS = {
    "dev": Command("cli.dev_command:dev", "Run everything on this machine, in the foreground."),
    "demo": Command("cli.demo.command:demo", "Run the main job on made-up shoppers, and show what happened."),
    "policy": Command("cli.policy_commands:app", "Check policies, decide with them, and change the one in force."),
    "simulate": Command("cli.simulate.command:simulate", "Run a journey on skipped time, and see what it would do."),
    "explain": Command("cli.explain.command:explain", "Say why a person did or did not get a message."),
    "runs": Command("cli.runs_commands:app", "See runs; hold them, let them go on, skip a wait, end them."),
    "broadcast": Command("cli.broadcast_commands:app", "Announce something to a segment; hold it, cancel it."),
    "schedule": Command("cli.schedule_commands:app", "See and change which broadcasts begin by themselves."),
    "journeys": Command("cli.journeys_commands:app", "Show the journeys of this deployment, and write new ones."),
    "deploy": Command("cli.deploy_commands:app", "See which builds runs are led to; try one, promote it, roll back."),
    "replay": Command("cli.replay.command:replay", "Replay recorded runs, or a server's, on the code here."),
    "record": Command("cli.replay.record_command:record", "Record runs for the replay tests, with nobody in them."),
    "analytics": Command("cli.analytics_commands:app", "Measure what journeys bring."),
    "report": Command("cli.report.command:report", "Write one file on what a time brought, for anybody to read."),
    "profile": Command("cli.profile_commands:app", "Show, export and erase all that is known of a person."),
    "keys": Command("cli.key_commands:app", "Make keys to the HTTP surface, list, rotate and revoke them."),
    "dead-letters": Command("cli.dead_letter_commands:app", "See what could not be processed or delivered; resend it."),
    "audit": Command("cli.audit_command:audit", "Show what operators and admins did, by whatever door."),
    "privacy": Command("cli.privacy_commands:app", "See the master keys of encrypted histories; rotate them."),
    "import": Command("cli.importing.command:import_file", "Import events of the past, or a catalogue of products."),
    "traits": Command("cli.traits_commands:app", "Show somebody's live traits; train the models that score people."),
    "verbs": Command("cli.verbs_commands:app", "Check a deployment's own names of events."),
    "webhooks": Command("cli.webhooks_commands:app", "Check who may send webhooks."),
    "providers": Command("cli.providers_commands:app", "Check the providers, see how they are, hold one back."),
    "feedback": Command("cli.feedback_commands:app", "Take what came back by mail; list what is about nothing known."),
    "template": Command("cli.template_commands:app", "Check templates, and look at messages before anybody gets them."),
    "bench": Command("cli.bench.command:bench", "Measure what Fermata costs, beside a baseline of the same run."),
    "doctor": Command("cli.doctor.command:doctor", "Look at a deployment from all sides; say what to mend."),
    "api": Command("cli.process_commands:api", "Serve the HTTP surface."),
    "worker": Command("cli.process_commands:worker", "Run journeys, sends and dispatches."),
    "migrate": Command("cli.process_commands:migrate", "Bring the database to the newest schema."),
    "db": Command("cli.db_commands:app", "Make the role of API and workers in Postgres; remove old rows."),
    "setup": Command("cli.process_commands:setup", "Register what Temporal and the database need."),
}


def register(app: typer.Typer, called: str | None) -> None:
    """Registers all commands: the one that is called for real, the others by name and summary only.

    Args:
        app: The root app.
        called: The name of the command that this process is to run; None when there is none.
    """
    for name, command in COMMANDS.items():
        loaded = _load(command.place) if name == called else _stand_in(command.summary)
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=name, no_args_is_help=True)
        else:
            app.command(name)(loaded)


def _load(place: str) -> typer.Typer | Callable[..., Any]:
    module, attribute = place.split(":")
    loaded: typer.Typer | Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return loaded


def _stand_in(summary: str) -> Callable[[], None]:
    def command() -> None:
        raise AssertionError("a stand-in is never called")

    command.__doc__ = summary
    return command
