"""How a message ended, and how a run ended."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fermata.vocabulary import Channel, Reason

State = Literal["completed", "converted", "exited", "timed_out", "failed"]


class Receipt(BaseModel):
    """What ``send`` returns to the author.

    Args:
        result: ``sent``; ``substituted``, where a card or badge went in place of a capped channel; or ``suppressed``.
        reason: Why, in the vocabulary of decisions.
        channel: What carried it, or None where nothing did.
    """

    model_config = ConfigDict(frozen=True)

    result: Literal["sent", "substituted", "suppressed"]
    reason: Reason
    channel: Channel | None = None


class Outcome(BaseModel):
    """The result of a run.

    Args:
        state: ``converted`` met its goal, ``exited`` by an exit event or an operator, ``timed_out`` by ``at_most``,
            ``completed`` came to its last line, ``failed`` by a mistake in its code.
        reason: The event or rule that ended it, in words.
        ended_at: The instant, aware.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    reason: str
    ended_at: datetime
