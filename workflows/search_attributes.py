"""The search attributes of every run, in one registry: ``fermata setup`` registers them, the worker checks them.

They are plain text in Temporal, codec or not: ids and codes only, nothing personal.
"""

from datetime import datetime
from uuid import UUID

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

JOURNEY = SearchAttributeKey.for_keyword("FermataJourney")
PROFILE = SearchAttributeKey.for_keyword("FermataProfile")
STEP = SearchAttributeKey.for_keyword("FermataStep")
STATE = SearchAttributeKey.for_keyword("FermataState")
REASON = SearchAttributeKey.for_keyword("FermataReason")
NEXT_ELIGIBLE = SearchAttributeKey.for_datetime("FermataNextEligible")

ALL: tuple[SearchAttributeKey[str] | SearchAttributeKey[datetime], ...] = (
    JOURNEY,
    PROFILE,
    STEP,
    STATE,
    REASON,
    NEXT_ELIGIBLE,
)


def at_start(journey: str, profile_id: UUID) -> TypedSearchAttributes:
    """What a run starts with; attributes given at the start cost nothing."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(JOURNEY, journey),
            SearchAttributePair(PROFILE, str(profile_id)),
            SearchAttributePair(STATE, "active"),
            SearchAttributePair(STEP, "start"),
        ]
    )


def standing(
    *, step: str, state: str, reason: str | None = None, until: datetime | None = None
) -> list[SearchAttributeUpdate]:  # type: ignore[type-arg]
    """Where a run stands now, as one upsert."""
    return [
        STEP.value_set(step),
        STATE.value_set(state),
        REASON.value_set(reason) if reason is not None else REASON.value_unset(),
        NEXT_ELIGIBLE.value_set(until) if until is not None else NEXT_ELIGIBLE.value_unset(),
    ]
