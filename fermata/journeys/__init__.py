"""What a journey is made of, as frozen data: definition, message, trigger, entry, event, outcome. No I/O, no clock."""

from fermata.journeys.definition import After, Always, JourneyDefinition, Message, Never, Reentry, Trigger
from fermata.journeys.entry import Carried, Entry
from fermata.journeys.event import JourneyEvent, project
from fermata.journeys.outcome import Outcome, Receipt
from fermata.journeys.registry import Registry

__all__ = [
    "After",
    "Always",
    "Carried",
    "Entry",
    "JourneyDefinition",
    "JourneyEvent",
    "Message",
    "Never",
    "Outcome",
    "Receipt",
    "Reentry",
    "Registry",
    "Trigger",
    "project",
]
