"""Live traits: what somebody did, as numbers and names that decisions and people can use; computed when it is asked.

Training needs scikit-learn and is imported by itself (``fermata.traits.train_models``): a server never loads it.
"""

from fermata.segments.customer import RfmSegment
from fermata.traits.lead_rules import InvalidLeadRules, LeadRules, default_lead_rules, load_lead_rules, parse_lead_rules
from fermata.traits.lead_score import LeadScore, Warmth
from fermata.traits.live import LiveTraits, live_traits, traits_of
from fermata.traits.population import fresh_borders, newest_borders
from fermata.traits.rfm import Rfm, RfmBorders
from fermata.traits.scoring import Score
from fermata.traits.stored_models import Standing, standings
from fermata.traits.training_record import ModelKind, Training

__all__ = [
    "InvalidLeadRules",
    "LeadRules",
    "LeadScore",
    "LiveTraits",
    "ModelKind",
    "Rfm",
    "RfmBorders",
    "RfmSegment",
    "Score",
    "Standing",
    "Training",
    "Warmth",
    "default_lead_rules",
    "fresh_borders",
    "live_traits",
    "load_lead_rules",
    "newest_borders",
    "parse_lead_rules",
    "standings",
    "traits_of",
]
