"""Checks where messages lead that go to no address: every audience and every desk that a template names is declared."""

import inspect
from collections.abc import Collection, Iterator, Mapping

from fermata.audiences.declared import Audiences
from fermata.channels import Templates
from fermata.channels.hand_off_desks import Desk
from fermata.channels.template_parts import BY_NAME
from fermata.errors import DefinitionError
from fermata.journeys import Message
from fermata.vocabulary import Channel
from workflows.discovery import Journeys


def check_destinations(
    journeys: Journeys, templates: Templates, audiences: Audiences, desks: Mapping[str, Desk]
) -> None:
    """Looks for names that nobody declares. Where nothing is declared at all, the channel is simply not there.

    Args:
        journeys: All that the worker would run.
        templates: What messages are written from. A name that Liquid puts together is looked at when it is sent.
        audiences: Of the deployment.
        desks: Of the deployment, by name.

    Raises:
        DefinitionError: Everything that is wrong, one line each.
    """
    wrong = [
        *_undeclared(journeys, templates, Channel.ADS, "ads.audience", audiences.audiences, "FERMATA_AUDIENCES"),
        *_undeclared(journeys, templates, Channel.HAND_OFF, "hand_off.to", desks, "FERMATA_HANDOFFS"),
    ]
    if wrong:
        raise DefinitionError("\n".join(dict.fromkeys(wrong)))


def _undeclared(
    journeys: Journeys, templates: Templates, channel: Channel, part: str, declared: Collection[str], setting: str
) -> Iterator[str]:
    if not declared:
        return
    for journey in journeys.classes.values():
        for message in vars(inspect.getmodule(journey)).values():
            if isinstance(message, Message) and channel in message.channels:
                name = templates.written(message.key, BY_NAME[part])
                if name is not None and name not in declared:
                    known = ", ".join(sorted(declared))
                    yield f"{message.key}/{part}.liquid: {setting} declares no {name!r}; there are: {known}"
