"""What a run is told when its profile turns out to be part of another."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ProfileMerged(BaseModel):
    """The word to a run of the profile that does not remain.

    Args:
        profile_id: The profile that remains; the run goes on for it.
        ends: That profile is in this journey already, so the run ends instead.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile_id: UUID
    ends: bool = False
