"""What a journey is made of, as frozen data: definition, message, trigger, re-entry rule, outcome. No I/O, no clock."""

from fermata.journeys.definition import After, Always, JourneyDefinition, Message, Never, Reentry, Trigger
from fermata.journeys.event import JourneyEvent, project
from fermata.journeys.outcome import Outcome
from fermata.journeys.registry import Registry

__all__ = [
    "After",
    "Always",
    "JourneyDefinition",
    "JourneyEvent",
    "Message",
    "Never",
    "Outcome",
    "Reentry",
    "Registry",
    "Trigger",
    "project",
]
