"""``/api/v1/profiles/{id}/consent``: what somebody consented to, how that came about, and how to state it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints

from api.authentication import bearer
from api.typed_body import documented, read_model
from fermata.access import Key, Keys, Scope
from fermata.database import Pool
from fermata.errors import InvalidEvent
from fermata.events.instant import to_instant
from fermata.ingest.wishes import Provenance, Word, state_consent
from fermata.profiles import Profile
from fermata.profiles.by_id import find
from fermata.profiles.consent_entry import ConsentSource
from fermata.profiles.consent_log import RecordedStatement, history
from fermata.vocabulary import Channel, Consent, ConsentPurpose

_AHEAD = timedelta(minutes=5)
"""How far a caller's clock may go before ours."""
_OURS = frozenset(set(ConsentSource) - {ConsentSource.API, ConsentSource.IMPORT})
"""Ways that only Fermata itself can vouch for."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class StatedConsent(BaseModel):
    """One word of somebody's.

    Args:
        channel, purpose, status: On what, and yes or no.
        occurred_at: When they said it: ISO 8601 with an offset. Without it: now.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    channel: Annotated[Channel, Strict(False)]
    purpose: Annotated[ConsentPurpose, Strict(False)]
    status: Annotated[Consent, Strict(False)]
    occurred_at: Annotated[AwareDatetime, BeforeValidator(to_instant)] | None = None


class ConsentChange(BaseModel):
    """Words of somebody's, with how you know of them.

    Args:
        statements: What they said.
        source: By which way: "api", "import", or in your own words, for example "paper form".
        region: Whose law held, as ISO 3166-2 ("US-CA") or a country; without it, what the profile tells.
        evidence: What shows that they said it: ``ip``, ``user_agent``, ``form_url``, ``wording``, and the like.
        message_id: Your name for this call: sent again with the same, it adds nothing.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    statements: Annotated[list[StatedConsent], Field(min_length=1, max_length=50)]
    source: Text = ConsentSource.API.value
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    evidence: dict[str, Any] = {}
    message_id: Text | None = None


class ConsentState(BaseModel):
    """What holds now.

    Args:
        profile_id: The person's; where you asked by the id of a merged profile, that of the survivor.
        consent: By channel and purpose, ``granted`` or ``revoked``. What is absent was never spoken of.
    """

    profile_id: UUID
    consent: dict[Channel, dict[ConsentPurpose, Consent]]


class ConsentPage(ConsentState):
    """What holds now, and a page of how it came about: the newest first, by when it was said.

    Args:
        statements: Of this page.
        next_cursor: For the next page; null on the last.
    """

    statements: tuple[RecordedStatement, ...]
    next_cursor: str | None


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where consent is kept.
        keys: Who may see and state it.
    """
    routes = APIRouter(prefix="/api/v1/profiles/{profile}/consent", tags=["consent"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read(
        profile: UUID,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> ConsentPage:
        """Tells what somebody consents to, and every word that led to it."""
        person = await find(pool, profile)
        page = await history(pool, person.id, limit=limit, cursor=cursor)
        return ConsentPage(**_state(person).model_dump(), statements=page.items, next_cursor=page.next_cursor)

    @routes.put("", openapi_extra=documented(ConsentChange))
    async def change(
        profile: UUID, request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.WRITE))]
    ) -> ConsentState:
        """States what somebody said. Messages that wait are decided again at once: a withdrawal drops them.

        A word from the past is put in its place: what was said after it still stands.
        """
        change, now = await read_model(request, ConsentChange), datetime.now(UTC)
        if change.source in _OURS:
            raise InvalidEvent(
                f"{change.source!r} is a way that only Fermata itself can vouch for; name your own", field="source"
            )
        provenance = Provenance(
            source=change.source,
            region=change.region,
            message_id=f"api:{key.name}:{change.message_id}" if change.message_id is not None else None,
            evidence={**change.evidence, "stated_by": key.name},
        )
        words = [_word(place, stated, now) for place, stated in enumerate(change.statements)]
        return _state(await state_consent(pool, profile, words, provenance, now))

    return routes


def _word(place: int, stated: StatedConsent, now: datetime) -> Word:
    said_at = stated.occurred_at or now
    if said_at > now + _AHEAD:
        problem = f"{said_at.isoformat()} is yet to come; leave it out for now, or look at your clock"
        raise InvalidEvent(problem, field=f"statements.{place}.occurred_at")
    return Word(stated.channel, stated.purpose, stated.status, min(said_at, now))


def _state(person: Profile) -> ConsentState:
    return ConsentState.model_validate({"profile_id": person.id, "consent": person.consent})
