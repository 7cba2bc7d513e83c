"""Keeps a worker's templates as their files are: new words are in the next message, without a deploy."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import structlog

from fermata.audiences.declared import Audiences
from fermata.channels import LiveTemplates, Templates
from fermata.channels.hand_off_desks import Desk
from fermata.database import AWAY, Pool
from fermata.events.verbs import Verbs
from fermata.ledger import Policies
from worker.destination_checks import check_destinations
from worker.journey_checks import check_journeys
from workflows.discovery import Journeys

_log = structlog.get_logger("fermata.templates")

_LOOK = timedelta(seconds=2)


@dataclass(frozen=True)
class TemplateChecks:
    """What templates must pass before a worker writes from them, at its start and whenever they change.

    Args:
        pool: For the policy in force, which says what may stand in for a message's own channels.
        journeys: All that the worker runs.
        verbs: The events that it knows.
        audiences, desks: Of the deployment.
    """

    pool: Pool
    journeys: Journeys
    verbs: Verbs
    audiences: Audiences
    desks: Mapping[str, Desk]

    async def __call__(self, templates: Templates) -> None:
        """Looks for what would go wrong at night.

        Raises:
            DefinitionError: Everything that is wrong, one line each.
        """
        _, policy = await Policies().active(self.pool)
        await asyncio.to_thread(check_journeys, self.journeys, templates, policy, self.verbs)
        check_destinations(self.journeys, templates, self.audiences, self.desks)


async def keep_templates(
    templates: LiveTemplates, check: Callable[[Templates], Awaitable[None]], *, every: timedelta = _LOOK
) -> NoReturn:
    """Looks at the files for ever; outlives any outage of the database that the check asks.

    Args:
        templates: What messages are written from.
        check: Raises a ``DefinitionError`` for what would go wrong later.
        every: How long to rest between two looks; a change is in use after two.
    """
    while True:
        try:
            await templates.look(check)
        except AWAY as error:
            _log.warning("postgres is away; changed templates are not used yet", error=str(error))
        await asyncio.sleep(every.total_seconds())
