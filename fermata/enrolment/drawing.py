"""The draw for a run that begins: what is on record stands for ever, whatever the share is by now; else it is made."""

from dataclasses import dataclass
from uuid import UUID

from fermata.journeys import EVERYWHERE, SALT, GlobalHoldout, JourneyDefinition, held_out
from fermata.vocabulary import Reason


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw to be kept with the profile.

    Args:
        scope: The journey's name, or ``EVERYWHERE``.
        salt: What it was drawn with.
        held_out: How it ended.
        share: What it was drawn against.
    """

    scope: str
    salt: str
    held_out: bool
    share: float


def draw(
    journey: str,
    definition: JourneyDefinition,
    profile_id: UUID,
    holdout: GlobalHoldout,
    *,
    everywhere: bool | None,
    here: bool | None,
) -> tuple[Reason | None, tuple[Draw, ...]]:
    """Says which holdout keeps a profile from a journey, and which draws were made to know it.

    A share of 0 is no holdout: it holds nobody, whoever was drawn before.

    Args:
        journey: Its name.
        definition: Its definition; nobody is held out of a transactional one.
        profile_id: Whose draw it is.
        holdout: Of the deployment.
        everywhere: The global draw on record; None where there is none.
        here: The journey's draw on record; None where there is none.
    """
    if definition.transactional:
        return None, ()
    made: list[Draw] = []
    if holdout.share > 0:
        if everywhere is None:
            everywhere = held_out(EVERYWHERE, profile_id, holdout.share, holdout.salt)
            made.append(Draw(EVERYWHERE, holdout.salt, everywhere, holdout.share))
        if everywhere:
            return Reason.HOLDOUT_GLOBAL, tuple(made)
    if definition.holdout > 0:
        if here is None:
            here = held_out(journey, profile_id, definition.holdout)
            made.append(Draw(journey, SALT, here, definition.holdout))
        if here:
            return Reason.HOLDOUT_JOURNEY, tuple(made)
    return None, tuple(made)
