"""Whom a holdout keeps from a message: asked at every decision, so that nobody slips through by a way around entry."""

from collections.abc import Mapping
from datetime import datetime

from fermata.database import Connection, Queries
from fermata.journeys import EVERYWHERE, GlobalHoldout, held_out
from fermata.ledger.attempt import Attempt
from fermata.vocabulary import Purpose, Reason

_QUERIES = Queries("fermata.ledger")


async def held_out_by(
    connection: Connection, attempt: Attempt, draws: Mapping[str, bool], holdout: GlobalHoldout, at: datetime
) -> Reason | None:
    """Says which holdout keeps a message back, or None. What a person is owed (``transactional``) is never kept back.

    Who was in a run before the deployment had a global holdout is drawn here, once and for good.

    Args:
        connection: The deciding transaction, which holds the profile's row.
        attempt: What is asked.
        draws: What is on record of the profile, by scope: the journey's, and the global one.
        holdout: The deployment's.
        at: The instant of the decision.
    """
    if attempt.message.purpose is Purpose.TRANSACTIONAL:
        return None
    if holdout.share > 0:
        everywhere = draws.get(EVERYWHERE)
        if everywhere is None:
            everywhere = held_out(EVERYWHERE, attempt.profile_id, holdout.share, holdout.salt)
            await connection.execute(
                _QUERIES["keep_draw"], attempt.profile_id, EVERYWHERE, holdout.salt, everywhere, holdout.share, at
            )
        if everywhere:
            return Reason.HOLDOUT_GLOBAL
    return Reason.HOLDOUT_JOURNEY if attempt.holdout and draws.get(attempt.journey) else None
