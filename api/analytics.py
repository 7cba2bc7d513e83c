"""``/api/v1/analytics``: what journeys and next best actions bring, what leads to it, and the key figures."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from api.analytics_process import AnalyticsProcess, NoAnswer
from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.analytics.asked import (
    Asked,
    AttributionAsked,
    Instant,
    KpisAsked,
    LiftAsked,
    Name,
    NextActionsAsked,
    PathsAsked,
    Positive,
)
from fermata.journeys import GlobalHoldout, Registry

_JSON = "application/json"
_QUARTER, _MONTH = timedelta(days=90), timedelta(days=30)

Since = Annotated[Instant | None, Query(description="From then on, with an offset.")]
Until = Annotated[Instant | None, Query(description="Before then; without, now.")]


def router(registry: Registry, holdout: GlobalHoldout, keys: Keys, analytics: AnalyticsProcess) -> APIRouter:
    """The routes.

    Args:
        registry: The journeys that can be asked about.
        holdout: Of the deployment.
        keys: Who may ask.
        analytics: Works the answers out.
    """
    reading = [Depends(bearer(keys, Scope.READ))]
    routes = APIRouter(prefix="/api/v1/analytics", tags=["analytics"], dependencies=reading)
    routes.include_router(_lift(registry, holdout, analytics))
    routes.include_router(_owed(analytics))
    routes.include_router(_behaviour(analytics))
    return routes


def _lift(registry: Registry, holdout: GlobalHoldout, analytics: AnalyticsProcess) -> APIRouter:
    """What reaching people brought, beside those who were held out."""
    routes = APIRouter()

    @routes.get("/lift")
    async def lift(
        journey: Annotated[Name | None, Query(description="Of this journey; without, of all together.")] = None,
        experiment: Annotated[Name | None, Query(description="The variants of this experiment instead.")] = None,
        control: Annotated[Name, Query(description="The variant that the others are compared with.")] = "control",
        event: Annotated[Name | None, Query(description="What people should do; without, the goal.")] = None,
        since: Since = None,
        until: Until = None,
        within: Annotated[Positive, Query(description="How long each person is watched.")] = timedelta(days=14),
    ) -> Response:
        """Tells how much more people do because they were reached, beside those who were held out."""
        definition = registry[journey] if journey is not None else None
        wanted = event or (definition.goal if definition is not None else None)
        if wanted is None:
            raise NoAnswer("no event is named, and no journey with a goal: say with event what people should do")
        begin, end, now = _time(since, until, _QUARTER)
        return await _answered(
            analytics,
            LiftAsked(
                journey=journey,
                experiment=experiment,
                control=control,
                event=wanted,
                since=begin,
                until=end,
                within=within,
                share=definition.holdout if definition is not None else holdout.share,
                salt=holdout.salt,
                now=now,
            ),
        )

    return routes


def _owed(analytics: AnalyticsProcess) -> APIRouter:
    """What is owed to which channel, and to what was chosen to come next."""
    routes = APIRouter()

    @routes.get("/attribution")
    async def attribution(
        conversion: Annotated[Name, Query(description="The event that counts as one.")] = "Order Completed",
        since: Since = None,
        until: Until = None,
        lookback: Annotated[Positive, Query(description="Older touches count for nothing.")] = timedelta(days=30),
        half_life: Annotated[Positive, Query(description="For time decay.")] = timedelta(days=7),
    ) -> Response:
        """Tells which channels conversions are owed to, by six models."""
        begin, end, _ = _time(since, until, _QUARTER)
        return await _answered(
            analytics,
            AttributionAsked(conversion=conversion, since=begin, until=end, lookback=lookback, half_life=half_life),
        )

    @routes.get("/next-best-actions")
    async def next_best_actions(
        journey: Annotated[Name | None, Query(description="Which asked what comes next; without, all.")] = None,
        event: Annotated[Name, Query(description="What people should do after it.")] = "Order Completed",
        since: Since = None,
        until: Until = None,
        within: Annotated[Positive, Query(description="How long each person is watched.")] = timedelta(days=14),
    ) -> Response:
        """Tells what was chosen to come next, how often, why, and what it brought beside those held out of it."""
        begin, end, now = _time(since, until, _QUARTER)
        return await _answered(
            analytics, NextActionsAsked(journey=journey, event=event, since=begin, until=end, within=within, now=now)
        )

    return routes


def _behaviour(analytics: AnalyticsProcess) -> APIRouter:
    """What people do: their paths, and the key figures."""
    routes = APIRouter()

    @routes.get("/paths")
    async def paths(
        outcome: Annotated[Name, Query(description="The event that paths may lead to.")] = "Order Completed",
        since: Since = None,
        until: Until = None,
        horizon: Annotated[Positive, Query(description="How long after a path it counts.")] = timedelta(days=7),
        longest: Annotated[int, Query(ge=1, le=5, description="Steps; 1 for micro-conversions.")] = 3,
        order: Annotated[Literal["lift", "frequency", "time"], Query(description="What comes first.")] = "lift",
        fewest: Annotated[int, Query(ge=1, description="People who must have walked one.")] = 20,
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> Response:
        """Tells what people do before they buy, or leave."""
        begin, end, _ = _time(since, until, _MONTH)
        return await _answered(
            analytics,
            PathsAsked(
                outcome=outcome,
                since=begin,
                until=end,
                horizon=horizon,
                longest=longest,
                order=order,
                fewest=fewest,
                limit=limit,
            ),
        )

    @routes.get("/kpis")
    async def kpis(
        purchase: Annotated[Name, Query(description="The event that is an order.")] = "Order Completed",
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Tells the key figures: conversion, messages, satisfaction, retention, lifetime value."""
        begin, end, _ = _time(since, until, _QUARTER)
        return await _answered(analytics, KpisAsked(purchase=purchase, since=begin, until=end))

    return routes


async def _answered(analytics: AnalyticsProcess, asked: Asked) -> Response:
    return Response(await analytics.ask(asked), media_type=_JSON)


def _time(since: datetime | None, until: datetime | None, span: timedelta) -> tuple[datetime, datetime, datetime]:
    now = datetime.now(UTC)
    end = until or now
    return since or end - span, end, now
