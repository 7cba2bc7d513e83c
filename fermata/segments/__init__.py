"""Segments: who is meant, as typed conditions that compile to SQL, explain themselves, and are stored as JSON."""

from fermata.segments import acquisition_sql as _acquisition_sql  # noqa: F401 - it tells the SQL of its conditions
from fermata.segments import customer_sql as _customer_sql  # noqa: F401 - so does it
from fermata.segments import lifecycle_sql as _lifecycle_sql  # noqa: F401 - so does it
from fermata.segments import visit_sql as _visit_sql  # noqa: F401 - so does it
from fermata.segments.acquisition import first_came_by, latest_came_by
from fermata.segments.behaviour import did, first, last, never
from fermata.segments.comparison import Comparison, Where, satisfies
from fermata.segments.customer import (
    days_since_order,
    frequency_quintile,
    orders,
    recency_quintile,
    rfm_segment,
    spent,
)
from fermata.segments.duration import days, hours, minutes
from fermata.segments.enrolment import in_journey, was_in
from fermata.segments.explanation import Explanation
from fermata.segments.invalid import InvalidSegment
from fermata.segments.lifecycle import StageFacts, in_stage, stage_of
from fermata.segments.membership import Reader, count, explain, explain_each, matches, matches_each, members
from fermata.segments.operand import its
from fermata.segments.person import consents, has_address, in_country, in_time_zone, trait
from fermata.segments.segment import Segment, events_of, journeys_of, read_segment
from fermata.segments.sql import Compiled, compile_segment
from fermata.segments.statements import Asked
from fermata.segments.visit import stayed

__all__ = [
    "Asked",
    "Comparison",
    "Compiled",
    "Explanation",
    "InvalidSegment",
    "Reader",
    "Segment",
    "StageFacts",
    "Where",
    "compile_segment",
    "consents",
    "count",
    "days",
    "days_since_order",
    "did",
    "events_of",
    "explain",
    "explain_each",
    "first",
    "first_came_by",
    "frequency_quintile",
    "has_address",
    "hours",
    "in_country",
    "in_journey",
    "in_stage",
    "in_time_zone",
    "its",
    "journeys_of",
    "last",
    "latest_came_by",
    "matches",
    "matches_each",
    "members",
    "minutes",
    "never",
    "orders",
    "read_segment",
    "recency_quintile",
    "rfm_segment",
    "satisfies",
    "spent",
    "stage_of",
    "stayed",
    "trait",
    "was_in",
]
