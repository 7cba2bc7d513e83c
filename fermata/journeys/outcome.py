"""How a run ended."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["completed", "converted", "exited", "timed_out"]


class Outcome(BaseModel):
    """The result of a run.

    Args:
        state: ``converted`` met its goal, ``exited`` by an exit event or an operator, ``timed_out`` by ``at_most``,
            ``completed`` came to its last line.
        reason: The event or rule that ended it, in words.
        ended_at: The instant, aware.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    reason: str
    ended_at: datetime
