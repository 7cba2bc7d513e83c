"""Gives every line that is logged in an activity the names of what it is about: journey, run, profile, decision."""

from typing import Any

from structlog.contextvars import bound_contextvars
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.runs import Closing
from activities.sends import SendCommand
from fermata.ledger import Attempt
from fermata.privacy import NOBODY
from fermata.pseudonym import pseudonym
from worker.codec import profile_of


class NamedWork(Interceptor):
    """For workers, by way of their plugin."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Names what an activity is about while it runs."""
        return _Named(next)


class _Named(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401
        with bound_contextvars(**_names(activity.info(), input.args[0] if input.args else None)):
            return await super().execute_activity(input)


def _names(info: activity.Info, asked: object) -> dict[str, Any]:
    names: dict[str, Any] = {
        "activity": info.activity_type,
        "attempt": info.attempt,
        "journey": info.workflow_type,
    }
    profile_id = profile_of(info.workflow_id or "")
    if profile_id != NOBODY:
        names["profile"] = pseudonym(profile_id)
    match asked:
        case Attempt():
            names["run_id"] = str(asked.run_id)
        case Closing():
            names["run_id"] = str(asked.run_id)
        case SendCommand():
            names["decision_id"] = str(asked.decision_id)
    return names
