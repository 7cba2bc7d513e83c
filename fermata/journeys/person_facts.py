"""What a run may know of its person: nothing that says who they are, since it lies in Temporal's history for years."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class PersonFacts(BaseModel):
    """What ``profile`` returns to the author.

    Args:
        time_zone: IANA name: the person's own, else their device's.
        country: Two letters: the address's, else the device's.
        subdivision: ISO 3166-2 without the country.
        locale: For example ``"fr-FR"``.
        traits: Those that were asked for by name: scalars and short texts. None for one that is not known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    time_zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    locale: str | None = None
    traits: dict[str, Any] = {}
