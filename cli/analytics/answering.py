"""Puts a question of ``fermata analytics`` to the database of this deployment, and prints what it answers."""

from cli.analytics.attribution_report import show_attribution
from cli.analytics.kpis_report import show_kpis
from cli.analytics.lift_report import show_lifts
from cli.analytics.next_actions_report import show_next_actions
from cli.analytics.paths_report import show_paths
from cli.database import on_database
from cli.json_output import print_json
from fermata.analytics.answers import Attributed, Lifts, NextActions, Paths, answer
from fermata.analytics.asked import Asked, AttributionAsked, PathsAsked
from fermata.analytics.kpis import Kpis


def ask(asked: Asked, *, as_json: bool) -> None:
    """Prints an answer.

    Args:
        asked: The question.
        as_json: Whether to print one JSON document instead of a page.

    Raises:
        NothingToMeasure, NoComparison: The question has no answer; says why.
    """
    found = on_database(lambda pool: answer(pool, asked))
    if as_json:
        print_json(found)
        return
    match asked, found:
        case _, Lifts():
            show_lifts(found)
        case AttributionAsked(), Attributed():
            show_attribution(asked, found)
        case PathsAsked(), Paths():
            show_paths(asked, found)
        case _, NextActions():
            show_next_actions(found)
        case _, Kpis():
            show_kpis(found)
