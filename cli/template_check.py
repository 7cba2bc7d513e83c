"""Checks all templates of a deployment as its worker would, and lists the messages."""

import typer

from cli.json_output import print_json
from fermata.channels import Site, Templates
from fermata.deployment import deployment_verbs
from fermata.policy import default_policy
from fermata.settings import Settings, read_settings
from worker.journey_checks import check_journeys
from workflows.discovery import Journeys, discover


def check_templates(*, as_json: bool) -> None:
    """Checks, and prints each message with its channels and languages.

    Args:
        as_json: Print one JSON document.

    Raises:
        DefinitionError: Everything that is wrong, each with file, line and mend.
        ConfigurationError: A package cannot be imported, or a file of the deployment cannot be read.
    """
    settings = read_settings()
    journeys, templates = templates_of(settings)
    check_journeys(journeys, templates, default_policy(), deployment_verbs(settings))
    messages = [
        {"message": key, "channel": channel.value, "languages": list(languages)}
        for key, channel, languages in templates.languages()
    ]
    if as_json:
        print_json({"messages": messages})
        return
    written: dict[str, list[str]] = {}
    for key, channel, languages in templates.languages():
        written.setdefault(key, []).append(f"{channel.value} ({', '.join(languages)})" if languages else channel.value)
    for key, channels in written.items():
        typer.echo(f"{key}: {', '.join(channels)}")
    typer.echo(f"valid; messages: {len(written)}, and every journey finds the words that it sends")


def templates_of(settings: Settings) -> tuple[Journeys, Templates]:
    """The journeys of a deployment, and what their messages are written from.

    Args:
        settings: Of the deployment.

    Raises:
        DefinitionError: A journey or a template cannot work.
        ConfigurationError: A package cannot be imported.
    """
    journeys = discover(settings.journeys)
    site = Site(name=settings.site_name, url=settings.site_url, address=settings.site_address)
    return journeys, Templates(journeys.template_roots, site=site)
