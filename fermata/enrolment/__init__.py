"""Whether an event starts a run, reaches one, or is refused and why; and the runs on record."""

from fermata.enrolment.children import adopt
from fermata.enrolment.drawing import Draw, draw
from fermata.enrolment.ending import end_runs
from fermata.enrolment.merging import ActiveRun, active_runs, follow_merge, runs_that_meet
from fermata.enrolment.routing import Moment, NewRun, Occurred, Reach, Refusal, Route, route
from fermata.enrolment.runs import RESTARTED, Enrolment, Interest, enrol, histories, name_run
from fermata.enrolment.standing import History, LatestRun, Person, Standing
from fermata.enrolment.variants import drawn, expose

__all__ = [
    "RESTARTED",
    "ActiveRun",
    "Draw",
    "Enrolment",
    "History",
    "Interest",
    "LatestRun",
    "Moment",
    "NewRun",
    "Occurred",
    "Person",
    "Reach",
    "Refusal",
    "Route",
    "Standing",
    "active_runs",
    "adopt",
    "draw",
    "drawn",
    "end_runs",
    "enrol",
    "expose",
    "follow_merge",
    "histories",
    "name_run",
    "route",
    "runs_that_meet",
]
