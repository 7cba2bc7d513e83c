"""``fermata template``: check what messages are written from, and look at a message before anybody gets it."""

from pathlib import Path
from typing import Annotated

import typer

from fermata.vocabulary import Channel

app = typer.Typer(help="Check templates, and look at messages before anybody gets them.", no_args_is_help=True)

# What draws in the worker and its journeys is imported when it is called.

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def check(as_json: JsonOption = False) -> None:
    """Check every template and journey as the worker does when it starts, and list what there is.

    Uses the packages in FERMATA_JOURNEYS and the policy that ships; needs neither database nor Temporal.

    Example: fermata template check
    """
    from cli.template_check import check_templates

    check_templates(as_json=as_json)


@app.command()
def preview(
    key: Annotated[str, typer.Argument(help="The message, for example cart_reminder.")],
    channel: Annotated[Channel | None, typer.Option(help="Only this; without, all that it is written for.")] = None,
    locale: Annotated[str | None, typer.Option(help="The person's language, for example fr-CA.")] = None,
    event: Annotated[Path | None, typer.Option(help="JSON: properties of the event, or a whole event.")] = None,
    profile: Annotated[Path | None, typer.Option(help="JSON: traits, or an object that has them.")] = None,
    products: Annotated[Path | None, typer.Option(help="JSON: a list of products, as a catalogue has them.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the mail's HTML to this file, to open in a browser.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a message's words as somebody would get them. Nothing is sent, and nothing is stored.

    Example: fermata template preview cart_reminder --channel email --event event.json --html mail.html
    """
    from cli.template_preview import Given, preview_message

    given = Given.read(event=event, profile=profile, products=products)
    preview_message(key, channel, locale, given, html=html, as_json=as_json)
