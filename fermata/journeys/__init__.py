"""What a journey is made of, as frozen data: definition, message, trigger, entry, event, outcome. No I/O, no clock."""

from fermata.journeys.definition import (
    After,
    Always,
    JourneyDefinition,
    Message,
    Never,
    Reentry,
    Trigger,
    WhileActive,
)
from fermata.journeys.entry import Carried, Entry
from fermata.journeys.event import JourneyEvent, project
from fermata.journeys.holdout import EVERYWHERE, NOBODY, SALT, GlobalHoldout, held_out
from fermata.journeys.next_action import Chosen, NextAction
from fermata.journeys.outcome import Outcome, Receipt
from fermata.journeys.person_facts import PersonFacts
from fermata.journeys.profile_merged import ProfileMerged
from fermata.journeys.registry import Registry
from fermata.journeys.run_key import key_value, run_key
from fermata.journeys.told import ChildEnded, ChildStart, ParentHeld, RunOver

__all__ = [
    "EVERYWHERE",
    "NOBODY",
    "SALT",
    "After",
    "Always",
    "Carried",
    "ChildEnded",
    "ChildStart",
    "Chosen",
    "Entry",
    "GlobalHoldout",
    "JourneyDefinition",
    "JourneyEvent",
    "Message",
    "Never",
    "NextAction",
    "Outcome",
    "ParentHeld",
    "PersonFacts",
    "ProfileMerged",
    "Receipt",
    "Reentry",
    "Registry",
    "RunOver",
    "Trigger",
    "WhileActive",
    "held_out",
    "key_value",
    "project",
    "run_key",
]
