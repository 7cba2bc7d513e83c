"""Everything that is known of somebody from what they did, computed when it is asked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool
from fermata.traits.affinity import HORIZON, WEIGHTS, CategoryShare, affinity
from fermata.traits.engagement import ChannelEngagement, engagement
from fermata.traits.facts import PersonFacts
from fermata.traits.lead_rules import LeadRules, default_lead_rules
from fermata.traits.lead_score import LeadScore, horizon, lead_score
from fermata.traits.population import fresh_borders, in_portions, newest_borders
from fermata.traits.reading import read_people
from fermata.traits.rfm import Rfm, RfmBorders, rfm
from fermata.traits.scoring import Score, score
from fermata.traits.stored_models import Standing, standings
from fermata.traits.training_record import ModelKind
from fermata.traits.visits import Visits

_AT_ONCE = 500


class LiveTraits(BaseModel):
    """Somebody's live traits at an instant.

    Args:
        profile_id: Whose.
        at: The instant (aware).
        rfm: Recency, frequency and monetary value; None for who is no customer.
        engagement: By channel; those on which nothing ever happened are left out.
        visits: How often, how long.
        affinity: The categories that they care for most, the first one most.
        lead: The lead score.
        churn_risk: How likely they do not come back within 30 days.
        purchase_propensity: How likely they buy within 30 days.
    """

    model_config = ConfigDict(frozen=True)

    profile_id: UUID
    at: datetime
    rfm: Rfm | None
    engagement: tuple[ChannelEngagement, ...]
    visits: Visits
    affinity: tuple[CategoryShare, ...]
    lead: LeadScore
    churn_risk: Score
    purchase_propensity: Score


async def traits_of(
    source: Pool | Connection, profile_ids: Collection[UUID], at: datetime, rules: LeadRules | None = None
) -> Mapping[UUID, LiveTraits]:
    """Returns people's live traits; who is not there is left out.

    Events count by when they occurred, so neither the order in which they came in nor a merge of profiles can be seen
    in them. Stated traits, which rules of the lead score may look at, are taken as they are now.

    Args:
        source: A pool: all is read at one moment, and the fifths of the population are looked at again first where
            they are an hour old. A connection: read in whatever transaction it is in, what that has written counts, and
            the fifths are taken as they were last looked at.
        profile_ids: Whose.
        at: The instant, aware: later events are not seen.
        rules: Of the lead score; those that ship, without.
    """
    rules = rules or default_lead_rules()
    if not isinstance(source, asyncpg.Pool):
        return await _read(source, profile_ids, at, rules, await newest_borders(source, at))
    population = await fresh_borders(source, at)
    async with source.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return await _read(connection, profile_ids, at, rules, population)


async def _read(
    connection: Connection,
    profile_ids: Collection[UUID],
    at: datetime,
    rules: LeadRules,
    population: RfmBorders | None,
) -> Mapping[UUID, LiveTraits]:
    models = await standings(connection, at)
    names = sorted(WEIGHTS.keys() | rules.events)
    since = at - max(HORIZON, horizon(rules))
    found: dict[UUID, LiveTraits] = {}
    for some in in_portions(list(dict.fromkeys(profile_ids)), _AT_ONCE):
        for facts in await read_people(connection, some, at, behaviour=names, since=since):
            found[facts.profile_id] = live_traits(facts, at, rules, population, models)
    return found


def live_traits(
    facts: PersonFacts,
    at: datetime,
    rules: LeadRules,
    population: RfmBorders | None,
    models: Mapping[ModelKind, Standing],
) -> LiveTraits:
    """Returns the traits that follow from somebody's record.

    Args:
        facts: Read up to ``at``.
        at: The instant, aware.
        rules: Of the lead score.
        population: Where the fifths of all customers lie.
        models: Where each kind stands.
    """

    def scored(kind: ModelKind) -> Score:
        standing = models.get(kind, Standing())
        return score(kind, standing.newest, standing.in_force, facts, at)

    return LiveTraits(
        profile_id=facts.profile_id,
        at=at,
        rfm=rfm(facts.purchases, population, at),
        engagement=engagement(facts.reactions, facts.sent),
        visits=facts.visits,
        affinity=affinity(facts.behaviour, at),
        lead=lead_score(rules, facts.behaviour, facts.traits, at),
        churn_risk=scored(ModelKind.CHURN_RISK),
        purchase_propensity=scored(ModelKind.PURCHASE_PROPENSITY),
    )
