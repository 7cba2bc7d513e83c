"""What is asked for when a broadcast is started: which, when, and what of it is other than declared."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from fermata.broadcasts.definition import Broadcast, Declared, Properties
from fermata.broadcasts.local_time import LocalTimeField
from fermata.broadcasts.rate import RateField
from fermata.errors import NotFound


class Launch(BaseModel):
    """A broadcast that is to begin. What is None stays as it is declared.

    Args:
        name: The broadcast's.
        at: Not before; None for at once.
        local_time: On each person's own clock.
        rate: How many people enter in how long.
        holdout: Share of the segment that is left out.
        properties: Added to the declared ones, or put in their place.
        by: Who starts it.
        why: For whoever reads it later.
    """

    # Unknown fields are ignored: a history that a newer version recorded must still decode here.
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    at: AwareDatetime | None = None
    local_time: LocalTimeField | None = None
    rate: RateField | None = None
    holdout: float | None = Field(default=None, ge=0.0, lt=1.0)
    properties: Properties = Field(default_factory=dict)
    by: str = ""
    why: str = ""

    def of(self, declared: Declared) -> Broadcast:
        """Returns the broadcast as it is to go out.

        Raises:
            NotFound: None of that name is declared; it names those that are.
        """
        broadcast = declared.get(self.name)
        if broadcast is None:
            known = ", ".join(sorted(declared)) or "none"
            raise NotFound(f"no broadcast is named {self.name!r}; there are: {known}")
        changes: dict[str, Any] = {
            name: value
            for name, value in (("local_time", self.local_time), ("rate", self.rate), ("holdout", self.holdout))
            if value is not None
        }
        return broadcast.model_copy(update={**changes, "properties": {**broadcast.properties, **self.properties}})

    def begins(self, broadcast: Broadcast, now: datetime) -> datetime:
        """Returns the instant at which the segment is looked at, and before which nobody enters.

        Args:
            broadcast: As it is to go out.
            now: Aware.
        """
        asked = [now, *([self.at] if self.at is not None else [])]
        first = broadcast.local_time.first_anywhere if broadcast.local_time is not None else None
        return max([*asked, *([first] if first is not None else [])])
