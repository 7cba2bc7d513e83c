"""What can be measured at all: a question that nothing answers is refused before anything is read."""

from datetime import datetime

from fermata.errors import FermataError

LONGEST = 600.0
"""Seconds of one statement: a sort of ten million events takes longer than anything else that Postgres is asked."""


class NothingToMeasure(FermataError):
    """The question has no answer: its times are the wrong way round, or nobody has been watched so long."""


def check_order(since: datetime, until: datetime) -> None:
    """Refuses times that are the wrong way round.

    Args:
        since, until: Until is exclusive.

    Raises:
        NothingToMeasure: Nothing lies between them.
    """
    if since >= until:
        raise NothingToMeasure(f"nothing lies between {since.isoformat()} and {until.isoformat()}: swap them")
