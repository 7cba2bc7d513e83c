"""Examples to train on: what was known of people before a cut-off, and what became of them in the time after it.

What was known is read by the very code that scores a living person, with the cut-off for the present: a model never
sees what came after, and never meets a number that is made in another way than those that it was trained on.
"""

from datetime import datetime, timedelta

from fermata.database import Connection, Queries
from fermata.traits.features import features_of
from fermata.traits.happened import ORDER_COMPLETED
from fermata.traits.population import LONGEST_STATEMENT, in_portions
from fermata.traits.reading import read_people
from fermata.traits.training import Examples
from fermata.traits.training_record import HORIZON, SEEN_WITHIN, ModelKind
from fermata.traits.visits import NO_VISIT

MOST = 20_000
"""People at a cut-off: more change the coefficients by less than they change from month to month."""

_INSTANT = timedelta(microseconds=1)
_AT_ONCE = 500
_QUERIES = Queries("fermata.traits")


async def examples_at(connection: Connection, cut_off: datetime, *, most: int = MOST) -> dict[ModelKind, Examples]:
    """Returns examples for each kind of model.

    Args:
        connection: Any.
        cut_off: An instant (aware) that lies ``HORIZON`` back at least.
        most: People; where there are more, a sample of them.
    """
    until = cut_off + HORIZON
    last_known = cut_off - _INSTANT  # reading includes its instant, and the cut-off itself belongs to what came after
    since = cut_off - SEEN_WITHIN
    rows = await connection.fetch(
        _QUERIES["population"], since, cut_off, list(NO_VISIT), most, timeout=LONGEST_STATEMENT
    )
    features: list[tuple[float, ...]] = []
    bought: list[bool] = []
    left: list[bool] = []
    for some in in_portions([row["id"] for row in rows], _AT_ONCE):
        people = await read_people(connection, some, last_known)
        outcomes = await connection.fetch(_QUERIES["outcomes"], some, cut_off, until, ORDER_COMPLETED, list(NO_VISIT))
        became = {row["profile_id"]: row for row in outcomes}
        for facts in people:
            features.append(features_of(facts, last_known))
            bought.append(became[facts.profile_id]["bought"])
            left.append(not became[facts.profile_id]["was_here"])
    return {
        ModelKind.PURCHASE_PROPENSITY: Examples(cut_off, until, features, bought),
        ModelKind.CHURN_RISK: Examples(cut_off, until, features, left),
    }
