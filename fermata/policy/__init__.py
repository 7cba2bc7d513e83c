"""Deciding: may this message reach this person now, at which time, or never, and why. Pure: no I/O, no clock."""

from fermata.policy.deciding import decide
from fermata.policy.decision import SendDecision, TraceEntry
from fermata.policy.document import Policy
from fermata.policy.facts import Eligibility, Exposure, Facts, MessageFacts, ProfileFacts, QuietHours, Waiting
from fermata.policy.loading import default_document, default_policy, load_policy, parse_policy, read_document
from fermata.policy.problems import InvalidPolicy, PolicyProblem
from fermata.policy.verdict import Opening

__all__ = [
    "Eligibility",
    "Exposure",
    "Facts",
    "InvalidPolicy",
    "MessageFacts",
    "Opening",
    "Policy",
    "PolicyProblem",
    "ProfileFacts",
    "QuietHours",
    "SendDecision",
    "TraceEntry",
    "Waiting",
    "decide",
    "default_document",
    "default_policy",
    "load_policy",
    "parse_policy",
    "read_document",
]
