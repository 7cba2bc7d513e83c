"""The port of ad platforms: people go in or out of an audience, many at a time; told twice, nothing changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from fermata.audiences.declared import Audience
from fermata.audiences.identifiers import Person
from fermata.channels.port import Busy, Rejected

Change = Literal["add", "remove"]


@dataclass(frozen=True, slots=True)
class Told:
    """The platform has taken the request.

    Args:
        refused: What it would not take of it, and why, by the place in the request; no match key stands in it.
    """

    refused: Mapping[int, str] = field(default_factory=dict)


class AdPlatform(Protocol):
    """Holds audiences. It never raises for what the other side says or does."""

    @property
    def name(self) -> str:
        """The deployment's name for it."""
        ...

    @property
    def most(self) -> int:
        """How many people one request may carry."""
        ...

    async def tell(self, audience: Audience, change: Change, people: Sequence[Person]) -> Told | Rejected | Busy:
        """Puts people into an audience, or takes them out.

        Args:
            audience: Which.
            change: In or out.
            people: At least one, at most ``most``.

        Returns:
            ``Rejected`` with ``provider_rejected`` where somebody in the request makes all of it impossible, and with
            ``provider_misconfigured`` where the platform does not serve us at all.
        """
        ...

    async def aclose(self) -> None:
        """Gives its connections back."""
        ...
