"""Segments: who is meant, as typed conditions that compile to SQL, explain themselves, and are stored as JSON."""

from fermata.segments.behaviour import did, first, last, never
from fermata.segments.comparison import Comparison, Where, satisfies
from fermata.segments.duration import days, hours, minutes
from fermata.segments.enrolment import in_journey, was_in
from fermata.segments.explanation import Explanation
from fermata.segments.invalid import InvalidSegment
from fermata.segments.membership import Reader, count, explain, explain_each, matches, matches_each, members
from fermata.segments.operand import its
from fermata.segments.person import consents, has_address, in_country, in_time_zone, trait
from fermata.segments.segment import Segment, events_of, journeys_of, read_segment
from fermata.segments.sql import Compiled, compile_segment
from fermata.segments.statements import Asked

__all__ = [
    "Asked",
    "Comparison",
    "Compiled",
    "Explanation",
    "InvalidSegment",
    "Reader",
    "Segment",
    "Where",
    "compile_segment",
    "consents",
    "count",
    "days",
    "did",
    "events_of",
    "explain",
    "explain_each",
    "first",
    "has_address",
    "hours",
    "in_country",
    "in_journey",
    "in_time_zone",
    "its",
    "journeys_of",
    "last",
    "matches",
    "matches_each",
    "members",
    "minutes",
    "never",
    "read_segment",
    "satisfies",
    "trait",
    "was_in",
]
