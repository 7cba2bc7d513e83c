"""Conditions on how somebody came to us: by the channel of their first touch, or of their latest one."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from fermata.segments.condition import Condition
from fermata.segments.invalid import built
from fermata.vocabulary import AcquisitionChannel


def _each_once(channels: tuple[AcquisitionChannel, ...]) -> tuple[AcquisitionChannel, ...]:
    if not channels:
        raise ValueError("name at least one")
    return tuple(channel for channel in AcquisitionChannel if channel in channels)


class CameBy(Condition):
    """The person's first or latest touch came by one of these channels. Who came by none that is known is not in it.

    Args:
        which: ``first``, or ``latest``: the latest that is not direct, where there is one.
        channels: Any of them.
    """

    kind: Literal["came_by"] = "came_by"
    which: Literal["first", "latest"]
    channels: Annotated[tuple[AcquisitionChannel, ...], AfterValidator(_each_once)]

    @property
    def words(self) -> str:
        return f"{self.which} came by {self._any}"

    @property
    def denial(self) -> str:
        return f"is not known to have {self.which} come by {self._any}"

    @property
    def _any(self) -> str:
        return " or ".join(channel.replace("_", " ") for channel in self.channels)


def first_came_by(*channels: AcquisitionChannel | str) -> CameBy:
    """The person found us by one of these: ``first_came_by("paid_search", "paid_social")``.

    Raises:
        InvalidSegment: One of them is no channel, or there is none.
    """
    return built(CameBy, which="first", channels=channels)


def latest_came_by(*channels: AcquisitionChannel | str) -> CameBy:
    """The person came by one of these the last time: ``latest_came_by("email")``.

    Raises:
        InvalidSegment: One of them is no channel, or there is none.
    """
    return built(CameBy, which="latest", channels=channels)
