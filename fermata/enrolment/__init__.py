"""Whether an event starts a run, reaches one, or is refused and why; and the runs on record."""

from fermata.enrolment.holdout import held_out
from fermata.enrolment.routing import History, LatestRun, Moment, NewRun, Occurred, Reach, Refusal, Route, route
from fermata.enrolment.runs import Enrolment, Interest, enrol, histories, name_run

__all__ = [
    "Enrolment",
    "History",
    "Interest",
    "LatestRun",
    "Moment",
    "NewRun",
    "Occurred",
    "Reach",
    "Refusal",
    "Route",
    "enrol",
    "held_out",
    "histories",
    "name_run",
    "route",
]
