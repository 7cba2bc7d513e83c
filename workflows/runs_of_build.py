"""Which runs a build of the workers has, or had last: Temporal knows, by the step that each run took last."""

import re
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from fermata.errors import InvalidEvent, Unavailable
from workflows import search_attributes
from workflows.temporal_at_need import TemporalAtNeed

_BUILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")  # as FERMATA_BUILD_ID may be
_PATIENCE = timedelta(seconds=30)  # for a page of a list


class RunsOfBuild:
    """Asks Temporal.

    Args:
        temporal: Connects when it is first asked.
        deployment: As ``FERMATA_DEPLOYMENT`` names it.
    """

    def __init__(self, temporal: TemporalAtNeed, deployment: str) -> None:
        self._temporal, self._deployment = temporal, deployment

    async def find(self, journey: str, build: str) -> tuple[str, ...]:
        """Finds the runs of a journey whose last step a build took, under way or over.

        Args:
            journey: Its name.
            build: As ``FERMATA_BUILD_ID`` names it.

        Returns:
            Temporal's ids of their first executions, as ``journey_runs`` keeps them.

        Raises:
            InvalidEvent: It cannot name a build.
            Unavailable: Temporal does not answer.
        """
        if not _BUILD.fullmatch(build):
            said = f"{build!r} cannot name a build; `fermata deploy status` lists those that are"
            raise InvalidEvent(said, field="build")
        query = (
            f"{search_attributes.JOURNEY.name} = '{journey}'"
            f" AND TemporalWorkerDeploymentVersion = '{self._deployment}:{build}'"
        )
        client = await self._temporal.client()
        try:
            found = [each async for each in client.list_workflows(query, rpc_timeout=_PATIENCE)]
        except RPCError as error:
            raise Unavailable(f"Temporal does not list the runs of {build}: {error.message}") from error
        return tuple(dict.fromkeys(each.raw_info.first_run_id or each.run_id for each in found))


async def _nowhere() -> Client:
    raise Unavailable("this process was not told of a Temporal server")


NO_BUILDS = RunsOfBuild(TemporalAtNeed(_nowhere), "none")
"""Where no Temporal is at hand."""
